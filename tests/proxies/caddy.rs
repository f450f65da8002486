//! The example of Caddy.

use std::{fs, process::Command};

use super::{Proxy, example, use_all_protocols};
use crate::{
    persisted_documents::served::Served,
    support::database::{DatabaseKind, on_sqlite_alone},
};

/// Starts Caddy in front of a gateway.
fn start(gateway: &str) -> Proxy {
    Proxy::start(|folder, port| {
        let here = folder.display();
        let changes = [
            // Without its own port for changes, and without port 80.
            (
                "{\n    log {",
                "{\n    admin off\n    auto_https disable_redirects\n    log {".to_owned(),
            ),
            (
                "history.example.com {",
                format!("https://localhost:{port} {{\n    tls {here}/tls.crt {here}/tls.key"),
            ),
            ("/var/log/caddy/", format!("{here}/")),
            ("127.0.0.1:8080", gateway.to_owned()),
        ];
        fs::write(folder.join("Caddyfile"), example("caddy", &changes)).unwrap();
        let mut command = Command::new("caddy");
        command.args(["run", "--config", "Caddyfile"]).current_dir(folder);
        command.env("HOME", folder).env("XDG_DATA_HOME", folder).env("XDG_CONFIG_HOME", folder);
        command
    })
}

on_sqlite_alone!(
    the_example_of_caddy_passes_all_protocols_and_logs_no_key,
    "no storage is involved"
);
fn the_example_of_caddy_passes_all_protocols_and_logs_no_key(on: DatabaseKind) {
    let served = Served::start(on, &[], &[]);
    served.record(3);
    let caddy = start(&served.server.url);
    let key = served.key.clone();
    use_all_protocols(&caddy, served);
    let (log, start) = (caddy.log("history.log"), caddy.log("stderr.log"));
    for expected in [r#""uri":"/get_session_history.php""#, r#""status":200"#, r#""status":502"#] {
        assert!(log.contains(expected), "{expected}: {log}");
    }
    for (name, text) in [("history.log", &log), ("stderr.log", &start)] {
        assert!(!text.contains(&key) && !text.contains("KEY="), "{name}: {text}");
    }
}

//! The example of nginx.

use std::{fs, path::Path, process::Command};

use super::{Proxy, example, use_all_protocols};
use crate::{
    persisted_documents::served::Served,
    support::{
        database::{DatabaseKind, on_sqlite_alone},
        process::{CommandEnvironment, Server},
    },
};

/// Starts nginx in front of a gateway, to which it passes the requests of a location.
fn start(location: &str, gateway: &str) -> Proxy {
    Proxy::start(|folder, port| {
        let settings = settings(folder, location, gateway, port);
        fs::write(folder.join("nginx.conf"), settings).unwrap();
        let mut command = Command::new("nginx");
        command.arg("-p").arg(folder).args(["-c", "nginx.conf", "-e", "start.log"]);
        command
    })
}

/// The example, with files in a folder and with the ports of the test.
fn settings(folder: &Path, location: &str, gateway: &str, port: u16) -> String {
    let live = "/etc/letsencrypt/live/history.example.com";
    let here = folder.display();
    let example = example(
        "nginx",
        &[
            // The older way, as the example says.
            ("listen 443 ssl;\n    http2 on; ", format!("listen 127.0.0.1:{port} ssl http2;")),
            (&format!("{live}/fullchain.pem"), format!("{here}/tls.crt")),
            (&format!("{live}/privkey.pem"), format!("{here}/tls.key")),
            ("history.example.com", "localhost".to_owned()),
            ("/var/log/nginx/", format!("{here}/")),
            ("http://127.0.0.1:8080", gateway.to_owned()),
            ("location / ", format!("location {location} ")),
        ],
    );
    let paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let paths = paths.map(|name| format!("{name}_temp_path {here}/{name};\n")).concat();
    let user = if folder_is_of_root(folder) { "user root;\n" } else { "" };
    format!("daemon off;\npid {here}/pid;\n{user}events {{}}\nhttp {{\n{paths}{example}}}\n")
}

fn folder_is_of_root(folder: &Path) -> bool {
    std::os::unix::fs::MetadataExt::uid(&folder.metadata().unwrap()) == 0
}

on_sqlite_alone!(
    the_example_of_nginx_passes_all_protocols_and_logs_no_key,
    "no storage is involved"
);
fn the_example_of_nginx_passes_all_protocols_and_logs_no_key(on: DatabaseKind) {
    let served = Served::start(on, &[], &[]);
    served.record(3);
    let nginx = start("/", &served.server.url);
    let key = served.key.clone();
    use_all_protocols(&nginx, served);
    let (log, errors) = (nginx.log("history.log"), nginx.log("history-error.log"));
    assert!(log.contains("\"GET /get_session_history.php HTTP/2.0\" 200"), "{log}");
    assert!(log.contains("\"POST /graphql HTTP/1.1\" 200") && log.contains(" 502 "), "{log}");
    for (name, text) in [
        ("history.log", &log),
        ("history-error.log", &errors),
        ("start.log", &nginx.log("start.log")),
    ] {
        assert!(!text.contains(&key) && !text.contains("KEY="), "{name}: {text}");
    }
}

on_sqlite_alone!(nginx_passes_a_path_on_to_a_gateway_below_it, "no storage is involved");
fn nginx_passes_a_path_on_to_a_gateway_below_it(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    let server = Server::start(&environment, &["--base-path", "/history"]);
    let nginx = start("/history/", server.url.strip_suffix("/history").unwrap());
    let status = |target: &str| {
        nginx.ask(target, &["-o", "/dev/null", "-w", "%{http_code} %{redirect_url}"])
    };
    for path in
        ["/history/", "/history/graphiql", "/history/health/ready", "/history/translate?VARS=ID"]
    {
        assert_eq!(status(path), "200 ", "{path}");
    }
    let redirect = status("/history/graphiql/");
    assert!(redirect.starts_with("308 https://localhost:"), "{redirect}");
    assert!(redirect.ends_with("/history/graphiql"), "{redirect}");
    assert_eq!(status("/graphiql"), "404 ");
}

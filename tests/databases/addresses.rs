//! The ways to name a server and a user in a URL.

use std::{
    fs,
    net::TcpListener,
    process::Command,
    time::{Duration, Instant},
};

use crate::support::{
    database::{Database, DatabaseKind, on_each_server, on_sqlite_alone},
    process::{self, CommandEnvironment, stdout},
    server::{dedicated::DedicatedServer, program::as_owner},
};

on_each_server!(a_server_is_used_at_an_ipv6_address);
fn a_server_is_used_at_an_ipv6_address(on: DatabaseKind) {
    let server = DedicatedServer::start_with(on, "::1", &[]);
    assert!(server.url().contains("@[::1]:"));
    let environment = CommandEnvironment::at(server.url());
    stdout(&environment, &["migrate", "up"]);
    stdout(&environment, &["account", "create", "acme"]);
    // As one of several hosts, of which the first is down.
    let closed = TcpListener::bind("[::1]:0").unwrap().local_addr().unwrap().port();
    let urls = format!("{},{}", server.url_through(closed), server.url());
    let output = process::run(&environment, &["account", "list", "--database-url", &urls]);
    assert!(output.status.success() && String::from_utf8_lossy(&output.stdout).contains("acme"));
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(log.contains(&format!("host=\"[::1]:{closed}\"")), "{log}");
}

on_each_server!(a_socket_is_named_by_the_percent_encoded_host);
fn a_socket_is_named_by_the_percent_encoded_host(on: DatabaseKind) {
    let database = Database::new(on);
    let Database::Served { name, server } = &database else { panic!("no server") };
    let (scheme, socket) = match on {
        DatabaseKind::Postgres => ("postgres", server.folder.clone()),
        _ => ("mysql", server.folder.join("socket")),
    };
    let host = socket.display().to_string().replace('/', "%2F");
    let environment = CommandEnvironment::at(format!("{scheme}://root@{host}/{name}"));
    stdout(&environment, &["migrate", "up"]);
    assert_eq!(stdout(&environment, &["account", "list"]), "");
}

/// Every character that means something in a URL, in a setting with several URLs or in SQL.
const PASSWORD: &str = "p@:/?#[]%41&=+,; é世\\\"`$";

on_each_server!(a_password_has_any_character_percent_encoded);
fn a_password_has_any_character_percent_encoded(on: DatabaseKind) {
    let server = DedicatedServer::start(on);
    match on {
        DatabaseKind::Postgres => {
            let rules = "local all all trust\nhost all guarded all scram-sha-256\n";
            fs::write(server.folder().join("data/pg_hba.conf"), rules).unwrap();
            let role = format!("CREATE ROLE guarded LOGIN SUPERUSER PASSWORD '{PASSWORD}'");
            server.administer("", &[&role, "SELECT pg_reload_conf()"]);
        }
        _ => {
            let quoted = PASSWORD.replace('\\', "\\\\");
            let user = format!("CREATE USER guarded@'%' IDENTIFIED BY '{quoted}'");
            server.administer("", &[&user, "GRANT ALL ON *.* TO guarded@'%'"]);
        }
    }
    let encoded: String = PASSWORD.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let environment =
        CommandEnvironment::at(server.url_as(&format!("guarded:{encoded}"), "history"));
    stdout(&environment, &["migrate", "up"]);
    assert_eq!(stdout(&environment, &["account", "list"]), "");
    for password in ["hunter2", "", "hunter2%F0%9F%99%82"] {
        let url = server.url_as(&format!("guarded:{password}"), "history");
        let told = super::refused(&environment, &["account", "list", "--database-url", &url]);
        let refused = ["password authentication failed", "Access denied", "character that SCRAM"];
        assert!(refused.iter().any(|reason| told.contains(reason)), "{told}");
        assert!(!told.contains('🙂'), "{told}");
        super::assert_names_the_fault(&told, &format!(":{}", server.port));
    }
}

on_sqlite_alone!(
    a_url_that_cannot_be_read_is_refused_without_its_password,
    "nothing is connected to"
);
fn a_url_that_cannot_be_read_is_refused_without_its_password(on: DatabaseKind) {
    let environment = CommandEnvironment::bare(on);
    for (url, reason) in [
        // Characters of a password that end the host, the port or the path.
        ("postgres://user:hunter2/x@127.0.0.1/d", "percent-encoded"),
        ("postgres://user:12/hunter2@127.0.0.1/d", "percent-encoded"),
        ("postgres://user:12?hunter2@127.0.0.1/d", "percent-encoded"),
        ("postgres://user:12#hunter2@127.0.0.1/d", "percent-encoded"),
        ("mysql://user:12?a=hunter2@127.0.0.1/d", "percent-encoded"),
        ("mysql://user:hunter2#@127.0.0.1/d", "percent-encoded"),
        ("postgres://user:hunter2%ff@127.0.0.1/d", "utf-8"),
        ("postgres://user:hunter2@127.0.0.1:99999/d", "invalid port number"),
        ("postgres://user:hunter2@[::1/d", "IPv6"),
        ("postgres://user:hunter2@a,b/d", "several hosts"),
        ("postgres://user:hunter2@a:1,b:2/d", "cannot be read"),
        ("mysql://user:hunter2@a,b/d", "several hosts"),
        ("postgres://user:hunter2@127.0.0.1/d?sslmode=sometimes", "sometimes"),
        ("postgres://user:hunter2@127.0.0.1/d?ssl_mode=require", "'ssl_mode'"),
        ("postgres://user:hunter2@127.0.0.1/d?sslrootcert=/no/such.pem", "/no/such.pem"),
        ("mysql://user:hunter2@127.0.0.1/d?ssl-ca=/no/such.pem", "/no/such.pem"),
        ("oracle://user:hunter2@127.0.0.1/d", "begins with"),
        ("user:hunter2@127.0.0.1/d", "begins with"),
        ("sqlite:a.sqlite3?password=hunter2", "password"),
    ] {
        let told = super::refused(&environment, &["account", "list", "--database-url", url]);
        assert!(told.contains(reason), "{url}: {told}");
        super::assert_names_the_fault(&told, "URL");
    }
    let ignored = "postgres://user@127.0.0.1:1/d?pasword=hunter2&connect_timeout=3";
    let arguments = ["account", "list", "--start-wait=0", "--database-url", ignored];
    let told = super::refused(&environment, &arguments);
    assert!(told.contains("parameter=\"pasword\"") && told.contains("127.0.0.1:1"), "{told}");
    super::assert_names_the_fault(&told, "connect_timeout");
}

on_each_server!(what_a_server_refuses_is_named_at_once);
fn what_a_server_refuses_is_named_at_once(on: DatabaseKind) {
    let server = DedicatedServer::start(on);
    let environment = CommandEnvironment::at(server.url());
    stdout(&environment, &["migrate", "up"]);
    let address = format!("127.0.0.1:{}", server.port);
    let (no_role, no_tls) = match on {
        DatabaseKind::Postgres => ("role \"stranger\" does not exist", "does not support TLS"),
        _ => ("Access denied for user 'stranger'", "does not support TLS"),
    };
    let missing = if on == DatabaseKind::Postgres { "does not exist" } else { "Unknown database" };
    let tls = if on == DatabaseKind::Postgres { "sslmode=require" } else { "ssl-mode=REQUIRED" };
    for (url, reason) in [
        (server.url_as("stranger:hunter2", "history"), no_role),
        (server.url_as("root", "elsewhere"), missing),
        (format!("{}?{tls}", server.url()), no_tls),
    ] {
        let told = super::refused(&environment, &["account", "list", "--database-url", &url]);
        assert!(told.contains(reason) && told.contains(&address), "{url}: {told}");
        super::assert_names_the_fault(&told, "cannot be used");
    }
    // A user who may connect and not read.
    let user = match on {
        DatabaseKind::Postgres => "CREATE ROLE guest LOGIN",
        _ => "CREATE USER guest@'%'",
    };
    let more = match on {
        DatabaseKind::Postgres => "SELECT 1",
        _ => "CREATE TABLE history.own (a INT); GRANT SELECT ON history.own TO guest@'%'",
    };
    server.administer("history", &[user, more]);
    let told = super::refused(
        &environment,
        &["account", "list", "--database-url", &server.url_as("guest", "history")],
    );
    let reason = if on == DatabaseKind::Postgres { "permission denied" } else { "denied" };
    super::assert_names_the_fault(&told, reason);
}

on_each_server!(a_certificate_that_is_not_trusted_is_refused_at_once);
fn a_certificate_that_is_not_trusted_is_refused_at_once(on: DatabaseKind) {
    let mut server = DedicatedServer::start(on);
    server.stop();
    let certificate = |name: &str| {
        let (key, text) = (format!("{name}.key"), format!("{name}.pem"));
        let made = as_owner(&mut Command::new("openssl"), server.folder())
            .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"])
            .args(["-subj", "/CN=localhost", "-keyout", &key, "-out", &text])
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        [key, text].map(|name| server.folder().join(name).display().to_string())
    };
    let ([key, own], [_, other]) = (certificate("own"), certificate("other"));
    server.add_options(&match on {
        DatabaseKind::Postgres => {
            vec!["ssl=on".into(), format!("ssl_cert_file={own}"), format!("ssl_key_file={key}")]
        }
        _ => vec![format!("ssl-cert={own}"), format!("ssl-key={key}")],
    });
    server.start_again();
    let parameters = match on {
        DatabaseKind::Postgres => format!("sslmode=verify-full&sslrootcert={other}"),
        _ => format!("ssl-mode=VERIFY_IDENTITY&ssl-ca={other}"),
    };
    let environment = CommandEnvironment::at(format!("{}?{parameters}", server.url()));
    let begun = Instant::now();
    let told = super::refused(&environment, &["account", "list"]);
    assert!(begun.elapsed() < Duration::from_secs(10), "{told}");
    assert!(told.contains(&format!("127.0.0.1:{}", server.port)), "{told}");
    super::assert_names_the_fault(&told, "certificate");
}

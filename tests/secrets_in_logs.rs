//! A log has no key, no password and no personal data, even at the most verbose level.

use std::{
    io::{Read, Write},
    net::TcpStream,
    process::{Command, Output},
};

use percent_encoding::{NON_ALPHANUMERIC, percent_encode, utf8_percent_encode};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::support::{
    database::{DatabaseKind, on_each_database, on_sqlite_alone},
    process::{self, CommandEnvironment, Server},
    wire,
};

/// Secrets that every encoding changes.
const VALID: &str = "valid s3cr+et/of&acme=%41!";
const INVALID: &str = "wrong s3cr+et/of&nobody=%42!";
/// The name of a customer, which a query can have.
const PERSONAL: &str = "Zoë Müller-Gutenberg";
const FORMATS: [&str; 2] = ["text", "json"];

/// The forms of a secret that a log must not have.
fn forms(secret: &str) -> Vec<String> {
    let form: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let percent = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
    let latin: Vec<_> = secret.chars().map(|c| u8::try_from(c).unwrap()).collect();
    let hash: String =
        Sha256::digest(secret.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    vec![
        secret.to_owned(),
        secret.replace(' ', "+"),
        secret.escape_debug().to_string(),
        secret.escape_default().to_string(),
        json!(secret).to_string().trim_matches('"').to_owned(),
        form.to_lowercase(),
        form,
        percent.to_lowercase(),
        percent,
        percent_encode(&latin, NON_ALPHANUMERIC).to_string(),
        hash.to_uppercase(),
        hash[..16].to_owned(),
        // A part of it.
        secret.split([' ', '-']).nth(1).unwrap().to_owned(),
    ]
}

fn assert_silent(log: &str, secrets: &[&str]) {
    for secret in secrets {
        for form in forms(secret) {
            let line = log.lines().find(|line| line.contains(&form));
            assert!(line.is_none(), "'{form}' of '{secret}' is in the log: {line:?}");
        }
    }
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// An account with a key of the valid secret.
fn account(environment: &CommandEnvironment, trace: &[&str]) {
    process::stdout(environment, &["account", "create", "acme"]);
    let create = ["key", "create", "--account", "acme", "--label", "test", "--secret", "-"];
    let output = process::run_with_input(environment, &[&create, trace].concat(), VALID.as_bytes());
    assert_eq!(String::from_utf8_lossy(&output.stdout), format!("{VALID}\n"));
    assert_silent(&stderr(&output), &[VALID]);
}

/// Sends keys in every way that the gateway accepts.
fn send_keys(url: &str) {
    let query = json!({ "query": "{viewer{keyLabel}}" }).to_string();
    for (secret, known) in [(VALID, true), (INVALID, false)] {
        let plain: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        let careful = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
        for key in [plain, careful.to_lowercase(), careful] {
            let parameters = format!("KEY={key}&VARS=ID");
            let form = [("content-type", "application/x-www-form-urlencoded")];
            for path in [
                "/get_session_history.php",
                "/integration/get_session_history.php",
                "/integration/get_history_api.php",
            ] {
                let target = format!("{path}?{parameters}");
                for answer in [
                    wire::send(url, "GET", &target, &[], b""),
                    wire::send(url, "POST", path, &form, parameters.as_bytes()),
                    wire::send(url, "POST", &target, &form, b""),
                ] {
                    assert_eq!(answer.text().contains("<nrequests>"), known, "{}", answer.text());
                }
                wire::send(url, "HEAD", &target, &[], b"");
                wire::send(url, "DELETE", &target, &[], b"");
                wire::send(
                    url,
                    "GET",
                    &format!("{target}&FILTER_NOTHING=x&VARS=NOTHING"),
                    &[],
                    b"",
                );
                // Callers that encode the question mark, or put parameters into the path.
                wire::send(url, "GET", &format!("{path}%3F{parameters}"), &[], b"");
                wire::send(url, "GET", &format!("{path}/{parameters}"), &[], b"");
            }
            wire::send(url, "GET", &format!("/nothing?{parameters}"), &[], b"");
            wire::send(
                url,
                "GET",
                &format!("/graphql?query={{__typename}}&{parameters}"),
                &[],
                b"",
            );
            wire::send(url, "GET", &format!("/graphiql?{parameters}"), &[], b"");
        }
        let bearer = format!("Bearer {secret}");
        for header in
            [("authorization", &*bearer), ("x-api-key", secret), ("integration-key", secret)]
        {
            // Clients behind an unknown proxy do not wait after wrong keys.
            let proxied = ("x-forwarded-for", "192.0.2.1");
            let headers = [("content-type", "application/json"), proxied, header];
            let status = if known { 200 } else { 401 };
            let answer = wire::send(url, "POST", "/graphql", &headers, query.as_bytes());
            assert_eq!(answer.status, status, "{header:?}");
            let target = "/graphql?query=%7Bviewer%7BkeyLabel%7D%7D";
            assert_eq!(wire::send(url, "GET", target, &headers, b"").status, status, "{header:?}");
        }
        // A request that is not HTTP.
        let mut stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
        let _ =
            stream.write_all(format!("GET /?KEY={secret} HTTP/7\r\n{secret}\r\n\r\n").as_bytes());
        let _ = stream.read_to_end(&mut Vec::new());
    }
}

/// Sends requests with personal data: in variables, in documents, and in invalid requests.
fn send_personal_data(url: &str) {
    let filter =
        json!({ "customer": { "name": { "eq": PERSONAL } }, "notes": { "contains": PERSONAL } });
    for body in [
        json!({ "query": "query($f: SessionFilter) { sessions(filter: $f) { totalCount } }", "variables": { "f": filter } }),
        json!({ "query": "query($f: Int) { sessions(first: $f) { totalCount } }", "variables": { "f": PERSONAL } }),
        json!({ "query": format!("{{ sessions(filter: {{ notes: {{ eq: \"{PERSONAL}\" }} }}) {{ totalCount }} }}") }),
        json!({ "query": format!("{{ session(id: \"{PERSONAL}\") {{ id }} }}") }),
        json!({ "query": format!("{{ technician(username: \"{PERSONAL}\") {{ id }} }}") }),
        json!({ "query": format!("{{ nothing(id: \"{PERSONAL}\") {{ }}") }),
        json!({ "query": "{ __typename }", "operationName": PERSONAL }),
        json!({ "query": PERSONAL }),
        json!(PERSONAL),
    ] {
        let headers = [("content-type", "application/json"), ("x-api-key", VALID)];
        wire::send(url, "POST", "/graphql", &headers, body.to_string().as_bytes());
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("query", body["query"].as_str().unwrap_or_default())
            .append_pair("variables", &body["variables"].to_string())
            .finish();
        wire::send(url, "GET", &format!("/graphql?{query}"), &headers, b"");
    }
    let legacy = form_urlencoded::Serializer::new(String::new())
        .append_pair("KEY", VALID)
        .append_pair("VARS", "ID CUSTOMER_NAME")
        .append_pair("FILTER_CUSTOMER_NAME", PERSONAL)
        .finish();
    let answer = wire::send(url, "GET", &format!("/get_session_history.php?{legacy}"), &[], b"");
    assert!(answer.text().contains(PERSONAL), "{}", answer.text());
}

on_each_database!(the_most_verbose_log_has_neither_keys_nor_personal_data);
fn the_most_verbose_log_has_neither_keys_nor_personal_data(on: DatabaseKind) {
    for format in FORMATS {
        let environment = CommandEnvironment::new(on);
        let trace = ["--log", "trace", "--log-format", format];
        account(&environment, &trace);
        let session = json!({ "id": 7, "date_start": "2024-05-01", "customer_name": PERSONAL,
            "notes": PERSONAL, "chat_info": [{ "date": "2024-05-01", "sender": PERSONAL, "text": PERSONAL }] });
        let document = json!({ "requests": [session] }).to_string();
        let import = [&["import", "-", "--account", "acme"], &trace[..]].concat();
        let output = process::run_with_input(&environment, &import, document.as_bytes());
        assert!(output.status.success(), "{}", stderr(&output));
        assert_silent(&stderr(&output), &[PERSONAL]);

        let flags = [&trace[..], &["--trusted-proxies", "10.0.0.0/8"]].concat();
        let server = Server::start(&environment, &flags);
        send_keys(&server.url);
        send_personal_data(&server.url);
        let log = server.stop();
        assert!(
            log.contains("answered") && log.contains("SELECT"),
            "the log is not verbose: {log}"
        );
        assert_silent(&log, &[VALID, INVALID, PERSONAL]);
    }
}

on_sqlite_alone!(a_request_by_http_2_leaves_no_key_in_the_log, "drivers are below the protocol");
/// curl uses HTTP/2 without an upgrade.
fn a_request_by_http_2_leaves_no_key_in_the_log(on: DatabaseKind) {
    for format in FORMATS {
        let environment = CommandEnvironment::new(on);
        let trace = ["--log", "trace", "--log-format", format];
        account(&environment, &trace);
        let server = Server::start(&environment, &trace);
        for secret in [VALID, INVALID] {
            let curl = |arguments: &[&str]| {
                let common =
                    ["--silent", "--show-error", "--http2-prior-knowledge", "--noproxy", "*"];
                let output = Command::new("curl").args(common).args(arguments).output().unwrap();
                assert!(output.status.success(), "{}", stderr(&output));
                String::from_utf8(output.stdout).unwrap()
            };
            let key: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
            let parameters = format!("KEY={key}&VARS=ID");
            let legacy = format!("{}/get_session_history.php", server.url);
            let known = |answer: String| answer.contains("<nrequests>");
            assert_eq!(known(curl(&[&format!("{legacy}?{parameters}")])), secret == VALID);
            assert_eq!(known(curl(&["--data", &parameters, &legacy])), secret == VALID);
            let graphql = format!("{}/graphql", server.url);
            let (json, body) =
                ("content-type: application/json", r#"{"query":"{viewer{keyLabel}}"}"#);
            for header in [
                format!("authorization: Bearer {secret}"),
                format!("x-api-key: {secret}"),
                format!("integration-key: {secret}"),
            ] {
                let answer = curl(&["-H", json, "-H", &header, "--data", body, &graphql]);
                assert_eq!(answer.contains("test"), secret == VALID, "{answer}");
            }
        }
        let log = server.stop();
        assert!(log.contains("answered"), "{log}");
        assert_silent(&log, &[VALID, INVALID]);
    }
}

on_each_database!(a_new_key_is_on_standard_output_and_in_no_log);
fn a_new_key_is_on_standard_output_and_in_no_log(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    process::stdout(&environment, &["account", "create", "acme"]);
    for format in FORMATS {
        let arguments =
            ["key", "create", "--account", "acme", "--log", "trace", "--log-format", format];
        let output = process::run(&environment, &arguments);
        let secret = String::from_utf8(output.stdout.clone()).unwrap().trim().to_owned();
        assert!(secret.len() >= 20, "{secret}");
        assert!(stderr(&output).contains("SELECT"), "the log is not verbose: {}", stderr(&output));
        let hash: String =
            Sha256::digest(&secret).iter().map(|byte| format!("{byte:02x}")).collect();
        for form in [&secret, &secret[3..], &hash] {
            assert!(!stderr(&output).contains(form), "{form}");
        }
    }
}

on_sqlite_alone!(the_demo_prints_its_key_and_logs_none, "it is about the greeting");
fn the_demo_prints_its_key_and_logs_none(on: DatabaseKind) {
    for format in FORMATS {
        let environment = CommandEnvironment::new(on);
        let server =
            Server::start(&environment, &["--demo", "--log", "trace", "--log-format", format]);
        let secret = server.greeted("Demo key");
        let target = server.greeted("Legacy").split_once("/get_session").unwrap().1.to_owned();
        let answer = wire::send(&server.url, "GET", &format!("/get_session{target}"), &[], b"");
        assert!(answer.text().contains("<nrequests>"), "{}", answer.text());
        let log = server.stop();
        let links = ["Dashboard ", "GraphiQL ", "Demo key", "Legacy "];
        let greeting = |line: &&str| links.iter().any(|link| line.starts_with(link));
        let lines: Vec<_> = log.lines().filter(|line| !greeting(line)).collect();
        let hash: String =
            Sha256::digest(&secret).iter().map(|byte| format!("{byte:02x}")).collect();
        for form in [&secret, &secret[3..], &hash] {
            let line = lines.iter().find(|line| line.contains(form));
            assert_eq!(line, None, "{form}");
        }
    }
}

on_sqlite_alone!(
    the_password_of_a_database_is_never_shown,
    "the databases are named in it, and none is reached"
);
fn the_password_of_a_database_is_never_shown(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    for url in [
        "postgres://user:hunter2@127.0.0.1:1/x",
        "mysql://user:hunter2@127.0.0.1:1/x",
        "mariadb://user:hunter2@127.0.0.1:1/x",
        "postgres://user:hunter2@127.0.0.1:1/x?sslmode=nonsense",
        "postgres://user:hunter2@127.0.0.1:port/x",
        "postgres://user:hunter2@[::1/x",
        "mysql://user:hunter2@ /x",
        "oracle://user:hunter2@127.0.0.1:1/x",
        "user:hunter2@127.0.0.1",
        "sqlite:///nowhere/hunter2.sqlite3?password=hunter2",
        "postgres://user:hunter2@127.0.0.1:1/x,postgres://other:hunter2@127.0.0.1:2/x",
        "postgres://user:hunter2@127.0.0.1:1/x,mysql://user:hunter2@127.0.0.1:1/x",
        "mysql://user:hunter2@127.0.0.1:1/x,oracle://user:hunter2@127.0.0.1:1/x",
    ] {
        for format in FORMATS {
            let wait = ["--database-wait", "1", "--start-wait", "0"];
            let log = [&["--log", "trace", "--log-format", format], &wait[..]].concat();
            for command in [
                &["account", "list"][..],
                &["migrate", "status"],
                &["serve", "--listen", "127.0.0.1:0"],
            ] {
                let arguments = [command, &log[..], &["--database-url", url]].concat();
                let output = process::run(&environment, &arguments);
                assert!(!output.status.success(), "{url}");
                let shown =
                    format!("{}{}", stderr(&output), String::from_utf8_lossy(&output.stdout));
                assert!(shown.contains("error"), "{url}: {shown}");
                assert!(!shown.contains("hunter2"), "{url}: {shown}");
            }
        }
    }
    let mut help = process::command(&environment, &["serve", "--help"]);
    let url = "postgres://user:hunter2@127.0.0.1:1/x";
    let help = help.env("DATABASE_URL", url).env("SESSION_HISTORY_READ_URL", url);
    let help = help.output().unwrap();
    assert!(help.status.success());
    assert!(!String::from_utf8_lossy(&help.stdout).contains("hunter2"));
}

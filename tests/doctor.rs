//! `session-history doctor` finds what is wrong with an installation, and says what to do.

use std::{fs, net::TcpListener, process::Output};

use crate::support::{
    database::{DatabaseKind, on_each_database, on_each_server, on_sqlite_alone},
    process::{CommandEnvironment, Server, run, stdout},
    server::{administer, dedicated::DedicatedServer},
    tls::make_certificate,
};

mod files;

/// The exit code, and each line that is not "ok", without the settings of test servers, which do not write to the disk.
pub fn diagnose(environment: &CommandEnvironment, flags: &[&str]) -> (i32, Vec<String>) {
    let output = run(environment, &[&["doctor"], flags].concat());
    let lines: Vec<String> =
        lines(&output).into_iter().filter(|it| !it.starts_with("ok\t")).collect();
    let is_of_tests = |line: &String| {
        ["fsync = off", "innodb_flush_log_at_trx_commit = 0"].iter().any(|it| line.contains(it))
    };
    let (of_tests, found): (Vec<_>, Vec<_>) = lines.into_iter().partition(is_of_tests);
    let code = output.status.code().unwrap();
    let worst = if found.iter().any(|it| it.starts_with("problem\t")) { 2 } else { 1 };
    let expected = if found.is_empty() && of_tests.is_empty() { 0 } else { worst };
    assert_eq!(code, expected, "{found:?} {}", String::from_utf8_lossy(&output.stderr));
    (if found.is_empty() { 0 } else { code }, found)
}

fn lines(output: &Output) -> Vec<String> {
    String::from_utf8(output.stdout.clone()).unwrap().lines().map(str::to_owned).collect()
}

/// The only thing that is found.
pub fn finds(environment: &CommandEnvironment, flags: &[&str], level: &str, parts: &[&str]) {
    let (_, found) = diagnose(environment, flags);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with(&format!("{level}\t")), "{found:?}");
    for part in parts {
        assert!(found[0].contains(part), "no '{part}': {found:?}");
    }
}

/// An installation with an account and a key, whose server listens on any port.
pub fn installed(on: DatabaseKind) -> CommandEnvironment {
    let environment =
        CommandEnvironment::new(on).with_variable("SESSION_HISTORY_LISTEN", "127.0.0.1:0");
    stdout(&environment, &["account", "create", "acme"]);
    stdout(&environment, &["key", "create", "--account", "acme", "--label", "page"]);
    environment
}

on_each_database!(nothing_is_wrong_with_a_new_installation);
fn nothing_is_wrong_with_a_new_installation(on: DatabaseKind) {
    let environment = installed(on);
    assert_eq!(diagnose(&environment, &[]), (0, vec![]));
    let full = run(&environment, &["doctor", "--full"]);
    let topics: Vec<_> =
        lines(&full).iter().map(|it| it.split('\t').nth(1).unwrap().to_owned()).collect();
    for topic in ["settings", "TLS", "address", "database", "schema", "jobs", "keys"] {
        assert!(topics.iter().any(|it| it == topic), "no {topic}: {topics:?}");
    }
    // It changes nothing.
    let (before, after) =
        (stdout(&environment, &["key", "list"]), stdout(&environment, &["key", "list"]));
    assert_eq!(before, after);
}

on_each_database!(a_schema_that_is_not_up_to_date_is_found);
fn a_schema_that_is_not_up_to_date_is_found(on: DatabaseKind) {
    let environment = installed(on);
    let last = "DELETE FROM seaql_migrations WHERE version = 'm0015_words'";
    administer(&environment.url(), &[last]).unwrap();
    let level = if on == DatabaseKind::Sqlite { "warning" } else { "problem" };
    finds(&environment, &[], level, &["pending steps: 1", "session-history migrate up"]);

    let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_future', 1)";
    administer(&environment.url(), &[newer]).unwrap();
    finds(&environment, &[], "problem", &["m9999_future", "use that version"]);
}

on_each_database!(what_was_not_finished_is_found);
fn what_was_not_finished_is_found(on: DatabaseKind) {
    let environment = installed(on);
    let url = environment.url();
    let change = |statement: &str| administer(&url, &[statement]).unwrap();
    change("UPDATE change_counter SET words_to = 5");
    finds(&environment, &[], "warning", &["'acme'", "account add-search acme"]);
    change("UPDATE change_counter SET words_to = NULL");
    change(
        "INSERT INTO backfill (id, after_account, after_session, sessions) VALUES (1, 0, -1, 0)",
    );
    finds(&environment, &[], "warning", &["stored sessions lack", "migrate up"]);
    change("UPDATE backfill SET finished_at = 1");
    change("UPDATE job SET finished_at = 1000000, leased_until = 0 WHERE name = 'retention'");
    finds(&environment, &[], "warning", &["'retention' was last done at 1970-01-01T00:00:01"]);
    change("UPDATE job SET leased_until = 9000000000000000 WHERE name = 'retention'");
    assert_eq!(diagnose(&environment, &[]), (0, vec![]));
}

on_each_database!(the_retention_of_accounts_is_told);
fn the_retention_of_accounts_is_told(on: DatabaseKind) {
    let environment = installed(on);
    let told = || {
        let output = run(&environment, &["doctor"]);
        lines(&output)
            .into_iter()
            .filter(|it| it.starts_with("ok\tretention\t"))
            .collect::<Vec<_>>()
    };
    assert_eq!(told(), Vec::<String>::new());
    stdout(&environment, &["account", "retention", "acme", "--months", "24"]);
    assert_eq!(told(), ["ok\tretention\tsessions of 'acme' are deleted after 24 months"]);
}

on_each_database!(keys_that_end_soon_and_accounts_without_keys_are_found);
fn keys_that_end_soon_and_accounts_without_keys_are_found(on: DatabaseKind) {
    let environment = installed(on);
    let date = |days: &str| {
        let output = std::process::Command::new("date").args(["-u", "-d", days, "+%F"]).output();
        String::from_utf8(output.unwrap().stdout).unwrap().trim().to_owned()
    };
    let (soon, later) = (date("+10 days"), date("+100 days"));
    let create = |label: &str, end: &str| {
        let key = ["key", "create", "--account", "acme", "--label", label, "--expires", end];
        stdout(&environment, &key).trim().to_owned()
    };
    create("later", &later);
    let secret = create("dashboards", &soon);
    finds(&environment, &[], "warning", &["('dashboards') of 'acme' expires at", &soon]);
    let output = run(&environment, &["doctor"]);
    assert!(!String::from_utf8_lossy(&output.stdout).contains(&secret[..12]));

    stdout(&environment, &["account", "create", "globex"]);
    let (_, found) = diagnose(&environment, &[]);
    assert!(found[1].contains("'globex' has no valid key"), "{found:?}");
    let nobody = CommandEnvironment::new(on).with_variable("SESSION_HISTORY_LISTEN", "127.0.0.1:0");
    if on == DatabaseKind::Sqlite {
        stdout(&nobody, &["migrate", "up"]);
    }
    finds(&nobody, &[], "warning", &["there is no account", "account create"]);
}

on_sqlite_alone!(a_server_that_does_not_answer_is_found, "it is about servers");
fn a_server_that_does_not_answer_is_found(_: DatabaseKind) {
    let away = CommandEnvironment::at("postgres://ann:s3cret@127.0.0.1:9/history".into())
        .with_variable("SESSION_HISTORY_LISTEN", "127.0.0.1:0")
        .with_variable("SESSION_HISTORY_START_WAIT", "1");
    let (code, found) = diagnose(&away, &[]);
    assert_eq!((code, found.len()), (2, 1), "{found:?}");
    assert!(found[0].contains("127.0.0.1:9") && !found[0].contains("s3cret"), "{found:?}");
}

on_each_server!(settings_of_a_server_that_do_harm_are_found);
fn settings_of_a_server_that_do_harm_are_found(on: DatabaseKind) {
    let server = DedicatedServer::start_with(on, "127.0.0.1", &["max_connections=20"]);
    let environment =
        CommandEnvironment::at(server.url()).with_variable("SESSION_HISTORY_LISTEN", "127.0.0.1:0");
    stdout(&environment, &["migrate", "up"]);
    stdout(&environment, &["account", "create", "acme"]);
    stdout(&environment, &["key", "create", "--account", "acme"]);
    finds(&environment, &[], "warning", &["max_connections is 20", "--database-connections"]);
    if on == DatabaseKind::Postgres {
        let read_only = "ALTER DATABASE history SET default_transaction_read_only = on";
        server.administer("history", &[read_only]);
        finds(&environment, &[], "problem", &["it is read-only"]);
    }
}

on_sqlite_alone!(an_address_that_cannot_be_used_is_found, "it is about addresses");
fn an_address_that_cannot_be_used_is_found(on: DatabaseKind) {
    let environment = installed(on);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    finds(&environment, &["--listen", &address], "warning", &[&address, "another program"]);
    finds(&environment, &["--listen", "192.0.2.1:0"], "problem", &["cannot listen on 192.0.2.1:0"]);
    // A gateway that runs is no fault.
    let server = Server::start(&environment, &[]);
    let address = server.url.strip_prefix("http://").unwrap();
    assert_eq!(diagnose(&environment, &["--listen", address]), (0, vec![]));
}

on_sqlite_alone!(a_gateway_with_tls_a_base_path_and_metrics_is_no_fault, "it is about addresses");
fn a_gateway_with_tls_a_base_path_and_metrics_is_no_fault(on: DatabaseKind) {
    let environment = installed(on);
    make_certificate(environment.path(), "tls");
    let metrics = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let tls = ["--tls-certificate", "tls.crt", "--tls-key", "tls.key"];
    for flags in [&tls[..], &["--base-path", "/history"]] {
        let flags = [flags, &["--metrics-listen", &metrics]].concat();
        let server = Server::start(&environment, &flags);
        let (_, address) = server.url.split_once("://").unwrap();
        let address = address.split('/').next().unwrap();
        let flags = [&["--listen", address], &flags[..]].concat();
        assert_eq!(diagnose(&environment, &flags), (0, vec![]));
    }
}

on_sqlite_alone!(settings_that_are_wrong_are_found, "it is about settings");
fn settings_that_are_wrong_are_found(on: DatabaseKind) {
    let environment = installed(on);
    let sizes = ["--default-page-size", "201"];
    finds(&environment, &sizes, "problem", &["default_page_size is 201 and max_page_size is 200"]);
    let profile = ["--legacy-profile", "missing.toml"];
    finds(&environment, &profile, "problem", &["cannot read the legacy profile missing.toml"]);
    fs::write(environment.path().join("documents.json"), r#"{"1":"{ wrong }"}"#).unwrap();
    let documents = ["--trusted-documents", "documents.json"];
    finds(&environment, &documents, "problem", &["the document '1', line 1, column 3"]);
    fs::write(environment.path().join("settings.toml"), "[server]\nlisten = 5\nnothing = 1\n")
        .unwrap();
    let output = run(&environment, &["--config", "settings.toml", "doctor"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("settings.toml"));
}

//! The commands of the operator: accounts, keys, settings, translation and migrations.

use std::fs;

use serde_json::Value;

use crate::support::{
    database::{Kind, on_each_database, on_sqlite_alone},
    process::{Home, Server, run, run_with_input, stdout},
};

fn fails(home: &Home, arguments: &[&str]) -> String {
    let output = run(home, arguments);
    assert!(!output.status.success(), "{arguments:?}");
    assert!(output.stdout.is_empty(), "{arguments:?} {}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr).unwrap()
}

on_each_database!(an_account_is_made_once_and_listed);
fn an_account_is_made_once_and_listed(on: Kind) {
    let home = &Home::new(on);
    assert_eq!(stdout(home, &["account", "create", "acme"]), "1\n");
    assert!(fails(home, &["account", "create", " acme "]).contains("already"));
    assert!(fails(home, &["account", "create", ""]).contains("1 to 100 characters"));
    let list = stdout(home, &["account", "list"]);
    assert!(list.starts_with("1\tacme\t20"), "{list}");
}

on_each_database!(a_key_prints_its_secret_alone_and_the_list_never_does);
fn a_key_prints_its_secret_alone_and_the_list_never_does(on: Kind) {
    let home = &Home::new(on);
    stdout(home, &["account", "create", "acme"]);
    let secret = stdout(home, &["key", "create", "--account", "acme", "--label", "billing"]);
    let secret = secret.trim_end();
    assert_eq!(secret.len(), 35, "{secret}");
    assert!(
        secret.len() <= 64
            && secret.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    );
    let list = stdout(home, &["key", "list"]);
    assert!(
        list.starts_with(&format!("1\tacme\tbilling\t{}…\tread\tvalid\t", &secret[..8])),
        "{list}"
    );
    assert!(!list.contains(secret));
    assert!(fails(home, &["key", "create", "--account", "nobody"]).contains("no account 'nobody'"));
    assert!(
        fails(home, &["key", "create", "--account", "acme", "--scope", "all"]).contains("scope")
    );
}

on_each_database!(a_secret_that_callers_have_is_taken_over);
fn a_secret_that_callers_have_is_taken_over(on: Kind) {
    let home = &Home::new(on);
    stdout(home, &["account", "create", "acme"]);
    let create = |secret| {
        ["key", "create", "--account", "acme", "--scope", "read,write", "--secret", secret]
    };
    assert_eq!(stdout(home, &create("vendor key+1/2=")), "vendor key+1/2=\n");
    assert!(fails(home, &create("vendor key+1/2=")).contains("already"));
    assert!(fails(home, &create("short")).contains("8 to 64 characters"));
    assert!(fails(home, &create(&"x".repeat(65))).contains("8 to 64 characters"));
}

on_each_database!(a_revoked_or_expired_key_opens_nothing);
fn a_revoked_or_expired_key_opens_nothing(on: Kind) {
    let home = &Home::new(on);
    stdout(home, &["account", "create", "acme"]);
    let create = |more: &[&str]| {
        let arguments = [&["key", "create", "--account", "acme"], more].concat();
        stdout(home, &arguments).trim_end().to_owned()
    };
    let (good, revoked) = (create(&[]), create(&[]));
    let (expired, later) =
        (create(&["--expires", "2020-01-01"]), create(&["--expires", "2999-01-01T00:00:00Z"]));
    let server = Server::start(home, &[]);
    let status = |key: &str| {
        let url = format!("{}/get_session_history.php?KEY={key}&VARS=ID", server.url);
        let output = std::process::Command::new("curl").args(["-sS", &url]).output().unwrap();
        String::from_utf8(output.stdout).unwrap().contains("<nrequests>0</nrequests>")
    };
    assert!(status(&good) && status(&revoked) && status(&later) && !status(&expired));
    // While the server runs, which takes a key for valid for a second after a look at it.
    stdout(home, &["key", "revoke", "2"]);
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    assert!(status(&good) && !status(&revoked));
    assert!(fails(home, &["key", "revoke", "2"]).contains("no key 2"));
    let list = stdout(home, &["key", "list", "--account", "acme"]);
    let states: Vec<_> = list.lines().map(|line| line.split('\t').nth(5).unwrap()).collect();
    assert_eq!(states, ["valid", "revoked", "expired", "valid"]);
}

on_sqlite_alone!(
    translate_prints_the_document_and_its_variables_and_never_the_key,
    "no storage is involved"
);
fn translate_prints_the_document_and_its_variables_and_never_the_key(on: Kind) {
    let home = Home::new(on);
    let url = "https://old.example/get_session_history.php?KEY=topsecret123&VARS=ID%20TECH_NAME%20CHAT_INFO\
               &FILTER_CUSTOMER_NAME=Jos%C3%A9%22%7D&FILTER_DATE_START_INI=2024-01-01&FILTER_PROCESSED=ANSWERED";
    let printed = stdout(&home, &["translate", url]);
    assert!(!printed.contains("topsecret123"), "{printed}");
    let (document, variables) = printed.split_once("\n\n").unwrap();
    // What a caller writes travels in variables alone.
    assert!(!document.contains("José"), "{document}");
    let variables: Value = serde_json::from_str(variables).unwrap();
    assert_eq!(variables["filter"]["customer"]["name"]["eq"], "José\"}");
    assert_eq!(variables["filter"]["startedAt"]["gt"], "2024-01-01T00:00:00Z");
    assert_eq!(variables["filter"]["answered"], true);
    assert!(
        fails(&home, &["translate", "?VARS=ID+SHOES"]).contains("Invalid VARS setting: SHOES.")
    );
}

on_each_database!(what_translate_prints_runs_through_the_public_graphql_door);
fn what_translate_prints_runs_through_the_public_graphql_door(on: Kind) {
    let home = &Home::new(on);
    stdout(home, &["account", "create", "acme"]);
    let key = stdout(home, &["key", "create", "--account", "acme"]);
    let history = br#"{"requests":[{"id":5,"date_start":"2024-01-01 10:00:00","notes":"n"}]}"#;
    run_with_input(home, &["import", "--account", "acme", "-"], history);
    let vars = "ID+CUSTOMER_NAME+CUSTOMER_EMAIL+CUSTOMER_NUMBER+COMPUTER_NAME+COMPUTER_DOMAIN+COMPUTER_OS\
        +TECH_USERNAME+TECH_NAME+PROBLEM_DESCRIPTION+NOTES+HAS_VIDEOS+DATE_START+DATE_END\
        +CUSTOM_FIELD_NAME+CUSTOM_FIELD_VALUE";
    let url = format!(
        "/get_session_history.php?VARS={vars}&FILTER_ID=5&FILTER_START_METHOD=APPLET\
        &FILTER_HAS_VIDEOS=FALSE&FILTER_PROCESSED=NOT_ANSWERED&FILTER_DATE_START_END=2025-01-01"
    );
    let printed = stdout(home, &["translate", &url]);
    let (query, variables) = printed.split_once("\n\n").unwrap();
    let variables: Value = serde_json::from_str(variables).unwrap();
    let body = serde_json::json!({ "query": query, "variables": variables }).to_string();
    let server = Server::start(home, &[]);
    let bearer = format!("Authorization: Bearer {}", key.trim_end());
    let output = std::process::Command::new("curl")
        .args(["-sS", "-H", &bearer, "-H", "Content-Type: application/json", "-d", &body])
        .arg(format!("{}/graphql", server.url))
        .output()
        .unwrap();
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["data"]["sessions"]["totalCount"], 1, "{answer}");
    assert_eq!(answer["data"]["sessions"]["nodes"][0]["notes"], "n", "{answer}");
}

on_sqlite_alone!(
    a_flag_wins_over_the_environment_which_wins_over_the_file,
    "the settings name files"
);
fn a_flag_wins_over_the_environment_which_wins_over_the_file(on: Kind) {
    let home = &Home::new(on);
    let accounts = |arguments: &[&str], environment: Option<&str>| {
        let arguments = [arguments, &["account", "list"]].concat();
        let mut command = crate::support::process::command(home, &arguments);
        if let Some(url) = environment {
            command.env("DATABASE_URL", url);
        }
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    for name in ["file", "environment", "flag"] {
        let url = format!("sqlite:{name}.sqlite3");
        stdout(home, &["--database-url", &url, "account", "create", name]);
    }
    let file = "[database]\ndatabase_url = \"sqlite:file.sqlite3\"\ndatabase_connections = 3\n";
    fs::write(home.path().join("settings.toml"), file).unwrap();
    let from_file = ["--config", "settings.toml"];
    assert!(accounts(&from_file, None).contains("file"));
    assert!(accounts(&from_file, Some("sqlite:environment.sqlite3")).contains("environment"));
    let flag = ["--config", "settings.toml", "--database-url", "sqlite:flag.sqlite3"];
    assert!(accounts(&flag, Some("sqlite:environment.sqlite3")).contains("flag"));
}

on_sqlite_alone!(an_unknown_setting_in_the_file_is_refused, "no storage is involved");
fn an_unknown_setting_in_the_file_is_refused(on: Kind) {
    let home = Home::new(on);
    for (file, told) in [
        ("[limits]\nmax_depht = 3\n", "there is no setting 'limits.max_depht'"),
        ("max_depth = 3\n", "'max_depth' stands outside of a table"),
        ("[limits]\nmax_depth = \"deep\"\n", "deep"),
    ] {
        fs::write(home.path().join("settings.toml"), file).unwrap();
        let arguments = ["--config", "settings.toml", "serve", "--listen", "127.0.0.1:0"];
        let output = run(&home, &arguments);
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && error.contains(told), "{error}");
    }
}

on_each_database!(migrate_shows_and_updates_the_schema);
fn migrate_shows_and_updates_the_schema(on: Kind) {
    let home = Home::bare(on);
    let before = stdout(&home, &["migrate", "status"]);
    assert!(
        before.lines().count() >= 2 && before.lines().all(|line| line.starts_with("pending\t")),
        "{before}"
    );
    stdout(&home, &["migrate", "up"]);
    let after = stdout(&home, &["migrate", "status"]);
    assert_eq!(after, before.replace("pending", "applied"));
}

on_sqlite_alone!(an_origin_must_be_one, "no storage is involved");
fn an_origin_must_be_one(on: Kind) {
    let home = Home::new(on);
    for wrong in ["*", "https://a.example/", "a.example", "https://a.example,null"] {
        let told = fails(&home, &["serve", "--listen", "127.0.0.1:0", "--allowed-origins", wrong]);
        assert!(told.contains("an origin is written as https://host"), "{told}");
    }
}

//! The way from the legacy URL to GraphQL: headers, the page of translations, and programs.

use std::{path::Path, process::Command};

use serde_json::{Value, json};

use crate::{
    commands::fails,
    support::{
        Gateway,
        database::{DatabaseKind, on_sqlite_alone},
        process::{self, CommandEnvironment, Server},
    },
};

on_sqlite_alone!(async an_answer_links_to_its_translation_without_the_key, "no storage is involved");
async fn an_answer_links_to_its_translation_without_the_key(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let filter = "Ann \"A\" & <B> Ünïcode";
    let parameters =
        [("VARS", "notes,ID"), ("FILTER_CUSTOMER_NAME", filter), ("FILTER_PROCESSED", "ANSWERED")];
    let answer = gateway.legacy(&tenant.key, &parameters).await;
    let link = answer.headers["link"].to_str().unwrap();
    let path = link.strip_prefix('<').and_then(|link| link.split_once('>')).unwrap();
    assert_eq!(path.1, "; rel=\"alternate\"; type=\"text/plain\"");
    assert!(!link.contains(&tenant.key) && !link.contains("KEY"), "{link}");
    let page = gateway.get(path.0).await;
    assert_eq!(page.status, 200);
    let text = page.text();
    let (document, variables) = text.split_once("\n\n").unwrap();
    assert!(document.contains("      notes\n      legacyId\n"), "{document}");
    let variables: Value = serde_json::from_str(variables).unwrap();
    let expected = json!({"customer": {"name": {"eq": filter}}, "answered": true});
    assert_eq!(variables["filter"], expected);
    let data = gateway.data(&tenant, document, variables).await;
    assert_eq!(data["sessions"]["totalCount"], 0);

    let program = gateway.get(&format!("{}&as=python", path.0)).await.text();
    assert!(program.starts_with("#!/usr/bin/env python3\n"), "{program}");
    let wrong = gateway.get("/translate?VARS=NOTHING&KEY=secret-key").await;
    assert_eq!((wrong.status.as_u16(), &*wrong.text()), (400, "Invalid VARS setting: NOTHING.\n"));
    // A header that is too long for some proxies is left out, and there is none for a wrong call.
    let long = "é".repeat(100);
    let names = ["CUSTOMER_NAME", "CUSTOMER_EMAIL", "COMPUTER_NAME", "COMPUTER_DOMAIN"];
    let names = names.map(|name| format!("FILTER_{name}"));
    let filters = names.iter().map(|name| (&**name, &*long)).chain([("VARS", "ID")]);
    let answer = gateway.legacy(&tenant.key, &filters.collect::<Vec<_>>()).await;
    assert!(!answer.headers.contains_key("link") && answer.text().contains("<nrequests>0"));
    let wrong = gateway.legacy(&tenant.key, &[("VARS", "NOTHING")]).await;
    assert!(!wrong.headers.contains_key("link") && !wrong.headers.contains_key("deprecation"));
}

on_sqlite_alone!(async the_end_of_the_legacy_url_is_in_the_headers, "no storage is involved");
async fn the_end_of_the_legacy_url_is_in_the_headers(on: DatabaseKind) {
    let days = ["--legacy-deprecation", "2027-01-31", "--legacy-sunset", "2027-12-05"];
    let gateway = Gateway::start_with(on, &days).await;
    let tenant = gateway.tenant("acme").await;
    for vars in ["ID", "NOTHING"] {
        let answer = gateway.legacy(&tenant.key, &[("VARS", vars)]).await;
        assert_eq!(answer.headers["deprecation"], "@1801353600");
        assert_eq!(answer.headers["sunset"], "Sun, 05 Dec 2027 00:00:00 GMT");
    }
    let graphql = gateway.graphql(&tenant, "{ viewer { keyLabel } }", json!({})).await;
    assert!(!graphql.headers.contains_key("deprecation"));

    let environment = CommandEnvironment::new(on);
    for (flags, message) in [
        (["--legacy-sunset", "2027-1-31"], "a day is written as 2027-01-31"),
        (["--legacy-deprecation", "2027-02-30"], "a day is written as 2027-01-31"),
    ] {
        let error = fails(&environment, &[&["serve"], &flags[..]].concat());
        assert!(error.contains(message), "{error}");
    }
    let reversed = ["--legacy-deprecation", "2027-12-05", "--legacy-sunset", "2027-01-31"];
    let error = fails(&environment, &[&["serve"], &reversed[..]].concat());
    assert!(error.contains("legacy_sunset is 2027-01-31"), "{error}");
}

/// A name that a program must not take for its own text.
const NAME: &str = "Ann \"A\" 'B' \\n `${x}` $HOME {{LISTS}} %s\u{1F600}é";

on_sqlite_alone!(the_printed_programs_read_what_the_legacy_url_answers, "no storage is involved");
fn the_printed_programs_read_what_the_legacy_url_answers(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    process::stdout(&environment, &["account", "create", "acme"]);
    let message =
        |n: usize| json!({"date": "2024-01-01 00:00:01", "sender": "a", "text": n.to_string()});
    let session = |id: usize, name: &str| {
        let messages = if id == 7 { 1_200 } else { id % 3 };
        let chat = (0..messages).map(message).collect::<Vec<_>>();
        json!({"id": id, "date_start": format!("2024-01-01 00:{:02}:{:02}", id / 60, id % 60),
               "customer_name": name, "chat_info": chat})
    };
    let sessions = (1..=300).map(|id| session(id, if id % 2 == 1 { NAME } else { "Other" }));
    let history = json!({ "requests": sessions.collect::<Vec<_>>() });
    std::fs::write(environment.path().join("history.json"), history.to_string()).unwrap();
    process::stdout(&environment, &["import", "history.json", "--account", "acme"]);
    let key = process::stdout(&environment, &["key", "create", "--account", "acme"]);
    let server = Server::start(&environment, &[]);
    let name: String = url::form_urlencoded::byte_serialize(NAME.as_bytes()).collect();
    let url = format!(
        "https://old.example/get_session_history.php?KEY=secret&VARS=ID CHAT_INFO&FILTER_CUSTOMER_NAME={name}"
    );
    for (language, program) in [("curl", "sh"), ("python", "python3"), ("javascript", "node")] {
        let text = process::stdout(&environment, &["translate", &url, "--as", language]);
        assert!(!text.contains("secret") && !text.contains("old.example"), "{text}");
        let file = environment.path().join(format!("history-{language}.mjs"));
        std::fs::write(&file, &text).unwrap();
        let mut lines = run(program, &file, &server.url, key.trim());
        if language == "curl" {
            assert_eq!(lines.pop().unwrap(), json!({"complete": true, "count": 150}));
        }
        let ids: Vec<_> =
            lines.iter().map(|it| it["legacyId"].as_str().unwrap().to_owned()).collect();
        let expected: Vec<_> = (1..=300).step_by(2).map(|id| id.to_string()).collect();
        assert_eq!(ids, expected, "{language}");
        let chat = lines[3]["chatMessages"]["nodes"].as_array().unwrap();
        // The script has one page of each list.
        assert_eq!(chat.len(), if language == "curl" { 100 } else { 1_200 }, "{language}");
        let texts = chat.iter().map(|message| message["body"].as_str().unwrap().parse::<usize>());
        assert!(texts.eq((0..chat.len()).map(Ok)), "{language}");
    }
}

/// The lines of JSON that a program prints.
fn run(program: &str, file: &Path, url: &str, key: &str) -> Vec<Value> {
    let output = Command::new(program)
        .arg(file)
        .env("SESSION_HISTORY_URL", format!("{url}/graphql"))
        .env("SESSION_HISTORY_KEY", key)
        .output()
        .unwrap_or_else(|error| panic!("cannot run {program}, which has to be installed: {error}"));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {error}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

on_sqlite_alone!(a_program_without_filters_and_lists_is_printed_too, "no storage is involved");
fn a_program_without_filters_and_lists_is_printed_too(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    let text = process::stdout(&environment, &["translate", "VARS=ID", "--as", "python"]);
    assert!(text.contains("query SessionHistory {\n  sessions(orderBy: STARTED_AT_ASC)"), "{text}");
    assert!(text.contains("VARIABLES = {}\n") && text.contains("LISTS = {}\n"), "{text}");
    let error = fails(&environment, &["translate", "VARS=ID", "--as", "cobol"]);
    assert!(error.contains("curl, python, javascript"), "{error}");
}

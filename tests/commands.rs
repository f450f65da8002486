//! The commands of the operator: accounts, keys, translation and migrations.

use serde_json::Value;
use session_history::domain::time::{Clock, Timestamp};

use crate::support::{
    database::{DatabaseKind, on_each_database, on_sqlite_alone},
    process::{CommandEnvironment, Server, run, run_with_input, stdout},
    server::select,
    wire,
};

/// What a command that must fail says.
pub(crate) fn fails(environment: &CommandEnvironment, arguments: &[&str]) -> String {
    fails_with_input(environment, arguments, b"")
}

fn fails_with_input(environment: &CommandEnvironment, arguments: &[&str], input: &[u8]) -> String {
    let output = run_with_input(environment, arguments, input);
    assert!(!output.status.success(), "{arguments:?}");
    assert!(output.stdout.is_empty(), "{arguments:?} {}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr).unwrap()
}

on_each_database!(an_account_is_made_once_and_listed);
fn an_account_is_made_once_and_listed(on: DatabaseKind) {
    let environment = &CommandEnvironment::new(on);
    let created = run(environment, &["account", "create", " acme\n"]);
    assert_eq!(
        (&*created.stdout, &*created.stderr),
        (&b""[..], &b"created the account 'acme'\n"[..])
    );
    assert!(fails(environment, &["account", "create", " acme "]).contains("'acme' exists already"));
    let list = stdout(environment, &["account", "list"]);
    assert!(list.starts_with("1\tacme\t20") && list.lines().count() == 1, "{list}");
}

on_each_database!(names_that_break_a_list_or_cannot_be_seen_are_refused);
fn names_that_break_a_list_or_cannot_be_seen_are_refused(on: DatabaseKind) {
    let environment = &CommandEnvironment::new(on);
    stdout(environment, &["account", "create", "acme"]);
    let long = "x".repeat(101);
    for (name, told) in [
        ("a\tb", "must not contain the control character U+0009"),
        ("a\nb", "U+000A"),
        ("\u{1b}[31m", "U+001B"),
        ("zero\u{200b}width", "invisible character U+200B"),
        ("\u{202e}emca", "invisible character U+202E"),
        (&long, "has 1 to 100 characters, not 101"),
    ] {
        let account = fails(environment, &["account", "create", name]);
        assert!(account.contains("The name of an account") && account.contains(told), "{account}");
        let label = fails(environment, &["key", "create", "--account", "acme", "--label", name]);
        assert!(label.contains("The label of a key") && label.contains(told), "{label}");
        // Nor does an error repeat them raw.
        let unknown = fails(environment, &["key", "create", "--account", name]);
        assert!(unknown.contains("no account") && unknown.lines().count() == 1, "{unknown}");
        assert!(!unknown.trim_end().contains(char::is_control), "{unknown}");
    }
    assert!(fails(environment, &["account", "create", " "]).contains("not 0"));
    assert_eq!(stdout(environment, &["account", "list"]).lines().count(), 1);
    assert_eq!(stdout(environment, &["key", "list"]), "");
}

on_sqlite_alone!(
    an_unknown_account_is_an_error_that_says_how_to_create_it,
    "it is about a message"
);
fn an_unknown_account_is_an_error_that_says_how_to_create_it(on: DatabaseKind) {
    let environment = &CommandEnvironment::new(on);
    for arguments in [
        &["key", "create", "--account", "acme"][..],
        &["key", "list", "--account", "acme"],
        &["import", "-", "--account", "acme"],
    ] {
        let told = fails(environment, arguments);
        assert!(told.contains("session-history account create 'acme'"), "{arguments:?}: {told}");
    }
    assert_eq!(stdout(environment, &["account", "list"]), "");
}

on_each_database!(a_key_that_would_have_expired_is_refused);
fn a_key_that_would_have_expired_is_refused(on: DatabaseKind) {
    let environment = &CommandEnvironment::new(on);
    stdout(environment, &["account", "create", "acme"]);
    let create = |time| ["key", "create", "--account", "acme", "--expires", time];
    let now = Clock::system().now();
    let a_second_ago = Timestamp::from_micros(now.micros() - 1_000_000).unwrap().rfc3339();
    for time in ["2020-01-01", "2020-01-01 12:30", "2020-01-01T00:00:00+05:00", &a_second_ago] {
        let told = fails(environment, &create(time));
        assert!(told.contains("must expire in the future") && told.contains("is past"), "{told}");
    }
    for time in ["2027-02-30", "tomorrow", "", "2027-01-31T12:00:00+99:00", "31.12.2999", "P7D"] {
        let told = fails(environment, &create(time));
        assert!(told.contains("--expires"), "{time}: {told}");
    }
    assert_eq!(stdout(environment, &["key", "list"]), "");
    stdout(environment, &create("2999-01-01T00:00:00+14:00"));
}

on_each_database!(key_create_prints_only_the_secret_and_key_list_never_does);
fn key_create_prints_only_the_secret_and_key_list_never_does(on: DatabaseKind) {
    let environment = &CommandEnvironment::new(on);
    stdout(environment, &["account", "create", "acme"]);
    let secret = stdout(environment, &["key", "create", "--account", "acme", "--label", "billing"]);
    let secret = secret.trim_end();
    assert_eq!(secret.len(), 35, "{secret}");
    assert!(
        secret.len() <= 64
            && secret.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    );
    let list = stdout(environment, &["key", "list"]);
    assert!(
        list.starts_with(&format!("1\tacme\tbilling\t{}…\tread\tvalid\t", &secret[..8])),
        "{list}"
    );
    assert!(!list.contains(secret));
    stdout(environment, &["key", "create", "--account", "acme", "--scope", "write,read,write"]);
    let list = stdout(environment, &["key", "list"]);
    assert!(list.lines().nth(1).unwrap().contains("\tread write\tvalid\t"), "{list}");
    assert!(
        fails(environment, &["key", "create", "--account", "nobody"])
            .contains("no account 'nobody'")
    );
    assert!(
        fails(environment, &["key", "create", "--account", "acme", "--scope", "all"])
            .contains("scope")
    );
}

on_each_database!(a_secret_that_callers_have_is_taken_over_from_standard_input);
fn a_secret_that_callers_have_is_taken_over_from_standard_input(on: DatabaseKind) {
    let environment = &CommandEnvironment::new(on);
    stdout(environment, &["account", "create", "acme"]);
    let create = ["key", "create", "--account", "acme", "--scope", "read,write", "--secret", "-"];
    let long = "é".repeat(512);
    for (input, secret) in [
        ("vendor key+1/2=\n", "vendor key+1/2="),
        ("\u{feff}of PowerShell\r\n", "of PowerShell"),
        ("without a line break", "without a line break"),
        (&long, &long),
    ] {
        let output = run_with_input(environment, &create, input.as_bytes());
        assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("{secret}\n"));
        let again = fails_with_input(environment, &create, input.as_bytes());
        assert!(again.contains("exists already"), "{again}");
    }
    for wrong in
        ["short", "", "two\nlines\n", "ends with a space ", &"x".repeat(513), &"é".repeat(9_000)]
    {
        let told = fails_with_input(environment, &create, wrong.as_bytes());
        assert!(told.contains("8 to 512 characters"), "{told}");
    }
    let told = fails_with_input(environment, &create, b"caf\xe9 caf\xe9");
    assert!(told.contains("not UTF-8"), "{told}");
    // A secret on the command line would stand in the list of processes.
    let told =
        fails(environment, &["key", "create", "--account", "acme", "--secret", "vendor-key-1"]);
    assert!(told.contains("takes '-' alone") && !told.contains("vendor-key-1"), "{told}");
    assert_eq!(stdout(environment, &["key", "list"]).lines().count(), 4);

    // The longest works through the legacy URL and in a header.
    let server = Server::start(environment, &[]);
    let encoded: String = form_urlencoded::byte_serialize(long.as_bytes()).collect();
    let target = format!("/get_session_history.php?KEY={encoded}&VARS=ID");
    let answer = wire::send(&server.url, "GET", &target, &[], b"");
    assert!(answer.text().contains("<nrequests>0</nrequests>"), "{}", answer.text());
}

on_each_database!(a_revoked_or_expired_key_opens_nothing);
fn a_revoked_or_expired_key_opens_nothing(on: DatabaseKind) {
    let environment = &CommandEnvironment::new(on);
    stdout(environment, &["account", "create", "acme"]);
    let create = |more: &[&str]| {
        let arguments = [&["key", "create", "--account", "acme"], more].concat();
        stdout(environment, &arguments).trim_end().to_owned()
    };
    let (good, revoked) = (create(&[]), create(&[]));
    let soon = Clock::system().now().micros() + 2_000_000;
    let soon_text = Timestamp::from_micros(soon).unwrap().rfc3339();
    let (expired, later) =
        (create(&["--expires", &soon_text]), create(&["--expires", "2999-01-01T00:00:00Z"]));
    let server = Server::start(environment, &[]);
    while Clock::system().now().micros() <= soon {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let status = |key: &str| {
        let url = format!("{}/get_session_history.php?KEY={key}&VARS=ID", server.url);
        let output = std::process::Command::new("curl").args(["-sS", &url]).output().unwrap();
        String::from_utf8(output.stdout).unwrap().contains("<nrequests>0</nrequests>")
    };
    assert!(status(&good) && status(&revoked) && status(&later) && !status(&expired));
    // While the server runs, which caches a valid key for a second.
    stdout(environment, &["key", "revoke", "2"]);
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    assert!(status(&good) && !status(&revoked));
    assert!(fails(environment, &["key", "revoke", "2"]).contains("no key 2 is in use"));
    let list = stdout(environment, &["key", "list", "--account", "acme"]);
    let states: Vec<_> = list.lines().map(|line| line.split('\t').nth(5).unwrap()).collect();
    assert_eq!(states, ["valid", "revoked", "expired", "valid"]);
}

on_sqlite_alone!(
    a_database_that_is_lost_when_the_command_ends_is_refused,
    "only SQLite has such databases"
);
fn a_database_that_is_lost_when_the_command_ends_is_refused(on: DatabaseKind) {
    let environment = &CommandEnvironment::new(on);
    for url in [
        "sqlite:",
        "sqlite://",
        "sqlite:?mode=rwc",
        "sqlite::memory:",
        "sqlite:%3Amemory%3A",
        "sqlite://:memory:?cache=shared",
        "sqlite:file::memory:?cache=shared",
        "sqlite:history.sqlite3?mode=memory&cache=shared",
        "sqlite:history.sqlite3?vfs=memdb",
    ] {
        for command in [
            &["account", "create", "acme"][..],
            &["key", "create", "--account", "acme"],
            &["import", "-", "--account", "acme"],
            &["migrate", "up"],
            &["serve", "--demo", "--listen", "127.0.0.1:0"],
        ] {
            let told = fails(environment, &[command, &["--database-url", url]].concat());
            assert!(told.contains("the data would be lost"), "{url} {command:?}: {told}");
        }
    }
    let left = std::fs::read_dir(environment.path()).unwrap().count();
    assert_eq!(left, 0);
}

on_sqlite_alone!(
    translate_prints_the_document_and_its_variables_and_never_the_key,
    "no storage is involved"
);
fn translate_prints_the_document_and_its_variables_and_never_the_key(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    let url = "https://old.example/get_session_history.php?KEY=topsecret123&VARS=ID%20TECH_NAME%20CHAT_INFO\
               &FILTER_CUSTOMER_NAME=Jos%C3%A9%22%7D&FILTER_DATE_START_INI=2024-01-01&FILTER_PROCESSED=ANSWERED";
    let printed = stdout(&environment, &["translate", url]);
    assert!(!printed.contains("topsecret123"), "{printed}");
    let (document, variables) = printed.split_once("\n\n").unwrap();
    // What a caller writes travels in variables alone.
    assert!(!document.contains("José"), "{document}");
    let variables: Value = serde_json::from_str(variables).unwrap();
    assert_eq!(variables["filter"]["customer"]["name"]["eq"], "José\"}");
    assert_eq!(variables["filter"]["startedAt"]["gt"], "2024-01-01T00:00:00Z");
    assert_eq!(variables["filter"]["answered"], true);
    assert!(
        fails(&environment, &["translate", "?VARS=ID+SHOES"])
            .contains("Invalid VARS setting: SHOES.")
    );
}

on_each_database!(the_query_that_translate_prints_runs_over_http);
fn the_query_that_translate_prints_runs_over_http(on: DatabaseKind) {
    let environment = &CommandEnvironment::new(on);
    stdout(environment, &["account", "create", "acme"]);
    let key = stdout(environment, &["key", "create", "--account", "acme"]);
    let history = br#"{"requests":[{"id":5,"date_start":"2024-01-01 10:00:00","notes":"n"}]}"#;
    run_with_input(environment, &["import", "--account", "acme", "-"], history);
    let vars = "ID+CUSTOMER_NAME+CUSTOMER_EMAIL+CUSTOMER_NUMBER+COMPUTER_NAME+COMPUTER_DOMAIN+COMPUTER_OS\
        +TECH_USERNAME+TECH_NAME+PROBLEM_DESCRIPTION+NOTES+HAS_VIDEOS+DATE_START+DATE_END\
        +CUSTOM_FIELD_NAME+CUSTOM_FIELD_VALUE";
    let url = format!(
        "/get_session_history.php?VARS={vars}&FILTER_ID=5&FILTER_START_METHOD=APPLET\
        &FILTER_HAS_VIDEOS=FALSE&FILTER_PROCESSED=NOT_ANSWERED&FILTER_DATE_START_END=2025-01-01"
    );
    let printed = stdout(environment, &["translate", &url]);
    let (query, variables) = printed.split_once("\n\n").unwrap();
    let variables: Value = serde_json::from_str(variables).unwrap();
    let body = serde_json::json!({ "query": query, "variables": variables }).to_string();
    let server = Server::start(environment, &[]);
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

on_each_database!(migrate_shows_and_updates_the_schema);
fn migrate_shows_and_updates_the_schema(on: DatabaseKind) {
    let environment = CommandEnvironment::bare(on);
    let before = stdout(&environment, &["migrate", "status"]);
    assert!(
        before.lines().count() >= 2 && before.lines().all(|line| line.starts_with("pending\t")),
        "{before}"
    );
    stdout(&environment, &["migrate", "up"]);
    let after = stdout(&environment, &["migrate", "status"]);
    assert_eq!(after, before.replace("pending", "applied"));
}

/// The number of rows in each table of accounts, in all.
fn rows_of_accounts(environment: &CommandEnvironment) -> i64 {
    let count = |table: &str| {
        let counted = select(&environment.url(), &format!("SELECT COUNT(*) FROM {table}"));
        counted.unwrap()[0].try_get_by_index::<i64>(0).unwrap()
    };
    ["api_key", "technician", "session", "chat_message", "video", "custom_field"]
        .map(count)
        .iter()
        .sum()
}

on_each_database!(a_deleted_account_leaves_nothing_and_no_other_account_changes);
fn a_deleted_account_leaves_nothing_and_no_other_account_changes(on: DatabaseKind) {
    let environment = &CommandEnvironment::new(on);
    let session = |id: usize| {
        format!(
            r#"{{"id":{id},"date_start":"2024-05-01 10:00:00","tech_username":"ann","chat_info":[
            {{"date":"2024-05-01 10:00:01","sender":"ann","text":"hello"}}],
            "video_links":["https://v.example/1"],"custom_fields":[{{"name":"a","value":"b"}}]}}"#
        )
    };
    let fill = |account: &str, count: usize| {
        stdout(environment, &["account", "create", account]);
        stdout(environment, &["key", "create", "--account", account]);
        let document = format!("[{}]", (0..count).map(session).collect::<Vec<_>>().join(","));
        let import = ["import", "-", "--account", account];
        assert!(run_with_input(environment, &import, document.as_bytes()).status.success());
    };
    fill("other", 3);
    let of_other = rows_of_accounts(environment);
    // More than one batch.
    fill("acme", 700);
    assert!(rows_of_accounts(environment) > of_other + 2_800);

    let told = fails(environment, &["account", "delete", "acme"]);
    assert!(told.contains("'acme'") && told.contains("(700)") && told.contains("--yes"), "{told}");
    assert!(fails(environment, &["account", "delete", "nobody", "--yes"]).contains("no account"));
    assert!(rows_of_accounts(environment) > of_other + 2_800);

    stdout(environment, &["account", "delete", "acme", "--yes"]);
    assert_eq!(rows_of_accounts(environment), of_other);
    let list = stdout(environment, &["account", "list"]);
    assert!(list.lines().count() == 1 && list.contains("other"), "{list}");
    // Its name is free, and the new account is empty.
    stdout(environment, &["account", "create", "acme"]);
    assert_eq!(rows_of_accounts(environment), of_other);
}

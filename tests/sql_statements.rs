//! How many SQL statements a request runs: a small number that depends on what is selected alone,
//! not on the size of a page or of the history.

use serde_json::{Value, json};

use crate::support::{
    database::{DatabaseKind, on_each_database},
    process::{self, CommandEnvironment, Server},
    wire,
};

/// The statements of one request each, in the order of the requests.
type Runs = Vec<Vec<String>>;

/// `count` sessions, each with `chat` messages, two videos and two custom fields; every fifth one
/// was not answered.
fn history(count: usize, chat: usize) -> String {
    let session = |id: usize| {
        let messages: Vec<_> = (0..chat)
            .map(|n| json!({ "date": format!("2024-05-01 10:{:02}:{:02}", n / 60, n % 60), "sender": "a", "text": "b" }))
            .collect();
        let technician =
            if id % 5 == 1 { String::new() } else { format!("t{}@acme.example", id % 40) };
        json!({ "id": id, "tech_username": technician, "date_start": "2024-05-01 10:00:00",
            "chat_info": messages, "video_links": ["https://v.example/1", "https://v.example/2"],
            "custom_fields": [{ "name": "a", "value": "1" }, { "name": "b", "value": "2" }] })
    };
    json!({ "requests": (1..=count).map(session).collect::<Vec<_>>() }).to_string()
}

/// A gateway with a history, each of whose statements is in the log.
fn serve(environment: &CommandEnvironment, history: &str) -> (Server, String) {
    process::stdout(environment, &["account", "create", "acme"]);
    std::fs::write(environment.path().join("history.json"), history).unwrap();
    process::stdout(environment, &["import", "history.json", "--account", "acme"]);
    let key = process::stdout(environment, &["key", "create", "--account", "acme"]);
    // On the one connection the statements of two requests cannot mix.
    let log = ["--log", "warn,session_history::statements=trace", "--log-format", "json"];
    // Each request looks its key up first, so this statement is the first of a request.
    let one_by_one = ["--database-connections", "1", "--key-cache", "0"];
    let server = Server::start(environment, &[&log[..], &one_by_one].concat());
    (server, key.trim().to_owned())
}

fn ask(server: &Server, key: &str, query: &str, variables: &Value) -> Value {
    let headers = [("content-type", "application/json"), ("x-api-key", key)];
    let body = json!({ "query": query, "variables": variables }).to_string();
    let answer = wire::send(&server.url, "POST", "/graphql", &headers, body.as_bytes()).json();
    assert_eq!(answer.get("errors"), None, "{query}");
    answer["data"].clone()
}

/// Stops the server, and returns the statements of each request. The first one looks its key up.
fn statements(server: Server, key: &str) -> Runs {
    // Once this one has been looked up, all before it is in the log.
    ask(&server, key, "{ __typename }", &json!({}));
    ask(&server, key, "{ __typename }", &json!({}));
    let log = server.stop();
    let mut runs = Runs::new();
    for line in log.lines() {
        let Ok(event) = serde_json::from_str::<Value>(line) else { continue };
        if event["target"] != "session_history::statements" {
            continue;
        }
        let statement = event["fields"]["statement"].as_str().unwrap().replace('`', "\"");
        // The overview of all accounts at the start of the server.
        if !statement.contains("account_id") || statement.contains("AS \"newest\"") {
            continue;
        }
        if statement.contains("FROM \"api_key\"") {
            runs.push(Vec::new());
        }
        // What precedes the first request is the start of the server.
        let Some(run) = runs.last_mut() else { continue };
        // The use of a key is noted once a minute, and a server that starts looks at all accounts.
        // The size of an account is counted now and then. None of them takes part in an answer.
        let is_size = statement.contains("MIN(");
        if !statement.starts_with("UPDATE \"api_key\"") && statement.contains("WHERE") && !is_size {
            run.push(statement);
        }
    }
    runs.truncate(runs.len().saturating_sub(2));
    runs
}

fn assert_count(run: &[String], expected: usize, what: &str) {
    let shown = run.join("\n\n");
    assert_eq!(run.len(), expected, "{what} ran {} statements:\n{shown}", run.len());
}

const PAGE: &str = "query($n: Int!) { sessions(first: $n) { nodes {
    legacyId technician { username name } chatMessages(first: 20) { nodes { sender body } }
    videos { nodes { url } } customFields { name value } } } }";

const SIZES: [usize; 4] = [1, 10, 50, 200];

on_each_database!(a_page_with_all_that_belongs_to_it_runs_five_statements_whatever_its_size);
fn a_page_with_all_that_belongs_to_it_runs_five_statements_whatever_its_size(on: DatabaseKind) {
    for (sessions, chat) in [(220, 3), (1_000, 30)] {
        let environment = CommandEnvironment::new(on);
        let (server, key) = serve(&environment, &history(sessions, chat));
        for size in SIZES {
            let nodes = &ask(&server, &key, PAGE, &json!({ "n": size }))["sessions"]["nodes"];
            assert_eq!(nodes.as_array().unwrap().len(), size);
            let messages = nodes[0]["chatMessages"]["nodes"].as_array().unwrap().len();
            assert_eq!(messages, chat.min(20));
        }
        let runs = statements(server, &key);
        assert_eq!(runs.len(), SIZES.len());
        for (run, size) in runs.iter().zip(SIZES) {
            // The key, the page with its technicians, chat, videos and custom fields.
            assert_count(run, 5, &format!("a page of {size} of {sessions}"));
        }
    }
}

/// Selections, and how many statements they run.
const SELECTIONS: [(&str, usize); 19] = [
    ("{ __typename }", 1),
    ("{ viewer { account { name } keyLabel } }", 1),
    ("{ session(id: 7) { legacyId } }", 2),
    ("{ sessions(first: 50) { nodes { legacyId customer { name } computer { os } notes } } }", 2),
    ("{ sessions(first: 50) { totalCount nodes { legacyId } } }", 3),
    // One statement for the totals of all sessions.
    (
        "{ sessions(first: 50) { nodes { chatMessages(first: 2) { totalCount nodes { body } } } } }",
        4,
    ),
    (
        "{ sessions(first: 50) { nodes { a: videos(first: 1) { nodes { url } } b: videos(last: 1) { nodes { url } } } } }",
        4,
    ),
    (
        "{ sessions(first: 50) { nodes { a: videos(first: 1) { nodes { url } } b: videos(first: 1) { nodes { id } } } } }",
        3,
    ),
    (
        "{ nodes(ids: [\"session_1\", \"session_2\", \"technician_1\", \"technician_2\",
        \"chatMessage_1_1\", \"chatMessage_2_1\", \"video_1_1\", \"video_2_2\"]) { id } }",
        5,
    ),
    (
        "{ a: session(id: 1) { notes } b: session(id: 2) { notes } c: node(id: \"session_3\") { id } }",
        2,
    ),
    ("{ technicians(first: 50) { nodes { username } } }", 2),
    ("{ technicians(first: 50) { nodes { sessions(first: 5) { nodes { legacyId } } } } }", 3),
    (
        "{ technicians(first: 50) { nodes { sessions(first: 5) { totalCount nodes { legacyId } } } } }",
        4,
    ),
    (
        "{ sessions(first: 20) { nodes { technician { sessions(first: 3) { nodes {
        chatMessages(first: 2) { nodes { body } } customFields { value } } } } } } }",
        5,
    ),
    // One statement has the page and the number of groups.
    ("{ sessionStats(groupBy: [{by: TECHNICIAN}]) { totalCount nodes { count } } }", 2),
    ("{ sessionStats(groupBy: [{by: TECHNICIAN}]) { totalCount total { count } } }", 3),
    (
        "{ sessionStats(groupBy: [{by: TECHNICIAN}]) { nodes { key { technician { name } } count } } }",
        3,
    ),
    (
        "{ sessionStats(groupBy: [{by: TECHNICIAN}]) { nodes { sessions(first: 2) { totalCount nodes {
        legacyId } } } total { sessions(first: 1) { nodes { legacyId } } } } }",
        5,
    ),
    // The years in which sessions start, for the offsets of the time zone.
    (
        "{ sessionStats(groupBy: [{by: DAY}, {by: TECHNICIAN}], timeZone: \"Europe/Lisbon\") {
        totalCount total { count } nodes { key { periodStart technician { name } } count } } }",
        5,
    ),
];

const CHANGES: &str =
    "{ sessionChanges(first: 50) { cursor nodes { kind session { notes technician { name } } } } }";

on_each_database!(the_number_of_statements_depends_on_what_is_selected_alone);
fn the_number_of_statements_depends_on_what_is_selected_alone(on: DatabaseKind) {
    for (sessions, chat) in [(60, 3), (600, 10)] {
        let environment = CommandEnvironment::new(on);
        let (server, key) = serve(&environment, &history(sessions, chat));
        // MariaDB reads the end of the feed before a page of it.
        let changes = (CHANGES, if on == DatabaseKind::MariaDb { 3 } else { 2 });
        let selections = [&SELECTIONS[..], &[changes]].concat();
        for (query, _) in &selections {
            ask(&server, &key, query, &json!({}));
        }
        let runs = statements(server, &key);
        assert_eq!(runs.len(), selections.len());
        for (run, (query, expected)) in runs.iter().zip(selections) {
            assert_count(run, expected, query);
        }
    }
}

on_each_database!(only_the_columns_that_are_selected_are_read);
fn only_the_columns_that_are_selected_are_read(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    let (server, key) = serve(&environment, &history(3, 2));
    let query =
        "{ sessions { nodes { legacyId customer { name } chatMessages { nodes { body } } } } }";
    ask(&server, &key, query, &json!({}));
    let runs = statements(server, &key);
    let [_key, page, chat] = &runs[0][..] else { panic!("{runs:?}") };
    let columns = |statement: &str| {
        let (columns, _) = statement.split_once("FROM").unwrap();
        columns.trim().trim_start_matches("SELECT").trim().replace('"', "")
    };
    // Sessions whose number of messages is 0 are not read.
    assert_eq!(columns(page), "session.id, session.customer_name, session.chat_count");
    // PostgreSQL would sort what it does not know to be in order, which the gateway does instead.
    let position =
        if on == DatabaseKind::Postgres { ", chat_message.seq AS list_position" } else { "" };
    assert_eq!(columns(chat), format!("chat_message.body, chat_message.session_id{position}"));
}

on_each_database!(nothing_is_asked_of_sessions_without_chat_or_recordings);
fn nothing_is_asked_of_sessions_without_chat_or_recordings(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    let session = |id, more: Value| {
        let mut session = json!({ "id": id, "date_start": "2024-05-01 10:00:00" });
        session.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        session
    };
    let message = json!({ "date": "2024-05-01 10:00:00", "sender": "a", "text": "b" });
    let sessions = [
        session(1, json!({ "video_links": ["https://v.example/1"] })),
        session(2, json!({ "chat_info": [message] })),
        session(3, json!({})),
        session(4, json!({})),
        session(5, json!({})),
    ];
    let (server, key) = serve(&environment, &json!({ "requests": sessions }).to_string());
    let query = "query($n: Int!) { sessions(first: $n) { nodes { legacyId
        chatMessages { totalCount nodes { body } } videos { nodes { url } } } } }";
    // The newest three have neither; the one after a page is read only to see that it is there.
    let [three, four, five] = [3, 4, 5]
        .map(|n| ask(&server, &key, query, &json!({ "n": n }))["sessions"]["nodes"].clone());
    let found = json!([
        { "legacyId": "5", "chatMessages": { "totalCount": 0, "nodes": [] }, "videos": { "nodes": [] } },
        { "legacyId": "4", "chatMessages": { "totalCount": 0, "nodes": [] }, "videos": { "nodes": [] } },
        { "legacyId": "3", "chatMessages": { "totalCount": 0, "nodes": [] }, "videos": { "nodes": [] } },
        { "legacyId": "2", "chatMessages": { "totalCount": 1, "nodes": [{ "body": "b" }] },
            "videos": { "nodes": [] } },
        { "legacyId": "1", "chatMessages": { "totalCount": 0, "nodes": [] },
            "videos": { "nodes": [{ "url": "https://v.example/1" }] } },
    ]);
    let found = found.as_array().unwrap();
    assert_eq!(three, json!(found[..3]));
    assert_eq!(four, json!(found[..4]));
    assert_eq!(five, json!(found));
    let runs = statements(server, &key);
    // The key and the page; then the chat and its totals; then the recordings.
    assert_count(&runs[0], 2, "a page of sessions without any");
    assert_count(&runs[1], 4, "a page with a chat");
    assert_count(&runs[2], 5, "a page with a chat and a recording");
}

on_each_database!(the_texts_of_statements_have_few_lengths_so_that_they_stay_prepared);
fn the_texts_of_statements_have_few_lengths_so_that_they_stay_prepared(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    let (server, key) = serve(&environment, &history(60, 0));
    let technicians = "query($n: Int!) { technicians(first: $n) { nodes { username
        sessions(first: 1) { nodes { legacyId } } } } }";
    for n in [17, 23, 32] {
        let page = ask(&server, &key, technicians, &json!({ "n": n }));
        let nodes = page["technicians"]["nodes"].as_array().unwrap();
        assert_eq!(nodes.len(), n);
        let newest = |node: &Value| node["sessions"]["nodes"].as_array().unwrap().len();
        assert!(nodes.iter().all(|node| newest(node) == 1), "{page}");
    }
    let numbers = "query($ids: [ID!]) { sessions(filter: { legacyId: { in: $ids } }) { nodes {
        legacyId } } }";
    for n in [5, 6, 8] {
        let ids: Vec<_> = (1..=n).map(|id| id.to_string()).collect();
        let page = ask(&server, &key, numbers, &json!({ "ids": ids }));
        assert_eq!(page["sessions"]["nodes"].as_array().unwrap().len(), n);
    }
    let runs = statements(server, &key);
    for run in &runs[..3] {
        assert_eq!(run[2], runs[0][2], "sessions of technicians");
    }
    for run in &runs[3..] {
        assert_eq!(run[1], runs[3][1], "sessions by number");
    }
}

on_each_database!(a_key_that_was_just_found_is_not_looked_up_again);
fn a_key_that_was_just_found_is_not_looked_up_again(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    process::stdout(&environment, &["account", "create", "acme"]);
    let key = process::stdout(&environment, &["key", "create", "--account", "acme"]);
    let log = [
        "--log",
        "warn,session_history::statements=trace",
        "--log-format",
        "json",
        "--key-cache",
        "60",
    ];
    let server = Server::start(&environment, &log);
    for _ in 0..20 {
        ask(&server, key.trim(), "{ viewer { keyLabel } }", &json!({}));
    }
    let log = server.stop().replace('`', "\\\"");
    let looks = |line: &&str| line.contains("FROM \\\"api_key\\\"");
    assert_eq!(log.lines().filter(looks).count(), 1);
}

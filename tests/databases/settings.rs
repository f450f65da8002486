//! Settings of a server, of a database or of a user, under which the gateway stores and reads the
//! same, or which it refuses.

use serde_json::{Value, json};

use crate::support::{
    Gateway, Tenant,
    database::{Database, DatabaseKind, on_each_database},
    process::{CommandEnvironment, Server, stdout},
    server::dedicated::DedicatedServer,
    wire,
};

/// Stores sessions with everything and reads them.
async fn assert_stores_and_reads(url: String) {
    let wait = std::time::Duration::from_secs(10);
    let gateway = Gateway::over(Database::Elsewhere(url.clone()), wait, &[]).await;
    let tenant: Tenant = gateway.tenant("acme").await;
    let message = json!({ "date": "2024-02-01 10:00:01", "sender": "Ann", "text": "\\ ' \" 🙂" });
    let session = |id: i64| {
        json!({
            "id": id, "date_start": "2024-02-01 10:00:00", "tech_username": "Ánn 🙂",
            "customer_name": "O'Hara \\ \"x\" || é🙂", "notes": "a\\nb 'c' \"d\" ".repeat(4_000),
            "chat_info": [message, message, message],
            "custom_fields": [{ "name": "Tag", "value": "" }],
        })
    };
    let mut requests: Vec<Value> = (1..=20).map(session).collect();
    gateway.import(&tenant, &json!({ "requests": requests }).to_string()).await;
    // Fewer messages: what is replaced goes with its children.
    requests[0]["chat_info"] = json!([{ "date": "2024-02-01", "sender": "Ann", "text": "one" }]);
    gateway.import(&tenant, &json!({ "requests": requests }).to_string()).await;
    // Through other connections than those that wrote.
    let other = Gateway::over(Database::Elsewhere(url), wait, &[]).await;
    let query =
        "{ sessions(orderBy: STARTED_AT_ASC, first: 200) { totalCount nodes { legacyId notes
        customer { name } technician { username } chatMessages { nodes { body } } } } }";
    let sessions = other.data(&tenant, query, json!({})).await["sessions"].clone();
    assert_eq!(sessions["totalCount"], 20);
    for (session, node) in requests.iter().zip(sessions["nodes"].as_array().unwrap()) {
        assert_eq!(node["legacyId"], session["id"].to_string());
        assert_eq!(node["notes"], session["notes"]);
        assert_eq!(node["customer"]["name"], session["customer_name"]);
        assert_eq!(node["technician"]["username"], session["tech_username"]);
        let messages = session["chat_info"].as_array().unwrap().iter();
        let messages: Vec<_> = messages.map(|it| json!({ "body": it["text"] })).collect();
        assert_eq!(node["chatMessages"]["nodes"], json!(messages));
    }
}

on_each_database!(async settings_of_mariadb_change_nothing: mariadb MariaDb);
async fn settings_of_mariadb_change_nothing(on: DatabaseKind) {
    let server = DedicatedServer::start_with(
        on,
        "127.0.0.1",
        &[
            "autocommit=0",
            "completion-type=CHAIN",
            "sql-mode=ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH",
            "transaction-isolation=READ-UNCOMMITTED",
            "transaction-read-only=ON",
            "character-set-server=latin1",
            "collation-server=latin1_swedish_ci",
            "default-time-zone=+05:00",
            "innodb-default-row-format=compact",
            // Users without all rights begin with this.
            "init-connect=SET foreign_key_checks = 0, sql_select_limit = 1, sql_safe_updates = 1, \
             sql_auto_is_null = 1, character_set_results = latin1",
        ],
    );
    let database = "CREATE DATABASE narrow CHARACTER SET latin1";
    server
        .administer("", &[database, "CREATE USER plain@'%'", "GRANT ALL ON narrow.* TO plain@'%'"]);
    let wide = "CREATE DATABASE wide CHARACTER SET utf8mb4";
    server.administer("", &[wide]);
    stdout(&CommandEnvironment::at(server.url_as("root", "wide")), &["migrate", "up"]);
    let url = server.url_as("plain", "narrow");
    let environment = CommandEnvironment::at(url.clone());
    stdout(&environment, &["migrate", "up"]);
    stdout(&environment, &["account", "create", "first"]);
    assert!(stdout(&environment, &["account", "list"]).starts_with("1\tfirst\t"));
    // The URL may say otherwise too.
    assert_stores_and_reads(format!("{url}?charset=latin1")).await;
}

on_each_database!(async settings_of_postgresql_change_nothing: postgres Postgres);
async fn settings_of_postgresql_change_nothing(on: DatabaseKind) {
    let database = Database::new(on);
    let Database::Served { name, server } = &database else { panic!("no server") };
    let statements = [
        ("standard_conforming_strings", "off"),
        ("client_encoding", "latin1"),
        ("default_transaction_isolation", "serializable"),
        ("\"TimeZone\"", "'Asia/Kathmandu'"),
        ("\"DateStyle\"", "'German, DMY'"),
        ("statement_timeout", "10"),
    ]
    .map(|(setting, value)| format!("ALTER DATABASE {name} SET {setting} = {value}"));
    crate::support::server::administer(&server.url(""), &statements).unwrap();
    assert_stores_and_reads(database.url()).await;
}

fn assert_refused(url: String, reason: &str) {
    let environment = CommandEnvironment::at(url);
    for command in [&["migrate", "up"][..], &["serve", "--listen", "127.0.0.1:0"], &["key", "list"]]
    {
        let told = super::refused(&environment, command);
        super::assert_names_the_fault(&told, reason);
    }
}

on_each_database!(a_mariadb_that_cannot_take_an_import_is_refused: mariadb MariaDb);
fn a_mariadb_that_cannot_take_an_import_is_refused(on: DatabaseKind) {
    let server = DedicatedServer::start_with(on, "127.0.0.1", &["max-allowed-packet=4194304"]);
    assert_refused(server.url(), "max_allowed_packet is 4194304; it must be at least 16777216");
    server.administer(
        "",
        &[
            "SET GLOBAL max_allowed_packet = 16777216",
            "CREATE USER plain@'%'",
            "GRANT ALL ON history.* TO plain@'%'",
            "SET GLOBAL read_only = 1",
        ],
    );
    assert_refused(server.url_as("plain", "history"), "read-only");
    server.administer("", &["SET GLOBAL read_only = 0"]);
    stdout(&CommandEnvironment::at(server.url_as("plain", "history")), &["migrate", "up"]);
}

on_each_database!(a_postgresql_that_cannot_take_an_import_is_refused: postgres Postgres);
fn a_postgresql_that_cannot_take_an_import_is_refused(on: DatabaseKind) {
    let mut server = DedicatedServer::start(on);
    let create = |encoding: &str| {
        format!(
            "CREATE DATABASE {encoding} ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0 \
             LOCALE_PROVIDER libc"
        )
    };
    server.administer("", &[&create("latin1"), &create("sql_ascii")]);
    for encoding in ["latin1", "sql_ascii"] {
        let upper = encoding.to_uppercase();
        assert_refused(server.url_as("root", encoding), &format!("its encoding is {upper}"));
    }
    for (setting, reason) in [
        ("default_transaction_read_only = on", "transaction_read_only is on"),
        ("search_path = nowhere, elsewhere", "search_path (nowhere, elsewhere) names no schema"),
    ] {
        server.administer("", &[&format!("ALTER ROLE root IN DATABASE history SET {setting}")]);
        assert_refused(server.url(), reason);
        server.administer("", &["ALTER ROLE root IN DATABASE history RESET ALL"]);
    }
    stdout(&CommandEnvironment::at(server.url()), &["migrate", "up"]);
    // A standby in place of the primary.
    server.stop();
    std::fs::write(server.folder().join("data/standby.signal"), "").unwrap();
    server.start_again();
    assert_refused(server.url(), "transaction_read_only is on");
}

on_each_database!(postgresql_neither_compiles_a_statement_nor_gives_it_workers: postgres Postgres);
fn postgresql_neither_compiles_a_statement_nor_gives_it_workers(on: DatabaseKind) {
    // Its log has the plan of each statement, and the cheapest one is for several workers and compiled.
    let options = [
        "session_preload_libraries=auto_explain",
        "auto_explain.log_min_duration=0",
        "auto_explain.log_analyze=on",
        "jit_above_cost=0",
        "min_parallel_table_scan_size=0",
        "min_parallel_index_scan_size=0",
        "parallel_setup_cost=0",
        "parallel_tuple_cost=0",
    ];
    let server = DedicatedServer::start_with(on, "127.0.0.1", &options);
    // The plans that read sessions. Before its settings, a connection only asks about the server.
    let plans = || {
        let log = std::fs::read_to_string(server.folder().join("log")).unwrap();
        let of_sessions = log.split("Query Text: ").filter(|it| it.contains(" on session"));
        of_sessions.collect::<String>()
    };
    let environment = &CommandEnvironment::at(server.url());
    stdout(environment, &["migrate", "up"]);
    let session =
        |id| json!({ "id": id, "date_start": "2024-02-01 10:00:00", "notes": "paper jam" });
    let requests: Vec<_> = (1..=20).map(session).collect();
    let document = json!({ "requests": requests }).to_string();
    std::fs::write(environment.path().join("history.json"), document).unwrap();
    for pooling in ["session", "transaction"] {
        let flags = ["--database-pooling", pooling];
        let told = |words: &[&str]| stdout(environment, &[words, &flags].concat());
        told(&["account", "create", pooling]);
        told(&["import", "history.json", "--account", pooling]);
        let key = told(&["key", "create", "--account", pooling]);
        let gateway = Server::start(environment, &flags);
        let query = "{ sessionStats(groupBy: [{by: CUSTOMER_NUMBER}]) { nodes { count } }
            sessions(filter: {search: \"paper\"}) { totalCount nodes { notes } } }";
        let headers = [("content-type", "application/json"), ("x-api-key", key.trim())];
        let body = json!({ "query": query }).to_string();
        let answer = wire::send(&gateway.url, "POST", "/graphql", &headers, body.as_bytes()).json();
        assert_eq!(answer["data"]["sessionStats"]["nodes"], json!([{ "count": 20 }]));
        assert_eq!(answer["data"]["sessions"]["totalCount"], 20);
    }
    let of_gateway = plans();
    assert!(of_gateway.contains("HashAggregate"), "{of_gateway}");
    for effort in ["Workers Planned", "JIT:"] {
        assert!(!of_gateway.contains(effort), "{of_gateway}");
    }
    // The statement of another program has both.
    server.administer("history", &["ANALYZE session", "SELECT COUNT(*) FROM session"]);
    let of_both = plans();
    for effort in ["Workers Planned", "JIT:"] {
        assert!(of_both.contains(effort), "{of_both}");
    }
}

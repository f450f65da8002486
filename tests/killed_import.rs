//! An import that is killed leaves whole batches, and the next one finishes it.

use std::{
    io::Write,
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::support::{
    Gateway,
    database::{Database, DatabaseKind, on_each_database},
    process::{CommandEnvironment, command, run_with_input, stdout},
};

const SESSIONS: usize = 1_200;
/// How many sessions an import stores at once.
const BATCH: usize = 500;
const IMPORT: [&str; 4] = ["import", "-", "--account", "acme"];
const VARS: &str = "ID CUSTOMER_NAME TECH_USERNAME NOTES HAS_VIDEOS DATE_START CHAT_INFO \
    VIDEO_LINKS CUSTOM_FIELD_NAME CUSTOM_FIELD_VALUE";

fn document() -> String {
    let session = |id: usize| {
        let time =
            |second| format!("2024-02-{:02} {:02}:00:{second:02}", 1 + id / 100, id / 10 % 10);
        let line =
            |line| json!({"date": time(line), "sender": "Ann", "text": format!("{id}/{line}")});
        json!({
            "id": id, "customer_name": format!("Customer {id}"), "notes": "N".repeat(id % 300),
            "tech_username": format!("t{}@example.com", id / 90), "date_start": time(0),
            "chat_info": (0..id % 8).map(line).collect::<Value>(),
            "video_links": vec![format!("https://v.example/{id}"); id % 3],
            "custom_fields": [{"name": "Ticket", "value": id.to_string()}],
        })
    };
    json!({ "requests": (1..=SESSIONS).map(session).collect::<Value>() }).to_string()
}

/// An account that is empty at first, and who reads it.
struct Account {
    environment: CommandEnvironment,
    gateway: Gateway,
    key: String,
}

impl Account {
    async fn new(on: DatabaseKind) -> Self {
        let environment = CommandEnvironment::new(on);
        stdout(&environment, &["account", "create", "acme"]);
        let key =
            stdout(&environment, &["key", "create", "--account", "acme"]).trim_end().to_owned();
        let database = Database::Elsewhere(environment.url());
        let gateway = Gateway::over(database, Duration::from_secs(60), &[]).await;
        Self { environment, gateway, key }
    }

    fn import(&self, document: &str) {
        let output = run_with_input(&self.environment, &IMPORT, document.as_bytes());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Imports for some time. The end of the document is held back, so that the import is still
    /// under way when the time is over.
    async fn killed_import(&self, document: &str, time: Duration) {
        let mut command = command(&self.environment, &IMPORT);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut import = command.spawn().unwrap();
        let mut input = import.stdin.take().unwrap();
        let text = document.as_bytes()[..document.len() - 1].to_vec();
        let writing = thread::spawn(move || {
            // Who is killed reads no further.
            let _ = input.write_all(&text);
            input
        });
        tokio::time::sleep(time).await;
        import.kill().unwrap();
        assert_eq!(import.wait().unwrap().code(), None, "it ended by itself");
        drop(writing.join().unwrap());
    }

    async fn sessions(&self) -> Vec<Value> {
        let parameters = [("VARS", VARS), ("OUTPUT_FORMAT", "JSON")];
        let mut answer = self.gateway.legacy(&self.key, &parameters).await.json();
        let Value::Array(sessions) = answer["requests"].take() else { panic!("{answer}") };
        sessions
    }
}

on_each_database!(async a_killed_import_leaves_whole_batches_and_the_next_one_finishes_it);
async fn a_killed_import_leaves_whole_batches_and_the_next_one_finishes_it(on: DatabaseKind) {
    let document = document();
    let undisturbed = Account::new(on).await;
    let start = Instant::now();
    undisturbed.import(&document);
    let time = start.elapsed();
    let whole = undisturbed.sessions().await;
    assert_eq!(whole.len(), SESSIONS);

    let killed = Account::new(on).await;
    for quarters in 1..=3 {
        killed.killed_import(&document, time * quarters / 4).await;
        let stored = killed.sessions().await;
        assert_eq!(stored.len() % BATCH, 0, "{}", stored.len());
        assert!(stored == whole[..stored.len()], "{} sessions, but others", stored.len());
    }
    killed.import(&document);
    assert!(killed.sessions().await == whole);
}

//! Webhooks: the changes of an account are posted to a URL.

use serde_json::{Value, json};

use crate::support::{
    database::DatabaseKind,
    process::{self, CommandEnvironment},
};
use receiver::Receiver;

mod delivery;
mod messages;
pub mod receiver;
mod receivers;

/// An account, and a webhook that sends its changes to a receiver.
struct Hooked {
    environment: CommandEnvironment,
    /// The secret of the webhook.
    secret: String,
}

impl Hooked {
    fn new(on: DatabaseKind, receiver: &Receiver, arguments: &[&str]) -> Self {
        let environment = CommandEnvironment::new(on);
        process::stdout(&environment, &["account", "create", "acme"]);
        let url = receiver.url();
        let add = ["webhook", "add", &url, "--account", "acme", "--internal"];
        let added = process::stdout(&environment, &[&add, arguments].concat());
        let (number, secret) = added.trim().split_once('\t').unwrap();
        assert_eq!(number, "1");
        Self { secret: secret.to_owned(), environment }
    }

    /// Imports sessions with these numbers and notes.
    fn import(&self, sessions: &[(u32, &str)]) {
        let sessions: Vec<_> = sessions
            .iter()
            .map(|(id, notes)| json!({"id": id, "date_start": "2026-01-01 00:00:00", "notes": notes}))
            .collect();
        let document = Value::from(sessions).to_string();
        let import = ["import", "-", "--account", "acme"];
        let output = process::run_with_input(&self.environment, &import, document.as_bytes());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// The line of the webhook in the list, by columns.
    fn listed(&self) -> Vec<String> {
        let list = process::stdout(&self.environment, &["webhook", "list", "--account", "acme"]);
        list.trim_end().split('\t').map(str::to_owned).collect()
    }
}

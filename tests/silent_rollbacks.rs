//! A server that rolls back a transaction without an error, and executes the next statements as if there were none. A node
//! of a Galera cluster can do so when another node has committed a transaction that conflicts.

use std::{sync::atomic::AtomicBool, time::Duration};

use serde_json::{Value, json};
use session_history::{domain::viewer::Scope, ingest::tally::Tally};

use crate::support::{
    Gateway, Tenant,
    database::{Database, DatabaseKind, on_each_database},
    feed::Mirror,
    import::import,
    server::rollback_relay::RollbackRelay,
    write, writer,
};

/// All that the sessions of a round have, which are found by a word of theirs.
const STORED: &str = "query($round: String) { sessions(filter: {search: $round}) {
    totalCount nodes { legacyId notes chatMessageCount technician { username } chatMessages { nodes { body } }
        videos { nodes { url } } customFields { name value } } } }";

/// A gateway whose transactions the server rolls back, and one that stands for another node of the cluster.
struct Nodes {
    relay: RollbackRelay,
    relayed: Gateway,
    other: Gateway,
    /// The account whose transactions are rolled back.
    tenant: Tenant,
    /// An account with the same sessions, whose transactions are not rolled back.
    expected: Tenant,
}

impl Nodes {
    async fn start(on: DatabaseKind) -> Self {
        let other = Gateway::start(on).await;
        let relay = RollbackRelay::start(&other.database.url());
        let database = Database::Elsewhere(relay.url());
        let relayed = Gateway::over(database, Duration::from_secs(10), &[]).await;
        let (tenant, expected) = (other.tenant("acme").await, other.tenant("expected").await);
        let tenant = other.with_scopes(&tenant, &[Scope::Read, Scope::Write]).await;
        Self { relay, relayed, other, tenant, expected }
    }

    /// Rolls back a transaction before a statement, and lets the other node store a session of an account, which is
    /// returned.
    fn roll_back_before(
        &self,
        round: usize,
        changed: &Tenant,
        is_due: impl Fn(usize, &str) -> bool + Send + 'static,
    ) -> Value {
        let other = writer(&self.other.store, changed);
        let session = a_session(first_of(round) + 9);
        let stored = session.clone();
        self.relay.roll_back_before(is_due, async move {
            write(&other, &[stored]).await;
        });
        session
    }

    /// Stores sessions in the account whose transactions are not rolled back.
    async fn expect(&self, sessions: &[Value]) {
        write(&writer(&self.other.store, &self.expected), sessions).await;
    }

    /// The account has the sessions of a round whole, and of each of them what the other one has. A reader of the feed
    /// has them, too.
    async fn assert_stored(&self, round: usize, statement: &str) {
        let mut stored = Vec::new();
        for tenant in [&self.tenant, &self.expected] {
            let variables = json!({ "round": format!("round{round}") });
            let sessions = self.other.data(tenant, STORED, variables).await;
            let mut mirror = Mirror::default();
            mirror.follow(&self.other.router, tenant, &AtomicBool::new(true)).await;
            stored.push((sessions, mirror.notes));
        }
        assert_eq!(stored[0], stored[1], "rolled back before {statement}");
    }
}

/// The first session of a round.
fn first_of(round: usize) -> i64 {
    10 * i64::try_from(round).unwrap()
}

/// A session of a round, as a legacy document has it.
fn a_session(id: i64) -> Value {
    json!({ "id": id, "date_start": "2024-05-01 10:00:00", "notes": format!("round{} printer{id}", id / 10),
        "tech_username": format!("technician {id}"),
        "chat_info": [{ "date": "2024-05-01 10:00:01", "sender": "Zoe", "text": format!("first of {id}") },
            { "date": "2024-05-01 10:00:02", "sender": "Zoe", "text": format!("second of {id}") }],
        "video_links": [format!("https://videos.example/{id}")],
        "custom_fields": [{ "name": "Tag", "value": format!("tag {id}") }] })
}

/// The same session, as a mutation has it.
fn recorded(id: i64) -> Value {
    json!({ "legacyId": id, "startedAt": "2024-05-01T10:00:00Z", "notes": format!("round{} printer{id}", id / 10),
        "technician": { "username": format!("technician {id}") },
        "chatMessages": [
            { "sentAt": "2024-05-01T10:00:01Z", "sender": "Zoe", "body": format!("first of {id}") },
            { "sentAt": "2024-05-01T10:00:02Z", "sender": "Zoe", "body": format!("second of {id}") }],
        "videos": [{ "url": format!("https://videos.example/{id}") }],
        "customFields": [{ "name": "Tag", "value": format!("tag {id}") }] })
}

on_each_database!(async an_import_stores_sessions_whole_if_the_server_rolls_it_back_silently: mariadb MariaDb);
async fn an_import_stores_sessions_whole_if_the_server_rolls_it_back_silently(on: DatabaseKind) {
    let nodes = Nodes::start(on).await;
    let relayed = writer(&nodes.relayed.store, &nodes.tenant);
    // With four there is one statement for all sessions.
    let sessions = |round| [0, 1, 2, 3].map(|it| a_session(first_of(round) + it)).to_vec();
    import(&relayed, &json!(sessions(0))).await;
    nodes.expect(&sessions(0)).await;
    let statements = nodes.relay.statements();
    // The rows of two accounts can conflict, too, because a lock can include the gap between them.
    let neighbour = nodes.other.tenant("neighbour").await;
    let mut round = 0;
    for (index, statement) in statements.iter().enumerate() {
        for changed in [&nodes.tenant, &neighbour] {
            round += 1;
            let by_other = nodes.roll_back_before(round, changed, move |number, _| number == index);
            let tally = import(&relayed, &json!(sessions(round))).await;
            assert!(nodes.relay.has_rolled_back(), "before {statement}");
            assert_eq!(tally, Tally { new: 4, ..Tally::default() }, "before {statement}");
            let mut expected = sessions(round);
            expected.extend((changed.account == nodes.tenant.account).then_some(by_other));
            nodes.expect(&expected).await;
            nodes.assert_stored(round, statement).await;
        }
    }
}

const RECORD: &str = "mutation($sessions: [SessionInput!]!) { recordSessions(sessions: $sessions) {
    results { outcome } } }";

on_each_database!(async record_sessions_stores_them_whole_if_the_server_rolls_them_back_silently: mariadb MariaDb);
async fn record_sessions_stores_them_whole_if_the_server_rolls_them_back_silently(
    on: DatabaseKind,
) {
    let nodes = Nodes::start(on).await;
    let record = async |round| {
        let variables = json!({ "sessions": [recorded(first_of(round))] });
        let data = nodes.relayed.data(&nodes.tenant, RECORD, variables).await;
        assert_eq!(data["recordSessions"]["results"][0]["outcome"], "NEW");
        nodes.expect(&[a_session(first_of(round))]).await;
    };
    for (round, beginning) in [
        (1, "INSERT INTO `session` "),
        (2, "INSERT INTO `chat_message` "),
        (3, "INSERT INTO `session_change` "),
        (4, "UPDATE `change_counter` "),
        (5, "INSERT INTO `audit_event` "),
        (6, "RELEASE SAVEPOINT "),
    ] {
        let by_other = nodes.roll_back_before(round, &nodes.tenant, move |_, statement| {
            statement.starts_with(beginning)
        });
        record(round).await;
        assert!(nodes.relay.has_rolled_back(), "before {beginning}");
        nodes.expect(&[by_other]).await;
        nodes.assert_stored(round, beginning).await;
    }
}

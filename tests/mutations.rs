//! Mutations: what they store, who may send them, and what is refused before anything is stored.

use serde_json::{Value, json};
use session_history::domain::viewer::Scope;

use crate::support::{Answer, Gateway, Tenant, database::DatabaseKind};

mod append;
mod execution;
mod killed;
mod record;
mod removal;
mod scopes;

const RECORD: &str = "mutation($sessions: [SessionInput!]!) {
    recordSessions(sessions: $sessions) { results { outcome problem session {
        legacyId startedAt endedAt notes updatedAt technician { username name } customer { name email }
        chatMessages { totalCount nodes { id body senderRole } } videos { nodes { url } }
        customFields { name value } } } } }";
const APPEND: &str = "mutation($session: ID!, $messages: [ChatMessageInput!]!) {
    appendChatMessages(session: $session, messages: $messages) {
        legacyId chatMessageCount firstResponseSeconds
        chatMessages(first: 500) { nodes { body senderRole } } } }";

/// A gateway, an account, and a key of it that may read and write.
async fn recorder(on: DatabaseKind) -> (Gateway, Tenant) {
    let gateway = Gateway::start(on).await;
    let reader = gateway.tenant("acme").await;
    let recorder = gateway.with_scopes(&reader, &[Scope::Read, Scope::Write]).await;
    (gateway, recorder)
}

/// The results of recorded sessions.
async fn record(gateway: &Gateway, tenant: &Tenant, sessions: Value) -> Vec<Value> {
    let data = gateway.data(tenant, RECORD, json!({ "sessions": sessions })).await;
    data["recordSessions"]["results"].as_array().unwrap().clone()
}

fn outcomes(results: &[Value]) -> Vec<&str> {
    results.iter().map(|result| result["outcome"].as_str().unwrap()).collect()
}

/// A message that is sent this many seconds after the start of the sessions here.
fn message(second: u32, sender: &str, body: &str) -> Value {
    json!({ "sentAt": format!("2024-05-01T10:00:{second:02}Z"), "sender": sender, "body": body })
}

async fn append(gateway: &Gateway, tenant: &Tenant, session: &str, messages: &[Value]) -> Answer {
    let variables = json!({ "session": session, "messages": messages });
    gateway.graphql(tenant, APPEND, variables).await
}

/// The messages of a session, as an answer to a mutation or a query has them.
fn bodies(session: &Value) -> Vec<&str> {
    let nodes = session["chatMessages"]["nodes"].as_array().unwrap().iter();
    nodes.map(|node| node["body"].as_str().unwrap()).collect()
}

/// The number of sessions of the account.
async fn count(gateway: &Gateway, tenant: &Tenant) -> u64 {
    let data = gateway.data(tenant, "{ sessions { totalCount } }", json!({})).await;
    data["sessions"]["totalCount"].as_u64().unwrap()
}

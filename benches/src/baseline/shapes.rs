//! The structs of the answers, in the order of the queries' fields. They borrow from the rows.

use benches::time::rfc3339;
use serde::{Serialize, Serializer};

/// A whole answer.
#[derive(Serialize)]
pub(crate) struct Data<T> {
    pub(crate) data: T,
}

/// The answer to a query of one session.
#[derive(Serialize)]
pub(crate) struct OneSession<'a> {
    pub(crate) session: Option<Session<'a>>,
}

/// The answer to a query of sessions.
#[derive(Serialize)]
pub(crate) struct Sessions<T> {
    pub(crate) sessions: T,
}

/// A page of sessions.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Connection<I, N> {
    pub(crate) page_info: I,
    pub(crate) nodes: Vec<N>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PageInfo {
    pub(crate) has_next_page: bool,
    pub(crate) end_cursor: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EndCursor {
    pub(crate) end_cursor: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Total {
    pub(crate) total_count: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Session<'a> {
    pub(crate) legacy_id: Number,
    pub(crate) started_at: Time,
    pub(crate) ended_at: Option<Time>,
    pub(crate) start_method: &'a str,
    pub(crate) answered: bool,
    pub(crate) has_videos: bool,
    pub(crate) problem_description: Option<&'a str>,
    pub(crate) notes: Option<&'a str>,
    pub(crate) customer: Customer<'a>,
    pub(crate) computer: Computer<'a>,
    pub(crate) technician: Option<Technician<'a>>,
}

#[derive(Serialize)]
pub(crate) struct Customer<'a> {
    pub(crate) name: Option<&'a str>,
    pub(crate) email: Option<&'a str>,
    pub(crate) number: Option<&'a str>,
}

#[derive(Serialize)]
pub(crate) struct Computer<'a> {
    pub(crate) name: Option<&'a str>,
    pub(crate) domain: Option<&'a str>,
    pub(crate) os: Option<&'a str>,
}

#[derive(Clone, Copy, Serialize)]
pub(crate) struct Technician<'a> {
    pub(crate) username: &'a str,
    pub(crate) name: Option<&'a str>,
}

/// A session of the workloads `page`, `list`, `search` and `changes`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Listed<'a> {
    pub(crate) legacy_id: Number,
    pub(crate) started_at: Time,
    pub(crate) ended_at: Option<Time>,
    pub(crate) start_method: &'a str,
    pub(crate) answered: bool,
    pub(crate) has_videos: bool,
    pub(crate) problem_description: Option<&'a str>,
    pub(crate) notes: Option<&'a str>,
    pub(crate) customer: Contact<'a>,
    pub(crate) computer: System<'a>,
}

/// The answer to a query of changes.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SessionChanges<'a> {
    pub(crate) session_changes: Changes<'a>,
}

#[derive(Serialize)]
pub(crate) struct Changes<'a> {
    pub(crate) cursor: String,
    pub(crate) nodes: Vec<Change<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Change<'a> {
    pub(crate) kind: &'a str,
    pub(crate) legacy_id: Number,
    pub(crate) changed_at: Time,
    pub(crate) session: Option<Listed<'a>>,
}

#[derive(Serialize)]
pub(crate) struct Contact<'a> {
    pub(crate) name: Option<&'a str>,
    pub(crate) email: Option<&'a str>,
}

#[derive(Serialize)]
pub(crate) struct System<'a> {
    pub(crate) name: Option<&'a str>,
    pub(crate) os: Option<&'a str>,
}

#[derive(Serialize)]
pub(crate) struct Name<'a> {
    pub(crate) name: Option<&'a str>,
}

/// A session of the workload `children`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Parent<'a> {
    pub(crate) id: SessionNode,
    pub(crate) legacy_id: Number,
    pub(crate) started_at: Time,
    pub(crate) ended_at: Option<Time>,
    pub(crate) customer: Contact<'a>,
    pub(crate) computer: Name<'a>,
    pub(crate) technician: Technician<'a>,
    pub(crate) chat_messages: Nodes<Message<'a>>,
    pub(crate) videos: Nodes<Video<'a>>,
}

#[derive(Serialize)]
pub(crate) struct Nodes<T> {
    pub(crate) nodes: Vec<T>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Message<'a> {
    pub(crate) sent_at: Time,
    pub(crate) sender: Option<&'a str>,
    pub(crate) body: &'a str,
}

#[derive(Serialize)]
pub(crate) struct Video<'a> {
    pub(crate) url: &'a str,
}

/// A session of the workloads `deep` and `first`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Brief<'a> {
    pub(crate) legacy_id: Number,
    pub(crate) started_at: Time,
    pub(crate) customer: Name<'a>,
    pub(crate) notes: Option<&'a str>,
}

/// A number as a text.
pub(crate) struct Number(pub(crate) i64);

/// The id of a session as an object.
pub(crate) struct SessionNode(pub(crate) i64);

/// A time in RFC 3339.
pub(crate) struct Time(pub(crate) i64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl Serialize for SessionNode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("session_{}", self.0))
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(rfc3339(self.0).as_str())
    }
}

//! The requests of the readers.

use anyhow::{Result, ensure};
use benches::{
    dashboard,
    time::{civil, rfc3339},
};
use fastrand::Rng;
use serde_json::{Value, json};

use crate::{
    account::{Account, data_of},
    content::{SELECTION, WORDS},
};

const JSON: &str = "application/json";
pub(crate) const NDJSON: &str = "application/x-ndjson";
/// 1 January 2024.
const FIRST_DAY: i64 = 1_704_067_200_000_000;
const DAY: i64 = 86_400_000_000;
/// The days with sessions.
const DAYS: i64 = 694;

const ORDERS: [&str; 8] = [
    "STARTED_AT_ASC",
    "STARTED_AT_DESC",
    "ENDED_AT_ASC",
    "ENDED_AT_DESC",
    "UPDATED_AT_ASC",
    "UPDATED_AT_DESC",
    "DURATION_ASC",
    "DURATION_DESC",
];

/// A kind of request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Session,
    Page,
    Children,
    Orders,
    Totals,
    Statistics,
    Search,
    Changes,
    Dashboard,
    Introspection,
    LegacyPage,
    LegacyExport,
    Bulk,
    /// Requests that the gateway refuses.
    Refused,
}

/// Each kind, as often as it is sent.
const MIX: [(Kind, usize); 14] = [
    (Kind::Session, 20),
    (Kind::Page, 15),
    (Kind::Children, 8),
    (Kind::Orders, 8),
    (Kind::Totals, 6),
    (Kind::Statistics, 6),
    (Kind::Search, 8),
    (Kind::Changes, 8),
    (Kind::Dashboard, 6),
    (Kind::Introspection, 2),
    (Kind::LegacyPage, 8),
    (Kind::LegacyExport, 2),
    (Kind::Bulk, 2),
    (Kind::Refused, 3),
];

/// A request, and what its answer should be.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) bytes: Vec<u8>,
    format: Format,
}

/// The format of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Graphql,
    /// A GraphQL response or a legacy document with an error.
    Error,
    Ndjson,
    Csv,
    Xml,
    Json,
    LegacyNdjson,
}

impl Kind {
    /// A kind of the mix.
    pub(crate) fn random(random: &mut Rng) -> Self {
        let all: usize = MIX.iter().map(|(_, weight)| weight).sum();
        let mut at = random.usize(..all);
        for (kind, weight) in MIX {
            if at < weight {
                return kind;
            }
            at -= weight;
        }
        Self::Session
    }

    /// Whether the answer is short, so that its time says how fast the gateway is.
    pub(crate) fn is_page(self) -> bool {
        !matches!(self, Self::LegacyExport | Self::Bulk)
    }

    /// A request of this kind. `after` is the cursor of the last answer of this kind.
    pub(crate) fn request(self, account: &Account, after: &Value, random: &mut Rng) -> Request {
        let filter = period(random);
        let mut variables = json!({ "filter": filter, "after": after });
        let query = match self {
            Self::Session => {
                let id = account.some_session(random.i64(0..2_000_000)).map_or(1, |(id, _)| id);
                variables = json!({ "id": id.to_string() });
                format!("query($id: ID!) {{ session(id: $id) {{ {SELECTION} }} }}")
            }
            Self::Page => "query($filter: SessionFilter, $after: String) { sessions(filter: $filter, first: 50,
                after: $after) { pageInfo { hasNextPage endCursor } nodes { legacyId startedAt notes
                customer { name } technician { username name } } } }"
                .to_owned(),
            Self::Children => format!(
                "query($filter: SessionFilter) {{ sessions(filter: $filter, first: 20) {{ nodes {{ {SELECTION} }} }} }}"
            ),
            Self::Orders => {
                variables = json!({ "order": ORDERS[random.usize(..ORDERS.len())], "after": null });
                "query($order: SessionOrder!) { sessions(orderBy: $order, first: 50) { nodes { legacyId startedAt
                    endedAt durationSeconds updatedAt } } }"
                    .to_owned()
            }
            Self::Totals => "query($filter: SessionFilter!) { sessions(filter: $filter, first: 0) { totalCount } }"
                .to_owned(),
            Self::Statistics => "query($filter: SessionFilter!) { sessionStats(filter: $filter, first: 1000,
                groupBy: [{ by: MONTH }, { by: TECHNICIAN }]) { nodes { count answered key { periodStart
                technician { username } } duration { sumSeconds } billedMinutes } } }"
                .to_owned(),
            Self::Search => {
                variables = json!({ "search": search(random) });
                "query($search: String!) { sessions(filter: { search: $search }, first: 50) { nodes { legacyId
                    notes problemDescription } } }"
                    .to_owned()
            }
            Self::Changes => "query($after: String) { sessionChanges(first: 100, after: $after) { cursor
                pageInfo { hasNextPage } nodes { kind legacyId changedAt session { notes } } } }"
                .to_owned(),
            Self::Dashboard => {
                let before = period(random);
                variables = json!({ "filter": filter, "now": filter, "before": before, "zone": "Europe/Berlin",
                    "unit": "MONTH", "order": "STARTED_AT_DESC", "first": 100, "id": "1" });
                let queries = dashboard::documents().into_iter();
                let mut queries: Vec<_> =
                    queries.map(|(_, text)| text).filter(|text| text.starts_with("query")).collect();
                queries.swap_remove(random.usize(..queries.len()))
            }
            Self::Introspection => "{ __schema { types { name fields { name args { name } type { name kind
                ofType { name } } } inputFields { name } enumValues { name } } } }"
                .to_owned(),
            Self::LegacyPage | Self::LegacyExport => return self.legacy(account, random),
            Self::Bulk => {
                let (accept, format) = match random.bool() {
                    true => (NDJSON, Format::Ndjson),
                    false => ("text/csv", Format::Csv),
                };
                let bytes = account.graphql(accept, &all_sessions(), &variables);
                return Request { bytes, format };
            }
            Self::Refused => return refused(account, random),
        };
        let bytes = account.graphql(JSON, &query, &variables);
        Request { bytes, format: Format::Graphql }
    }

    fn legacy(self, account: &Account, random: &mut Rng) -> Request {
        let formats = [
            ("XML", Format::Xml),
            ("JSON", Format::Json),
            ("CSV", Format::Csv),
            ("NDJSON", Format::LegacyNdjson),
        ];
        let (name, format) = formats[random.usize(..formats.len())];
        let (vars, days) = match self {
            Self::LegacyPage => ("ID DATE_START DATE_END TECH_NAME CUSTOMER_NAME NOTES", 2),
            _ => {
                ("ID DATE_START CUSTOMER_NAME NOTES CHAT_INFO VIDEO_LINKS CUSTOM_FIELD_VALUE", 200)
            }
        };
        let from = FIRST_DAY + random.i64(0..DAYS - days) * DAY;
        let (from, to) = (civil(from), civil(from + days * DAY));
        let parameters = [
            ("VARS", vars),
            ("OUTPUT_FORMAT", name),
            ("FILTER_DATE_START_INI", from.as_str()),
            ("FILTER_DATE_START_END", to.as_str()),
        ];
        Request { bytes: account.legacy(&parameters), format }
    }
}

impl Request {
    /// Checks that an answer is complete and of the expected format. Returns its cursor, if it has one.
    pub(crate) fn check(&self, body: &[u8]) -> Result<Value> {
        let text = std::str::from_utf8(body)?.trim_end();
        let last = text.rsplit('\n').next().unwrap_or_default();
        let starts_and_ends = match self.format {
            Format::Graphql => {
                let mut data = data_of(body)?;
                let cursor = data["sessionChanges"]["cursor"].take();
                let end = data["sessions"]["pageInfo"]["endCursor"].take();
                return Ok(if cursor.is_null() { end } else { cursor });
            }
            Format::Error => text.contains("\"errors\":[") || text.contains("error_msg"),
            Format::Ndjson => last.starts_with("{\"complete\":true,"),
            Format::Csv => text.len() > 2 && !text.contains("error_msg"),
            Format::Xml => text.ends_with("</response>") && !text.contains("<error_msg>"),
            Format::Json => text.ends_with('}') && !text.contains("\"error_msg\""),
            Format::LegacyNdjson => !text.contains("\"error_msg\""),
        };
        let excerpt: String = text.chars().take(150).collect();
        ensure!(starts_and_ends, "an answer of another form: {excerpt}");
        Ok(Value::Null)
    }
}

/// All sessions that match `$filter`.
pub(crate) fn all_sessions() -> String {
    format!(
        "query($filter: SessionFilter) {{ sessions(filter: $filter) {{ nodes {{ {SELECTION} }} }} }}"
    )
}

/// A condition on the start: from a week to most of two years.
fn period(random: &mut Rng) -> Value {
    let days = [7, 30, 90, 365, 600][random.usize(..5)];
    let from = FIRST_DAY + random.i64(0..DAYS - days) * DAY;
    let (from, to) = (rfc3339(from), rfc3339(from + days * DAY));
    json!({ "startedAt": { "gte": from.as_str(), "lt": to.as_str() } })
}

fn search(random: &mut Rng) -> String {
    let mut word = || WORDS[random.usize(..WORDS.len())];
    let (one, other) = (word(), word());
    match random.usize(..4) {
        0 => one.to_owned(),
        1 => format!("\"{one} {other}\""),
        2 => format!("{}*", &one[..3]),
        _ => format!("{one} -{other}"),
    }
}

fn refused(account: &Account, random: &mut Rng) -> Request {
    let (query, id) = match random.usize(..5) {
        0 => ("{ sessions { nodes { legacyId } ".to_owned(), Value::Null),
        // Each document is another one.
        1 => (format!("{{ sessions {{ nodes {{ unknown{} }} }} }}", random.u32(..)), Value::Null),
        2 => (
            "{ sessions(first: 200) { nodes { technician { sessions(first: 200) { nodes { chatMessages(first: 500) \
             { nodes { body } } } } } } } }"
                .to_owned(),
            Value::Null,
        ),
        3 => ("query($id: ID!) { session(id: $id) { legacyId } }".to_owned(), json!([])),
        _ => {
            let bytes = account.legacy(&[("VARS", "ID"), ("FILTER_PROCESSED", "NO_SUCH_WORD")]);
            return Request { bytes, format: Format::Error };
        }
    };
    let bytes = account.graphql(JSON, &query, &json!({ "id": id }));
    Request { bytes, format: Format::Error }
}

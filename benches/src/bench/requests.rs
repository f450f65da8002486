//! The workloads of single requests, over a deterministic set of ids, times and technicians.

use anyhow::{Context, Result, ensure};
use benches::{
    client::Client,
    server::Server,
    time::{civil, rfc3339},
    wire::legacy,
};
use serde_json::{Value, json};

use crate::{
    arguments::Arguments,
    fixture::Fixture,
    statistics::{STATISTICS, STATISTICS_VARIETY, YEAR},
    workload::{Workload, graphql},
};

/// The workloads' names, in the order of the report.
pub(crate) const NAMES: [&str; 17] = [
    "session",
    "page",
    "children",
    "first",
    "deep",
    "total",
    "legacy",
    "list",
    "changes",
    "search-rare",
    "search-some",
    "search-common",
    "search-phrase",
    "stats-month",
    "stats-day",
    "stats-customer",
    "stats-percentile",
];

/// The number of different requests of a workload.
pub(crate) const VARIETY: usize = 200;
/// The number of sessions in the period of a page of 50.
pub(crate) const PAGE_ROWS: usize = 90;
/// The start of the export's first session. The others follow one a minute.
const FIRST_START: i64 = 1_262_304_000_000_000;
const MINUTE: i64 = 60_000_000;

const SESSION: &str = "query OneSession($id: ID!) { session(id: $id) { legacyId startedAt endedAt \
    startMethod answered hasVideos problemDescription notes customer { name email number } \
    computer { name domain os } technician { username name } } }";
const PAGE: &str = "query Page($technician: String!, $from: DateTime!, $to: DateTime!) { \
    sessions(first: 50, filter: { technician: { username: { eq: $technician } }, \
    startedAt: { gte: $from, lt: $to } }) { pageInfo { hasNextPage endCursor } nodes { legacyId \
    startedAt endedAt startMethod answered hasVideos problemDescription notes \
    customer { name email } computer { name os } } } }";
const CHILDREN: &str = "query Children($technician: String!, $from: DateTime!, $to: DateTime!) { \
    sessions(first: 50, filter: { technician: { username: { eq: $technician } }, \
    startedAt: { gte: $from, lt: $to } }) { pageInfo { hasNextPage endCursor } nodes { id legacyId \
    startedAt endedAt customer { name email } computer { name } technician { username name } \
    chatMessages(first: 20) { nodes { sentAt sender body } } videos { nodes { url } } } } }";
const SEARCH: &str = "query Search($search: String!) { \
    sessions(first: 50, filter: { search: $search }) { pageInfo { hasNextPage endCursor } nodes { \
    legacyId startedAt endedAt startMethod answered hasVideos problemDescription notes \
    customer { name email } computer { name os } } } }";
/// Words of the made-up sessions: each in 0.1 to 0.2 % of them, in 2 to 4 %, in 7 to 75 %, and phrases.
const RARE: &[&str] =
    &["papel", "logiciel", "arkusz", "phone", "laptop", "muito", "tamano", "casa"];
const SOME: &[&str] = &["printer", "lizenz", "fehler", "licence", "cable", "version", "freigabe"];
const COMMON: &[&str] = &["hello", "vpn", "please", "problem", "session", "joined", "the", "name"];
const PHRASES: &[&str] =
    &["\"joined the session\"", "\"das dauert\"", "\"accounting program\"", "\"liegt im ticket\""];
const DEEP: &str = "query Deep($after: String) { sessions(first: 50, after: $after) { \
    pageInfo { endCursor } nodes { legacyId startedAt customer { name } notes } } }";
const LIST: &str = "query List($after: String) { sessions(first: 200, after: $after) { pageInfo { endCursor } \
    nodes { legacyId startedAt endedAt startMethod answered hasVideos problemDescription notes \
    customer { name email } computer { name os } } } }";
const CHANGES: &str = "query Changes($after: String) { sessionChanges(first: 200, after: $after) { cursor nodes { \
    kind legacyId changedAt session { legacyId startedAt endedAt startMethod answered hasVideos problemDescription \
    notes customer { name email } computer { name os } } } } }";
const TOTAL: &str = "query Total($from: DateTime!, $to: DateTime!) { \
    sessions(filter: { startedAt: { gte: $from, lt: $to } }) { totalCount } }";
const CURSORS: &str = "query Cursors($after: String) { sessions(first: 200, after: $after) { \
    pageInfo { endCursor } edges { cursor } } }";
const CHANGE_CURSORS: &str = "query ChangeCursors($after: String) { sessionChanges(first: 200, after: $after) { edges { cursor } } }";
const TECHNICIANS: &str =
    "query Technicians { technicians(first: 200) { nodes { username sessions { totalCount } } } }";
const VARS: &str = "ID DATE_START DATE_END TECH_NAME TECH_USERNAME CUSTOMER_NAME CUSTOMER_EMAIL \
    CUSTOMER_NUMBER COMPUTER_NAME COMPUTER_OS HAS_VIDEOS NOTES";

/// The values in which requests vary.
pub(crate) struct Variety {
    stored: usize,
    technicians: Vec<Technician>,
}

/// A technician and the number of their sessions.
struct Technician {
    username: String,
    sessions: usize,
}

/// Returns the selected workloads.
pub(crate) async fn workloads(
    arguments: &Arguments,
    gateway: &Server,
    fixture: &Fixture,
) -> Result<Vec<Workload>> {
    let mut client = Client::connect(gateway.address).await?;
    let variety = Variety::read(&mut client, fixture).await?;
    let mut workloads = Vec::new();
    // `--idle` measures pages.
    let wanted = |name: &str| arguments.wants(name) || (arguments.idle && name == "page");
    for name in NAMES.into_iter().filter(|name| wanted(name)) {
        let cursors = match name {
            "deep" | "list" => cursors(&mut client, fixture).await?,
            "changes" => change_cursors(&mut client, fixture).await?,
            _ => Vec::new(),
        };
        let request = |at: usize| variety.request(name, at, &fixture.key, &cursors);
        let number = match name {
            "deep" | "list" | "changes" => cursors.len(),
            // Each search once: the baseline takes long for some.
            "search-rare" => RARE.len(),
            "search-some" => SOME.len(),
            "search-common" => COMMON.len(),
            "search-phrase" => PHRASES.len(),
            name if name.starts_with("stats-") => STATISTICS_VARIETY,
            _ => VARIETY,
        };
        workloads.push(Workload { name, requests: (0..number).map(request).collect() });
    }
    Ok(workloads)
}

impl Variety {
    /// Reads the technicians with enough sessions to fill a page.
    pub(crate) async fn read(client: &mut Client, fixture: &Fixture) -> Result<Self> {
        let stored = fixture.sessions;
        let answer =
            ask(client, &graphql(&fixture.key, "Technicians", TECHNICIANS, &json!({}))).await?;
        let nodes = answer["data"]["technicians"]["nodes"].as_array().context("no technicians")?;
        let technicians = nodes.iter().filter_map(|node| {
            let username = node["username"].as_str()?.to_owned();
            let sessions = usize::try_from(node["sessions"]["totalCount"].as_u64()?).ok()?;
            (sessions >= 60).then_some(Technician { username, sessions })
        });
        let technicians: Vec<_> = technicians.collect();
        ensure!(!technicians.is_empty(), "no technician has a page of sessions: store more");
        Ok(Self { stored, technicians })
    }

    /// A technician and a period with about this number of their sessions.
    pub(crate) fn of_technician(&self, at: usize, rows: usize) -> (&str, i64, i64) {
        let Technician { username, sessions } = &self.technicians[at % self.technicians.len()];
        let (from, to) = self.range(at, (rows * self.stored).div_ceil(*sessions));
        (username, from, to)
    }

    /// A period of this number of minutes, each with one session.
    fn range(&self, at: usize, minutes: usize) -> (i64, i64) {
        let minutes = minutes.min(self.stored);
        let from = spread(at, self.stored - minutes);
        (start(from), start(from + minutes))
    }

    /// The request at a position of a workload.
    fn request(&self, name: &str, at: usize, key: &str, cursors: &[String]) -> Vec<u8> {
        let page = || {
            let (username, from, to) = self.of_technician(at, PAGE_ROWS);
            json!({
                "technician": username,
                "from": rfc3339(from).as_str(),
                "to": rfc3339(to).as_str(),
            })
        };
        match name {
            "session" => {
                let id = (1 + spread(at, self.stored - 1)).to_string();
                graphql(key, "OneSession", SESSION, &json!({ "id": id }))
            }
            "page" => graphql(key, "Page", PAGE, &page()),
            "children" => graphql(key, "Children", CHILDREN, &page()),
            "deep" => graphql(key, "Deep", DEEP, &json!({ "after": cursors[at] })),
            "list" => graphql(key, "List", LIST, &json!({ "after": cursors[at] })),
            "changes" => graphql(key, "Changes", CHANGES, &json!({ "after": cursors[at] })),
            "total" => {
                let (from, to) = self.range(at, 1_000);
                let range = json!({ "from": rfc3339(from).as_str(), "to": rfc3339(to).as_str() });
                graphql(key, "Total", TOTAL, &range)
            }
            "legacy" => {
                let (username, from, to) = self.of_technician(at, 50);
                let (from, to) = (civil(from), civil(to));
                let parameters = [
                    ("VARS", VARS),
                    ("FILTER_TECH_USERNAME", username),
                    ("FILTER_DATE_START_INI", from.as_str()),
                    ("FILTER_DATE_START_END", to.as_str()),
                ];
                legacy(key, &parameters)
            }
            "search-rare" => search(key, RARE, at),
            "search-some" => search(key, SOME, at),
            "search-common" => search(key, COMMON, at),
            "search-phrase" => search(key, PHRASES, at),
            name => match STATISTICS.into_iter().find(|(known, ..)| *known == name) {
                Some((_, operation, query)) => {
                    let (from, to) = self.range(at, YEAR);
                    let range =
                        json!({ "from": rfc3339(from).as_str(), "to": rfc3339(to).as_str() });
                    graphql(key, operation, query, &range)
                }
                None => graphql(key, "Deep", DEEP, &json!({})),
            },
        }
    }
}

fn search(key: &str, searches: &[&str], at: usize) -> Vec<u8> {
    graphql(key, "Search", SEARCH, &json!({ "search": searches[at % searches.len()] }))
}

/// A small request.
pub(crate) fn small(key: &str) -> Vec<u8> {
    graphql(key, "OneSession", SESSION, &json!({ "id": "1" }))
}

/// A position below `end`, far from those of the previous and the next request.
fn spread(at: usize, end: usize) -> usize {
    (at * 7_919 * 31) % (end + 1)
}

fn start(session: usize) -> i64 {
    FIRST_START + MINUTE * i64::try_from(session).unwrap_or(0)
}

/// The cursors of consecutive rows after 90,000 rows, or after nine tenths of fewer.
async fn cursors(client: &mut Client, fixture: &Fixture) -> Result<Vec<String>> {
    let Fixture { key, sessions: stored, .. } = fixture;
    let pages = (stored * 9 / 10).min(90_000) / 200;
    let mut after = Value::Null;
    for _ in 0..pages {
        let request = graphql(key, "Cursors", CURSORS, &json!({ "after": after }));
        after = ask(client, &request).await?["data"]["sessions"]["pageInfo"]["endCursor"].take();
    }
    let request = graphql(key, "Cursors", CURSORS, &json!({ "after": after }));
    let answer = ask(client, &request).await?;
    let edges = answer["data"]["sessions"]["edges"].as_array().context("no edges")?;
    // After each cursor there is a full page.
    let full = edges.len().saturating_sub(if *stored < 2_000 { 50 } else { 0 });
    let cursors = edges.iter().take(full).filter_map(|edge| edge["cursor"].as_str());
    Ok(cursors.map(str::to_owned).collect())
}

/// The cursors of the first changes.
async fn change_cursors(client: &mut Client, fixture: &Fixture) -> Result<Vec<String>> {
    let request = graphql(&fixture.key, "ChangeCursors", CHANGE_CURSORS, &json!({}));
    let answer = ask(client, &request).await?;
    let edges = answer["data"]["sessionChanges"]["edges"].as_array().context("no edges")?;
    let cursors = edges.iter().filter_map(|edge| edge["cursor"].as_str());
    Ok(cursors.map(str::to_owned).collect())
}

async fn ask(client: &mut Client, request: &[u8]) -> Result<Value> {
    let answer: Value = serde_json::from_slice(&client.get(request).await?)?;
    ensure!(answer.get("errors").is_none(), "the gateway refuses: {answer}");
    Ok(answer)
}

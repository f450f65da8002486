//! PostGraphile on the same rows: the same pages, asked for in its own words.

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::{Context, Result, ensure};
use benches::{home::Home, kind::Kind, programs::Programs};
use serde_json::{Value, json};

use crate::{
    arguments::Arguments,
    client::Client,
    fixture::Fixture,
    load,
    requests::{self, PAGE_ROWS, VARIETY, Variety},
    rounds::{self, Runs, Servers},
    workload::{Workload, graphql},
};

/// What the peer is called.
pub(crate) const NAME: &str = "PostGraphile";

/// The workloads that it has equivalents of, with what they select of a session.
const WORKLOADS: [(&str, &str); 2] = [
    (
        "page",
        "rowId startedAt endedAt startMethod technicianId videoCount problemDescription notes \
         customerName customerEmail computerName computerOs",
    ),
    (
        "children",
        "id rowId startedAt endedAt customerName customerEmail computerName \
         technicianByAccountIdAndTechnicianId { username name } \
         chatMessagesByAccountIdAndSessionId(first: 20, orderBy: [SEQ_ASC]) { \
         nodes { sentAt sender body } } \
         videosByAccountIdAndSessionId(first: 25, orderBy: [SEQ_ASC]) { nodes { url } }",
    ),
];

/// How long the peer is warmed up for with each workload: its code is compiled as it runs.
const WARM_UP: Duration = Duration::from_secs(8);

/// Measures the gateway beside the peer in a folder.
pub(crate) async fn measure(
    arguments: &Arguments,
    programs: &Programs,
    home: &Home,
    folder: &Path,
) -> Result<Vec<Runs>> {
    ensure!(arguments.database == Kind::Postgres, "{NAME} needs --database postgres");
    ensure!(folder.join("node_modules").is_dir(), "npm ci --prefix {} first", folder.display());
    let fixture = Fixture::make(arguments, programs, home).await?;
    let gateway = fixture.gateway(programs).await?;
    let peer = fixture.peer(programs, folder).await?;
    let mut client = Client::connect(gateway.address).await?;
    let variety = Variety::read(&mut client, &fixture).await?;
    let own = requests::workloads(arguments, &gateway, &fixture).await?;

    let mut pairs = Vec::new();
    for workload in own {
        let Some((_, nodes)) = WORKLOADS.iter().find(|(name, _)| *name == workload.name) else {
            continue;
        };
        let other = equivalent(workload.name, nodes, &variety);
        // One that idles through a warm-up is hung up on.
        let mut peer_client = Client::connect(peer.address).await?;
        for (request, other) in workload.requests.iter().zip(&other.requests) {
            let expected = answer(&client.get(request).await?)?;
            let found = answer(&peer_client.get(other).await.context(NAME)?)?;
            let found =
                &found["data"]["allTechnicians"]["nodes"][0]["sessionsByAccountIdAndTechnicianId"];
            let expected = essence(&expected["data"]["sessions"])?;
            ensure!(expected == essence(found)?, "{NAME} answers other rows");
        }
        let pair = [workload, other].map(Arc::new);
        load::put(peer.address, &pair[1], arguments.connections, WARM_UP).await?;
        pairs.push(pair);
    }
    let cluster = home.cluster_process();
    let servers = Servers { gateway, other: peer, other_name: NAME, cluster };
    rounds::run(arguments, &pairs, &servers).await
}

/// The same requests in the peer's schema.
fn equivalent(name: &'static str, nodes: &str, variety: &Variety) -> Workload {
    let query = format!(
        "query Page($account: BigInt!, $technician: String!, $from: BigInt!, $to: BigInt!) {{ \
         allTechnicians(first: 1, condition: {{ accountId: $account, \
         usernameFolded: $technician }}) {{ nodes {{ \
         sessionsByAccountIdAndTechnicianId(first: 50, orderBy: [STARTED_AT_DESC, ROW_ID_DESC], \
         filter: {{ startedAt: {{ greaterThanOrEqualTo: $from, lessThan: $to }} }}) {{ \
         pageInfo {{ hasNextPage endCursor }} nodes {{ {nodes} }} }} }} }} }}"
    );
    let request = |at| {
        let (technician, from, to) = variety.of_technician(at, PAGE_ROWS);
        // The bench's only account is the first.
        let variables = json!({
            "account": "1",
            "technician": technician.to_lowercase(),
            "from": from.to_string(),
            "to": to.to_string(),
        });
        // It takes no key, and ignores one.
        graphql("none", "Page", &query, &variables)
    };
    Workload { name, requests: (0..VARIETY).map(request).collect() }
}

fn answer(body: &[u8]) -> Result<Value> {
    let answer: Value = serde_json::from_slice(body)?;
    ensure!(answer.get("errors").is_none(), "an error: {answer}");
    Ok(answer)
}

/// Which sessions a connection has, and how many messages and recordings with each.
fn essence(connection: &Value) -> Result<Vec<(String, usize, usize)>> {
    let nodes = connection["nodes"].as_array().context("no sessions")?;
    let either = |node: &Value, names: [&str; 2]| {
        names.iter().find_map(|name| node.get(*name)).cloned().unwrap_or_default()
    };
    let count = |node: &Value, names| either(node, names)["nodes"].as_array().map_or(0, Vec::len);
    let session = |node: &Value| {
        let id = either(node, ["legacyId", "rowId"]).as_str().unwrap_or_default().to_owned();
        let chats = count(node, ["chatMessages", "chatMessagesByAccountIdAndSessionId"]);
        (id, chats, count(node, ["videos", "videosByAccountIdAndSessionId"]))
    };
    Ok(nodes.iter().map(session).collect())
}

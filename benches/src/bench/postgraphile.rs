//! PostGraphile on the same rows, with the same pages in its own schema.

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::{Context, Result, ensure};
use benches::{client::Client, engine::Engine, programs::Programs, workspace::Workspace};
use serde_json::{Value, json};

use crate::{
    arguments::Arguments,
    fixture::Fixture,
    load,
    requests::{self, PAGE_ROWS, VARIETY, Variety},
    rounds::{self, Runs, Servers},
    workload::{Workload, graphql},
};

/// Its name in the report.
pub(crate) const NAME: &str = "PostGraphile";

/// The workloads with an equivalent, and what that selects of a session.
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

/// The warm-up of each workload: the code of PostGraphile is compiled while it runs.
const WARM_UP: Duration = Duration::from_secs(8);

/// Measures the gateway and the PostGraphile that is installed in a folder.
pub(crate) async fn measure(
    arguments: &Arguments,
    programs: &Programs,
    workspace: &Workspace,
    folder: &Path,
) -> Result<Vec<Runs>> {
    ensure!(arguments.database == Engine::Postgres, "{NAME} needs --database postgres");
    ensure!(folder.join("node_modules").is_dir(), "npm ci --prefix {} first", folder.display());
    let fixture = Fixture::make(arguments, programs, workspace).await?;
    let gateway = fixture.gateway(programs).await?;
    let postgraphile = fixture.postgraphile(programs, folder).await?;
    let mut client = Client::connect(gateway.address).await?;
    let variety = Variety::read(&mut client, &fixture).await?;
    let workloads = requests::workloads(arguments, &gateway, &fixture).await?;

    let mut pairs = Vec::new();
    for workload in workloads {
        let Some((_, nodes)) = WORKLOADS.iter().find(|(name, _)| *name == workload.name) else {
            continue;
        };
        let other = equivalent(workload.name, nodes, &variety);
        // The server closes a connection that is idle during the warm-up.
        let mut postgraphile_client = Client::connect(postgraphile.address).await?;
        for (request, other) in workload.requests.iter().zip(&other.requests) {
            let expected = answer(&client.get(request).await?)?;
            let found = answer(&postgraphile_client.get(other).await.context(NAME)?)?;
            let found =
                &found["data"]["allTechnicians"]["nodes"][0]["sessionsByAccountIdAndTechnicianId"];
            let expected = comparable_rows(&expected["data"]["sessions"])?;
            ensure!(expected == comparable_rows(found)?, "{NAME} answers with other rows");
        }
        let pair = [workload, other].map(Arc::new);
        load::put(postgraphile.address, &pair[1], arguments.connections, WARM_UP).await?;
        pairs.push(pair);
    }
    let cluster = workspace.cluster_process();
    let servers = Servers { gateway, other: postgraphile, other_name: NAME, cluster };
    rounds::run(arguments, &pairs, &servers).await
}

/// The same requests in the schema of PostGraphile.
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
        // PostGraphile needs no key and ignores it.
        graphql("none", "Page", &query, &variables)
    };
    Workload { name, requests: (0..VARIETY).map(request).collect() }
}

fn answer(body: &[u8]) -> Result<Value> {
    let answer: Value = serde_json::from_slice(body)?;
    ensure!(answer.get("errors").is_none(), "an error: {answer}");
    Ok(answer)
}

/// The id of each session of a connection, with its numbers of messages and recordings.
fn comparable_rows(connection: &Value) -> Result<Vec<(String, usize, usize)>> {
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

//! The known GraphQL requests, by operation name.

use anyhow::{Result, bail};
use benches::database::BaselineQueries;
use serde::Deserialize;

use crate::{answers, auth::Account, long_pages, statistics};

/// The body of a request. The operation name selects the code; the query is not read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    operation_name: String,
    #[serde(default)]
    variables: Variables,
}

/// The variables of all operations.
#[derive(Default, Deserialize)]
pub(crate) struct Variables {
    pub(crate) id: Option<String>,
    pub(crate) technician: Option<String>,
    pub(crate) from: Option<String>,
    pub(crate) to: Option<String>,
    pub(crate) after: Option<String>,
    pub(crate) search: Option<String>,
}

/// Answers a request with JSON.
pub(crate) async fn answer<D: BaselineQueries>(
    database: &D,
    account: Account,
    body: &[u8],
) -> Result<Vec<u8>> {
    let request: Request = serde_json::from_slice(body)?;
    let variables = &request.variables;
    match request.operation_name.as_str() {
        "OneSession" => answers::session(database, account, variables).await,
        "Page" => answers::page(database, account, variables).await,
        "Children" => answers::children(database, account, variables).await,
        "List" => long_pages::list(database, account, variables).await,
        "Changes" => long_pages::changes(database, account, variables).await,
        "Deep" => answers::deep(database, account, variables).await,
        "Search" => answers::search(database, account, variables).await,
        "Total" => answers::total(database, account, variables).await,
        "StatsMonth" => statistics::by_month(database, account, variables).await,
        "StatsDay" => statistics::by_day(database, account, variables).await,
        "StatsCustomer" => statistics::by_customer(database, account, variables).await,
        "StatsPercentile" => statistics::by_technician(database, account, variables).await,
        other => bail!("there is no operation {other} here"),
    }
}

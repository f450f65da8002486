//! The statistics of the workloads: a statement for each, and its answer.

use anyhow::Result;
use benches::database::{BaselineQueries, Row, Value};
use serde::Serialize;

use crate::{
    answers::json,
    auth::Account,
    graphql::Variables,
    shapes::{Nodes, Time},
};

/// The maximum number of groups.
const GROUPS: i64 = 1_000;

/// By month of UTC and technician. The first statement is PostgreSQL's, the second SQLite's.
const BY_MONTH: [&str; 2] = [
    "SELECT m.month, t.username, m.sessions, m.seconds FROM (SELECT CAST(EXTRACT(EPOCH FROM \
     date_trunc('month', to_timestamp(started_at / 1000000) AT TIME ZONE 'UTC')) AS bigint) * 1000000 AS month, \
     technician_id, COUNT(*) AS sessions, CAST(COALESCE(SUM(duration_seconds), 0) AS bigint) AS seconds \
     FROM session WHERE account_id = $1 AND started_at >= $2 AND started_at < $3 GROUP BY 1, 2) m \
     LEFT JOIN technician t ON t.account_id = $1 AND t.id = m.technician_id \
     ORDER BY m.month, t.username_folded NULLS LAST LIMIT $4",
    "SELECT m.month, t.username, m.sessions, m.seconds FROM (SELECT CAST(strftime('%s', \
     started_at / 1000000, 'unixepoch', 'start of month') AS INTEGER) * 1000000 AS month, \
     technician_id, COUNT(*) AS sessions, COALESCE(SUM(duration_seconds), 0) AS seconds \
     FROM session WHERE account_id = $1 AND started_at >= $2 AND started_at < $3 GROUP BY 1, 2) m \
     LEFT JOIN technician t ON t.account_id = $1 AND t.id = m.technician_id \
     ORDER BY m.month, t.username_folded NULLS LAST LIMIT $4",
];

/// By day of UTC.
const BY_DAY: &str = "SELECT started_at / 86400000000 * 86400000000 AS day, COUNT(*), COUNT(technician_id) \
     FROM session WHERE account_id = $1 AND started_at >= $2 AND started_at < $3 \
     GROUP BY 1 ORDER BY 1 LIMIT $4";

/// By number of the customer. Each session that has ended counts at least 15 minutes, in steps of 15.
const BY_CUSTOMER: [&str; 2] = [
    "SELECT MIN(customer_number COLLATE \"C\"), COUNT(*), CAST(COALESCE(SUM( \
     GREATEST((duration_seconds + 899) / 900 * 15, 15)) FILTER (WHERE duration_seconds IS NOT NULL), 0) AS bigint) \
     FROM session WHERE account_id = $1 AND started_at >= $2 AND started_at < $3 \
     GROUP BY customer_number_folded ORDER BY customer_number_folded NULLS LAST LIMIT $4",
    "SELECT MIN(customer_number), COUNT(*), COALESCE(SUM(MAX((duration_seconds + 899) / 900 * 15, 15)), 0) \
     FROM session WHERE account_id = $1 AND started_at >= $2 AND started_at < $3 \
     GROUP BY customer_number_folded ORDER BY customer_number_folded NULLS LAST LIMIT $4",
];

/// By technician, with the 90th percentile of the durations.
const BY_TECHNICIAN: [&str; 2] = [
    "SELECT t.username, p.sessions, p.seconds FROM (SELECT technician_id, COUNT(*) AS sessions, \
     percentile_disc(0.9) WITHIN GROUP (ORDER BY duration_seconds) AS seconds \
     FROM session WHERE account_id = $1 AND started_at >= $2 AND started_at < $3 GROUP BY technician_id) p \
     LEFT JOIN technician t ON t.account_id = $1 AND t.id = p.technician_id \
     ORDER BY t.username_folded NULLS LAST LIMIT $4",
    "SELECT t.username, p.sessions, p.seconds FROM (SELECT technician_id, COUNT(*) AS sessions, \
     MAX(CASE WHEN rank = (ended * 9 + 9) / 10 THEN duration_seconds END) AS seconds FROM \
     (SELECT technician_id, duration_seconds, \
     ROW_NUMBER() OVER (PARTITION BY technician_id ORDER BY duration_seconds NULLS LAST) AS rank, \
     COUNT(duration_seconds) OVER (PARTITION BY technician_id) AS ended \
     FROM session WHERE account_id = $1 AND started_at >= $2 AND started_at < $3) \
     GROUP BY technician_id) p \
     LEFT JOIN technician t ON t.account_id = $1 AND t.id = p.technician_id \
     ORDER BY t.username_folded NULLS LAST LIMIT $4",
];

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Statistics<N> {
    session_stats: Nodes<N>,
}

#[derive(Serialize)]
struct Username<'a> {
    username: &'a str,
}

#[derive(Serialize)]
struct Month<'a> {
    key: MonthKey<'a>,
    count: i64,
    duration: Sum,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MonthKey<'a> {
    period_start: Time,
    technician: Option<Username<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Sum {
    sum_seconds: f64,
}

#[derive(Serialize)]
struct Day {
    key: DayKey,
    count: i64,
    answered: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DayKey {
    period_start: Time,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Customer<'a> {
    key: CustomerKey<'a>,
    count: i64,
    billed_minutes: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CustomerKey<'a> {
    customer_number: Option<&'a str>,
}

#[derive(Serialize)]
struct ByTechnician<'a> {
    key: TechnicianKey<'a>,
    count: i64,
    duration: Percentile,
}

#[derive(Serialize)]
struct TechnicianKey<'a> {
    technician: Option<Username<'a>>,
}

#[derive(Serialize)]
struct Percentile {
    percentile: Option<i64>,
}

/// `StatsMonth`.
pub(crate) async fn by_month<D: BaselineQueries>(
    database: &D,
    account: Account,
    variables: &Variables,
) -> Result<Vec<u8>> {
    let statement = D::among(BY_MONTH[0], BY_MONTH[1]);
    let rows = rows(database, account, variables, statement).await?;
    #[expect(clippy::cast_precision_loss, reason = "a sum of seconds has less than 53 bits")]
    answer(rows.iter().map(|row| {
        let technician = row.maybe_text(1)?.map(|username| Username { username });
        let key = MonthKey { period_start: Time(row.int(0)?), technician };
        Ok(Month { key, count: row.int(2)?, duration: Sum { sum_seconds: row.int(3)? as f64 } })
    }))
}

/// `StatsDay`.
pub(crate) async fn by_day<D: BaselineQueries>(
    database: &D,
    account: Account,
    variables: &Variables,
) -> Result<Vec<u8>> {
    let rows = rows(database, account, variables, BY_DAY).await?;
    answer(rows.iter().map(|row| {
        let key = DayKey { period_start: Time(row.int(0)?) };
        Ok(Day { key, count: row.int(1)?, answered: row.int(2)? })
    }))
}

/// `StatsCustomer`.
pub(crate) async fn by_customer<D: BaselineQueries>(
    database: &D,
    account: Account,
    variables: &Variables,
) -> Result<Vec<u8>> {
    let statement = D::among(BY_CUSTOMER[0], BY_CUSTOMER[1]);
    let rows = rows(database, account, variables, statement).await?;
    answer(rows.iter().map(|row| {
        let key = CustomerKey { customer_number: row.maybe_text(0)? };
        Ok(Customer { key, count: row.int(1)?, billed_minutes: row.int(2)? })
    }))
}

/// `StatsPercentile`.
pub(crate) async fn by_technician<D: BaselineQueries>(
    database: &D,
    account: Account,
    variables: &Variables,
) -> Result<Vec<u8>> {
    let statement = D::among(BY_TECHNICIAN[0], BY_TECHNICIAN[1]);
    let rows = rows(database, account, variables, statement).await?;
    answer(rows.iter().map(|row| {
        let technician = row.maybe_text(0)?.map(|username| Username { username });
        let duration = Percentile { percentile: row.maybe_int(2)? };
        Ok(ByTechnician { key: TechnicianKey { technician }, count: row.int(1)?, duration })
    }))
}

/// The rows of a statement of the sessions in a period.
async fn rows<D: BaselineQueries>(
    database: &D,
    account: Account,
    variables: &Variables,
    statement: &'static str,
) -> Result<Vec<D::Row>> {
    let (from, to) = variables.range()?;
    let mut connection = database.connection().await?;
    let values = [account.id, from, to, GROUPS].map(Value::Int);
    Ok(D::rows(&mut connection, statement, &values).await?)
}

fn answer<N: Serialize>(nodes: impl Iterator<Item = Result<N>>) -> Result<Vec<u8>> {
    let nodes = nodes.collect::<Result<_>>()?;
    json(&Statistics { session_stats: Nodes { nodes } })
}

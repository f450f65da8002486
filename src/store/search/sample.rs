//! The sample of the sessions, which shows how many match a search, and when they start.

use entity::session::{Column, Entity};
use sea_orm::{
    ColumnTrait, DbBackend, Statement, Values,
    sea_query::{CommonTableExpression, Expr, Query},
};

use crate::{
    domain::{
        search::{Search, SearchPlan, SearchSpread},
        viewer::AccountId,
    },
    error::Result,
    store::{
        cluster::Row,
        filter::{
            Target,
            search::{has_words, in_sample},
        },
        reads::Reads,
        tokens::{SAMPLED_IN, TokenSet, index_query, tokens_decide},
    },
};

/// If more sessions of the sample match, many sessions match: about 1,500. In an account of 100,000 a page
/// then takes about as long by the index as by a test of each session.
const FEW: u64 = 5;
/// The maximum number of matches of the sample by which a page is read from periods.
const MAX_MATCHES: i64 = 400;
/// If fewer sessions of the sample match, they do not show the time from one match to the next.
const MIN_MATCHES: i64 = 4;
/// If so many sessions of the account have one match in the sample, about a tenth of them match. Then a page is found sooner by a
/// test of each session than by the index.
const DENSE: i64 = 10 * SAMPLED_IN as i64;

impl Reads {
    /// How a search that requires words is done.
    pub(super) async fn plan_by_sample(
        &self,
        account: AccountId,
        search: &Search,
    ) -> Result<SearchPlan> {
        if self.backend() == DbBackend::Postgres {
            let build = |backend| summary(backend, account, search);
            let rows = self.statement_rows(account, &build).await?;
            return rows.get(0).map_or_else(|| Ok(SearchPlan::default()), plan);
        }
        let mut select = Query::select()
            .column((Entity, Column::Id))
            .from(Entity)
            .and_where(Column::AccountId.eq(account.0))
            .cond_where(in_sample(search, self.target(account)))
            .take();
        let another = self.rows(account, select.limit(1).offset(FEW)).await?;
        Ok(SearchPlan { is_common: !another.is_empty(), spread: None })
    }
}

/// The matches of the sample on PostgreSQL: their number, their first and last start, those of all sessions of the account,
/// and the number of its changes, which is about that of its sessions.
fn summary(backend: DbBackend, account: AccountId, search: &Search) -> Statement {
    let target = Target::new(account, backend).with_words_at_hand();
    let query = index_query(backend, account, TokenSet::Sample, search);
    // The tokens have the account. With a condition for which an index can be used, PostgreSQL might read the whole account.
    let with_tokens = Query::select()
        .columns(["session_id", "started_at", "words"])
        .from("session_words")
        .and_where(Expr::cust_with_values("(account_id = $1) IS TRUE", [account.0]))
        .and_where(Expr::cust_with_values("tokens @@ (SELECT CAST($1 AS tsquery))", [query]))
        .take();
    // All rows with the tokens are searched for. With the limit, PostgreSQL might read the table until it has enough.
    let with_tokens = CommonTableExpression::new()
        .table_name("found")
        .query(with_tokens)
        .materialized(true)
        .to_owned();
    let mut matches =
        Query::select().with_cte(with_tokens).column("started_at").from("found").take();
    if !tokens_decide(search) {
        matches.cond_where(has_words(search, target));
    }
    let mut statement = backend.build(&matches);
    let values = &mut statement.values.get_or_insert_with(|| Values(Vec::new())).0;
    values.push(account.0.into());
    let account = format!("account_id = ${}", values.len());
    // More matches do not change the plan.
    let limit = format!("LEAST({MAX_MATCHES}, GREATEST({FEW}, position / {DENSE}) + 1)");
    statement.sql = format!(
        "SELECT COUNT(*), MIN(started_at), MAX(started_at), \
         (SELECT MIN(started_at) FROM session_words WHERE {account}), \
         (SELECT MAX(started_at) FROM session_words WHERE {account}), \
         (SELECT position FROM change_counter WHERE {account}) \
         FROM ({} LIMIT (SELECT {limit} FROM change_counter WHERE {account})) AS found",
        statement.sql
    );
    statement
}

/// The plan by the matches of the sample on PostgreSQL.
fn plan(summary: Row<'_>) -> Result<SearchPlan> {
    let mut numbers = [0; 6];
    for (column, number) in numbers.iter_mut().enumerate() {
        *number = summary.opt_i64(column)?.unwrap_or_default();
    }
    let [matches, first, last, oldest, newest, changes] = numbers;
    let is_spread = matches >= MIN_MATCHES;
    let is_dense = is_spread && (matches >= MAX_MATCHES || matches > changes / DENSE);
    let spread = (is_spread && !is_dense).then(|| SearchSpread {
        distance: (last - first) / ((matches - 1) * i64::from(SAMPLED_IN)),
        matches: [first, last],
        sessions: [oldest, newest],
    });
    Ok(SearchPlan { is_common: is_dense || matches > few(changes), spread })
}

/// [`FEW`] on PostgreSQL, by the number of changes. The time of a page by the index grows with the number of sessions that match,
/// and the time by a test of each session with the number of sessions divided by it.
fn few(changes: i64) -> i64 {
    (5 * changes.isqrt() / 316).clamp(5, 50)
}

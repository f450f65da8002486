//! The state of mirrors: the sources of an account, and what was read of each.

use entity::{job, sync_source, sync_window};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QueryTrait, sea_query::Expr,
};

use super::{
    cluster::Row,
    database::Store,
    next_number::next_number,
    order::SESSION_ORDERS,
    query::{ListQuery, session::Listing},
    table::SessionTable,
    writes::commit,
};
use crate::{
    domain::{
        filter::{Comparison, Filter, SessionCondition, SessionFilter, SessionTime},
        page::{End, PageRequest},
        session::StartMethod,
        sync::{SyncFailure, SyncWindow, TimeRange},
        time::Timestamp,
        viewer::AccountId,
    },
    error::Result,
};

/// How many windows a statement has.
const WINDOWS_AT_ONCE: usize = 500;

/// A source of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceId {
    /// The account.
    pub account: AccountId,
    /// The number of the source in the account.
    pub source: i64,
}

/// What changed after an attempt to read a range.
#[derive(Clone, Debug)]
pub struct SyncStep<'a> {
    /// The start method of the sessions.
    pub method: StartMethod,
    /// The range whose windows are replaced: it has no part of any other.
    pub replaced: TimeRange,
    /// The windows of that range.
    pub windows: &'a [SyncWindow],
    /// The length of the next range, in seconds.
    pub span: i64,
    /// When the attempt was made.
    pub at: Timestamp,
    /// Why it failed, if it did.
    pub error: Option<&'a str>,
}

impl Store {
    /// The source of an account with this address. It is created if there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sync_source(
        &self,
        account: AccountId,
        address: &str,
        now: Timestamp,
    ) -> Result<sync_source::Model> {
        let named = |source: &sync_source::Model| source.address == address;
        if let Some(known) = self.sync_sources(account).await?.into_iter().find(named) {
            return Ok(known);
        }
        self.retry_write(async || {
            // The account is locked.
            let batch = self.batch(account).await?;
            let transaction = batch.transaction();
            let sources = sync_source::Entity::find()
                .filter(sync_source::Column::AccountId.eq(account.0))
                .all(transaction)
                .await?;
            if let Some(known) = sources.into_iter().find(named) {
                return Ok(known);
            }
            let number = (sync_source::Column::AccountId, sync_source::Column::Id);
            let source = sync_source::Model {
                account_id: account.0,
                id: next_number::<sync_source::Entity>(transaction, account, number).await?,
                address: address.to_owned(),
                created_at: now.micros(),
                applet_span: None,
                agent_span: None,
                read_at: None,
                failed_at: None,
                error: None,
            };
            let insert = sync_source::Entity::insert(source.clone().into_active_model());
            insert.exec_without_returning(transaction).await?;
            batch.commit().await?;
            Ok(source)
        })
        .await
    }

    /// The sources of an account, in the order of their numbers.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sync_sources(&self, account: AccountId) -> Result<Vec<sync_source::Model>> {
        let select = sync_source::Entity::find()
            .filter(sync_source::Column::AccountId.eq(account.0))
            .order_by_asc(sync_source::Column::Id);
        let rows = self.primary_reads().rows(account, &select.into_query()).await?;
        rows.iter().map(source).collect()
    }

    /// What is known of the ranges of a source, in their order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sync_windows(&self, of: SourceId, method: StartMethod) -> Result<Vec<SyncWindow>> {
        use sync_window::Column;
        let select = sync_window::Entity::find()
            .filter(Column::AccountId.eq(of.account.0))
            .filter(Column::SourceId.eq(of.source))
            .filter(Column::Method.eq(method.as_str()))
            .order_by_asc(Column::StartsAt);
        let rows = self.primary_reads().rows(of.account, &select.into_query()).await?;
        rows.iter().map(window).collect()
    }

    /// Stores what an attempt to read a range changed, in one transaction.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_sync_step(&self, of: SourceId, step: &SyncStep<'_>) -> Result<()> {
        self.retry_write(async || {
            let transaction = self.begin().await?;
            replace_windows(&transaction, of, step).await?;
            update_source(&transaction, of, step).await?;
            commit(transaction).await
        })
        .await
    }

    /// Stores why a source could not be asked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_sync_error(&self, of: SourceId, error: &str, now: Timestamp) -> Result<()> {
        use sync_source::Column;
        self.retry_write(async || {
            let transaction = self.begin().await?;
            sync_source::Entity::update_many()
                .col_expr(Column::FailedAt, Expr::value(now.micros()))
                .col_expr(Column::Error, Expr::value(shortened(error)))
                .filter(Column::AccountId.eq(of.account.0))
                .filter(Column::Id.eq(of.source))
                .exec(&transaction)
                .await?;
            commit(transaction).await
        })
        .await
    }

    /// Removes a source with all that is known of it, and its job.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_sync_source(&self, of: SourceId, job_name: &str) -> Result<()> {
        self.retry_write(async || {
            let transaction = self.begin().await?;
            // With its windows and missing sessions.
            let source = sync_source::Entity::delete_by_id((of.account.0, of.source));
            source.exec(&transaction).await?;
            job::Entity::delete_by_id(job_name).exec(&transaction).await?;
            commit(transaction).await
        })
        .await
    }

    /// The starts of open sessions in a range, in whole seconds: the newest ones, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_starts(
        &self,
        account: AccountId,
        method: StartMethod,
        range: TimeRange,
        limit: u32,
    ) -> Result<Vec<i64>> {
        let mut conditions = started_in(method, range);
        conditions.push(Filter::Is(SessionCondition::Absent(SessionTime::EndedAt)));
        let [order, ..] = &SESSION_ORDERS;
        let query = ListQuery::Sessions(Listing { filter: Filter::All(conditions), order });
        let page = PageRequest { size: limit, end: End::Last, after: None, before: None };
        let columns = [SessionTable::STARTED_AT];
        let rows = self.primary_reads().list(account, &query, &page, &columns).await?;
        let start = |row: Row<'_>| Ok(row.i64(0)?.div_euclid(1_000_000));
        rows.iter().map(start).collect()
    }
}

/// The conditions on sessions of a method that started in a range.
pub fn started_in(method: StartMethod, range: TimeRange) -> Vec<SessionFilter> {
    let bound = |comparison, second: i64| {
        let time = Timestamp::from_micros(second.saturating_mul(1_000_000))?;
        Some(Filter::Is(SessionCondition::Time(SessionTime::StartedAt, comparison, time)))
    };
    // A bound that cannot be represented restricts nothing.
    let bounds = [bound(Comparison::Gte, range.start), bound(Comparison::Lt, range.end)];
    let method = Filter::Is(SessionCondition::StartMethod(vec![method]));
    bounds.into_iter().flatten().chain([method]).collect()
}

async fn replace_windows(
    transaction: &DatabaseTransaction,
    of: SourceId,
    step: &SyncStep<'_>,
) -> Result<()> {
    use sync_window::{Column, Entity, Model};
    Entity::delete_many()
        .filter(Column::AccountId.eq(of.account.0))
        .filter(Column::SourceId.eq(of.source))
        .filter(Column::Method.eq(step.method.as_str()))
        .filter(Column::StartsAt.gte(step.replaced.start))
        .filter(Column::StartsAt.lt(step.replaced.end))
        .exec(transaction)
        .await?;
    let row = |window: &SyncWindow| {
        let failure = window.failure.as_ref();
        Model {
            account_id: of.account.0,
            source_id: of.source,
            method: step.method.as_str().to_owned(),
            starts_at: window.range.start,
            ends_at: window.range.end,
            read_at: window.read_at,
            attempts: failure.map_or(0, |it| i64::from(it.attempts)),
            retry_at: failure.map(|it| it.retry_at),
            error: failure.map(|it| shortened(&it.error)),
        }
    };
    for windows in step.windows.chunks(WINDOWS_AT_ONCE) {
        let rows = windows.iter().map(|window| row(window).into_active_model());
        Entity::insert_many(rows).exec_without_returning(transaction).await?;
    }
    Ok(())
}

async fn update_source(
    transaction: &DatabaseTransaction,
    of: SourceId,
    step: &SyncStep<'_>,
) -> Result<()> {
    use sync_source::{Column, Entity};
    let span = match step.method {
        StartMethod::Applet => Column::AppletSpan,
        StartMethod::Agent => Column::AgentSpan,
    };
    let at = step.at.micros();
    let mut update = Entity::update_many().col_expr(span, Expr::value(step.span));
    update = match step.error {
        Some(error) => update
            .col_expr(Column::FailedAt, Expr::value(at))
            .col_expr(Column::Error, Expr::value(shortened(error))),
        None => update
            .col_expr(Column::ReadAt, Expr::value(at))
            .col_expr(Column::FailedAt, Expr::value(None::<i64>))
            .col_expr(Column::Error, Expr::value(None::<String>)),
    };
    let source = update.filter(Column::AccountId.eq(of.account.0)).filter(Column::Id.eq(of.source));
    source.exec(transaction).await?;
    Ok(())
}

/// An error as the column has it.
fn shortened(error: &str) -> String {
    error.chars().take(500).collect()
}

/// The source in a row of all columns.
fn source(row: Row<'_>) -> Result<sync_source::Model> {
    Ok(sync_source::Model {
        account_id: row.i64(0)?,
        id: row.i64(1)?,
        address: row.string(2)?,
        created_at: row.i64(3)?,
        applet_span: row.opt_i64(4)?,
        agent_span: row.opt_i64(5)?,
        read_at: row.opt_i64(6)?,
        failed_at: row.opt_i64(7)?,
        error: row.text(8)?.map(str::to_owned),
    })
}

/// The window in a row of all columns.
fn window(row: Row<'_>) -> Result<SyncWindow> {
    let failure = match row.opt_i64(7)? {
        None => None,
        Some(retry_at) => Some(SyncFailure {
            attempts: u32::try_from(row.i64(6)?).unwrap_or(u32::MAX),
            retry_at,
            error: row.text(8)?.unwrap_or_default().to_owned(),
        }),
    };
    let range = TimeRange { start: row.i64(3)?, end: row.i64(4)? };
    Ok(SyncWindow { range, read_at: row.opt_i64(5)?, failure })
}

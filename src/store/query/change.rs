//! The change feed: the last change of each session, in the order of commits.

use std::ops::RangeInclusive;

use entity::{
    change_counter, session,
    session_change::{Column, Entity},
};
use sea_orm::{
    ColumnTrait, DbBackend, IntoSimpleExpr, Order,
    sea_query::{Asterisk, Cond, Expr, ExprTrait, JoinType, Query, SelectStatement},
};

use super::session::{Listing, join_technicians};
use crate::{
    domain::{
        filter::SessionFilter,
        page::{KeyValue, PageRequest, Position},
        search::SearchPlan,
        session_change::ChangeKind,
        viewer::AccountId,
    },
    error::{Error, Result},
    store::{
        cluster::Rows,
        column::{ColumnRef, index_of, select_columns},
        filter::{Target, hidden, matching},
        keyset::Key,
        order::CHANGES,
        reads::Reads,
        table::SessionChangeTable,
    },
};

/// A page of the change feed.
#[derive(Debug, Default)]
pub struct ChangeRows {
    /// The rows, one more than requested if the feed continues.
    pub rows: Rows,
    /// The position up to which the page has all changes that match, unless it has a row more than requested. All
    /// changes up to it were visible to the read.
    pub last_position: i64,
    /// Whether there are changes after that position that were not tested.
    pub has_more: bool,
}

impl ChangeRows {
    /// The maximum number of changes that a page with a filter tests, so that a page costs the same however few of
    /// them match.
    pub const MAX_TESTED: u64 = 1_000;
}

impl Reads {
    /// These columns of a page of the change feed, which are columns of changes, of their sessions and of the
    /// technicians of these.
    ///
    /// On SQLite and PostgreSQL one state has every change up to the last one that it has, so a page without a
    /// filter is one statement. MariaDB makes a snapshot while transactions end: a state can have a change without an
    /// earlier one. There the last position is read first, by a statement of its own, and then the changes up to
    /// it: everything that was committed before is visible to a later statement.
    ///
    /// # Errors
    /// When the database fails, or the page starts after the last position.
    pub async fn changes(
        &self,
        account: AccountId,
        listing: &Listing,
        page: &PageRequest,
        columns: &[ColumnRef],
    ) -> Result<ChangeRows> {
        let mut columns = columns.to_vec();
        let position = index_of(&mut columns, SessionChangeTable::POSITION);
        let columns = &*columns;
        // Each change is tested. The index of words would find the sessions of all changes.
        let filter = &listing.filter.plan_searches(|_| SearchPlan::TEST_EACH);
        let is_only_host = self.has_one_host();
        let start = match page.after.as_ref().and_then(|position| position.0.first()) {
            Some(KeyValue::Number(number)) => *number,
            _ => 0,
        };
        // With two bounds, PostgreSQL expects few changes also where it does not see the bounds.
        let after = Some(Position(vec![KeyValue::Number(start)]));
        let page = &PageRequest { after, ..page.clone() };
        self.on_one_host(|reads| async move {
            let page_up_to = async |last| {
                let select = page_of(reads.backend(), account, filter, page, columns, last);
                match filter.is_unrestricted() {
                    true => reads.first_rows(account, select, Key::rows_of(page)).await,
                    false => reads.rows(account, &select).await,
                }
            };
            if filter.is_unrestricted() && reads.backend() != DbBackend::MySql {
                let rows = page_up_to(i64::MAX).await?;
                if let Some(last) = rows.len().checked_sub(1).and_then(|last| rows.get(last)) {
                    let last_position = last.i64(position)?;
                    return Ok(ChangeRows { rows, last_position, has_more: false });
                }
            }
            let last_position = reads.last_change(account).await?;
            if start == last_position {
                return Ok(ChangeRows { last_position, ..ChangeRows::default() });
            }
            if start > last_position {
                // Another host may be ahead of this one.
                return match is_only_host {
                    true => Err(newer_cursor()),
                    false => Ok(ChangeRows { last_position: start, ..ChangeRows::default() }),
                };
            }
            let untested = match filter.is_unrestricted() {
                true => None,
                false => reads.first_untested(account, start..=last_position).await?,
            };
            let last_position = untested.map_or(last_position, |position| position - 1);
            let rows = page_up_to(last_position).await?;
            Ok(ChangeRows { rows, last_position, has_more: untested.is_some() })
        })
        .await
    }

    /// These columns of a page of the change feed, however many changes have to be tested for it.
    pub(super) async fn change_rows(
        &self,
        account: AccountId,
        listing: &Listing,
        page: &PageRequest,
        columns: &[ColumnRef],
    ) -> Result<Rows> {
        let (mut rows, mut rest) = (Rows::default(), page.clone());
        loop {
            let found = Box::pin(self.changes(account, listing, &rest, columns)).await?;
            rows.append(found.rows)?;
            let missing =
                u32::try_from(rows.len()).ok().and_then(|read| page.size.checked_sub(read));
            match missing {
                Some(missing) if found.has_more => rest.size = missing,
                _ => return Ok(rows),
            }
            rest.after = Some(Position(vec![KeyValue::Number(found.last_position)]));
        }
    }

    /// The position of the first change that a page does not test, of the changes after the start of a range.
    async fn first_untested(
        &self,
        account: AccountId,
        range: RangeInclusive<i64>,
    ) -> Result<Option<i64>> {
        let mut select = Query::select();
        select
            .column(Column::Position)
            .from(Entity)
            .and_where(Column::AccountId.eq(account.0))
            .and_where(Column::Position.gt(*range.start()))
            .and_where(Column::Position.lte(*range.end()))
            .order_by(Column::Position, Order::Asc)
            .offset(ChangeRows::MAX_TESTED)
            .limit(1);
        self.rows(account, &select).await?.get(0).map(|row| row.i64(0)).transpose()
    }

    /// The position of the last change of an account, or 0.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_change(&self, account: AccountId) -> Result<i64> {
        let mut select = Query::select();
        select
            .column(change_counter::Column::Position)
            .from(change_counter::Entity)
            .and_where(change_counter::Column::AccountId.eq(account.0));
        self.rows(account, &select).await?.get(0).map_or(Ok(0), |row| row.i64(0))
    }
}

/// The error of a cursor whose position does not exist yet: the database is older than the cursor.
fn newer_cursor() -> Error {
    Error::input(
        "The cursor is newer than the history, which was restored from a backup. Start again without 'after'.",
    )
}

fn page_of(
    backend: DbBackend,
    account: AccountId,
    filter: &SessionFilter,
    page: &PageRequest,
    columns: &[ColumnRef],
    last_position: i64,
) -> SelectStatement {
    let mut select = Query::select();
    let last = match backend {
        // If it does not see one of two bounds, PostgreSQL expects as many changes as between any two.
        DbBackend::Postgres if filter.is_unrestricted() => hidden(last_position),
        _ => Expr::value(last_position),
    };
    select
        .from(Entity)
        .and_where(Column::AccountId.eq(account.0))
        .and_where(Column::Position.into_simple_expr().lte(last));
    select_columns(&mut select, "session_change", columns);
    let reads = |table| columns.iter().any(|column| column.table() == table);
    if !filter.is_unrestricted() {
        join_tested_sessions(&mut select, backend);
    } else if reads("session") || reads("technician") {
        select.left_join(session::Entity, of_change());
    }
    join_technicians(&mut select, columns);
    if !filter.is_unrestricted() {
        // Without the deletions, a copy would keep sessions that it has.
        let deleted = Column::Kind.eq(ChangeKind::Deleted.as_str());
        let matches = matching(filter, Target::new(account, backend));
        select.cond_where(Cond::any().add(deleted).add(matches));
    }
    Key::of(&CHANGES, backend).page(select, None, page)
}

/// The condition that a session is that of the change.
fn of_change() -> Expr {
    let same = |column: Column, other: session::Column| {
        column.into_simple_expr().equals((session::Entity, other))
    };
    same(Column::AccountId, session::Column::AccountId)
        .and(same(Column::SessionId, session::Column::Id))
}

/// Joins the sessions of changes, of which few may match. PostgreSQL would read all sessions, unless it has to find them
/// one by one.
fn join_tested_sessions(select: &mut SelectStatement, backend: DbBackend) {
    if backend != DbBackend::Postgres {
        select.left_join(session::Entity, of_change());
        return;
    }
    let one = Query::select()
        .column((session::Entity, Asterisk))
        .from(session::Entity)
        .and_where(of_change())
        .limit(1)
        .take();
    select.join_lateral(JoinType::LeftJoin, one, session::Entity, Expr::cust("TRUE"));
}

//! The change feed: the last change of each session, in the order of commits.

use entity::{
    change_counter, session,
    session_change::{Column, Entity},
};
use sea_orm::{
    ColumnTrait, DbBackend, IntoSimpleExpr,
    sea_query::{Cond, ExprTrait, Query, SelectStatement},
};

use super::session::{Listing, join_technicians};
use crate::{
    domain::{
        page::{KeyValue, PageRequest},
        session_change::ChangeKind,
        viewer::AccountId,
    },
    error::{Error, Result},
    store::{
        cluster::Rows,
        column::{ColumnRef, select_columns},
        filter::{Target, matching},
        keyset::Key,
        reads::Reads,
    },
};

/// A page of the change feed.
#[derive(Debug, Default)]
pub struct ChangeRows {
    /// The rows, one more than requested if the feed continues.
    pub rows: Rows,
    /// The position of the last change of the account. All changes up to it were visible to the read.
    pub last_position: i64,
}

impl Reads {
    /// These columns of a page of the change feed, which are columns of changes, of their sessions and of the
    /// technicians of these.
    ///
    /// The last position is read first, by a statement of its own, and then the changes up to it: everything that was
    /// committed before is visible to a later statement. A single state could have a change without an
    /// earlier one, since MariaDB makes a snapshot while transactions end.
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
        let columns = if columns.is_empty() { listing.order.key } else { columns };
        let listing = &*self.with_plan(account, listing).await?;
        let is_only_host = self.has_one_host();
        let start = page.after.as_ref().and_then(|position| match position.0.first() {
            Some(KeyValue::Number(number)) => Some(*number),
            _ => None,
        });
        self.on_one_host(|reads| async move {
            let last_position = reads.last_position(account).await?;
            if let Some(start) = start
                && start > last_position
            {
                // Another host may be ahead of this one.
                return match is_only_host {
                    true => Err(newer_cursor()),
                    false => Ok(ChangeRows { rows: Rows::default(), last_position: start }),
                };
            }
            let select = page_of(reads.backend(), account, listing, page, columns, last_position);
            Ok(ChangeRows { rows: reads.rows(account, &select).await?, last_position })
        })
        .await
    }

    async fn last_position(&self, account: AccountId) -> Result<i64> {
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
    listing: &Listing,
    page: &PageRequest,
    columns: &[ColumnRef],
    last_position: i64,
) -> SelectStatement {
    let Listing { filter, order } = listing;
    let mut select = Query::select();
    select
        .from(Entity)
        .and_where(Column::AccountId.eq(account.0))
        .and_where(Column::Position.lte(last_position));
    select_columns(&mut select, "session_change", columns);
    let reads = |table| columns.iter().any(|column| column.table() == table);
    if reads("session") || reads("technician") || !filter.is_unrestricted() {
        let key = Column::AccountId
            .into_simple_expr()
            .equals((session::Entity, session::Column::AccountId))
            .and(
                Column::SessionId.into_simple_expr().equals((session::Entity, session::Column::Id)),
            );
        select.left_join(session::Entity, key);
    }
    join_technicians(&mut select, columns);
    if !filter.is_unrestricted() {
        // Without the deletions, a copy would keep sessions that it has.
        let deleted = Column::Kind.eq(ChangeKind::Deleted.as_str());
        let matches = matching(filter, Target::new(account, backend));
        select.cond_where(Cond::any().add(deleted).add(matches));
    }
    Key::of(order, backend).page(select, None, page)
}

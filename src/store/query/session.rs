//! Sessions: by number, by page, and counted.

use entity::{
    session::{Column, Entity},
    technician,
};
use sea_orm::{
    ColumnTrait, DbBackend, IntoSimpleExpr,
    sea_query::{Asterisk, ExprTrait, Query, SelectStatement, SqliteQueryBuilder, UnionType},
};

use crate::{
    domain::{filter::SessionFilter, page::PageRequest, viewer::AccountId},
    error::Result,
    store::{
        cluster::Rows,
        column::{ColumnRef, select_columns, with_column},
        filter::{Target, in_list, matching},
        keyset::Key,
        order::Order,
        page_range::ChildRows,
        reads::Reads,
        table::SessionTable,
    },
};

/// The maximum number of values of a select. SQLite allows 32,766, the others twice as many.
const MAX_SELECT_VALUES: usize = 30_000;
/// The maximum number of branches of a union. SQLite allows 500.
const MAX_BRANCHES: usize = 256;
/// No technician has this number: they are numbered from 1.
const NO_TECHNICIAN: i64 = 0;

/// Which sessions, in which order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// Only sessions that match this.
    pub filter: SessionFilter,
    /// The order.
    pub order: &'static Order,
}

impl Reads {
    /// These columns of a page of the account's sessions and of their technicians: from the
    /// requested end, one more than requested.
    pub(super) async fn session_rows(
        &self,
        account: AccountId,
        listing: &Listing,
        page: &PageRequest,
        columns: &[ColumnRef],
    ) -> Result<Rows> {
        self.rows(account, &page_of(self.backend(), account, listing, page, columns)).await
    }

    /// The number of sessions that match a filter.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_count(&self, account: AccountId, filter: &SessionFilter) -> Result<u64> {
        let target = Target::to_count(account, self.backend(), filter);
        self.count(Some(account), &mut restricted(target, filter)).await
    }

    /// These columns of the same page of each of several technicians' sessions, in one statement,
    /// or in a few for very many technicians.
    pub(super) async fn session_rows_by_technician(
        &self,
        account: AccountId,
        technicians: &[i64],
        listing: &Listing,
        page: &PageRequest,
        columns: &[ColumnRef],
    ) -> Result<ChildRows> {
        let (columns, parent) = with_column(columns, SessionTable::TECHNICIAN_ID);
        let columns = columns.as_slice();
        let mut rows = Rows::default();
        let (_, values) =
            page_of(self.backend(), account, listing, page, columns).build(SqliteQueryBuilder);
        let most = MAX_SELECT_VALUES / (values.0.len() + 1);
        let most = most.clamp(1, MAX_BRANCHES);
        for technicians in technicians.chunks(most) {
            // Of few lengths, so that the statement stays prepared.
            let length = technicians.len().next_power_of_two().min(most);
            let padded = technicians.iter().chain(std::iter::repeat(&NO_TECHNICIAN)).take(length);
            // Each branch reads its few rows through the index of the technician's sessions.
            let branches = padded.map(|technician| {
                let mut select = page_of(self.backend(), account, listing, page, columns);
                select.and_where(Column::TechnicianId.eq(*technician));
                Query::select().column(Asterisk).from_subquery(select, "page").take()
            });
            if let Some(select) = union_all(branches) {
                rows.append(self.rows(account, &select).await?)?;
            }
        }
        ChildRows::group(rows, parent, Some(page))
    }

    /// The number of sessions of each of several technicians that match a filter; technicians
    /// without any are left out.
    pub(super) async fn session_counts_by_technician(
        &self,
        account: AccountId,
        technicians: &[i64],
        filter: &SessionFilter,
    ) -> Result<std::collections::BTreeMap<i64, u64>> {
        let mut select = restricted(self.target(account), filter);
        select
            .expr(Column::TechnicianId.into_simple_expr())
            .expr(Column::Id.count())
            .and_where(in_list(self.backend(), Column::TechnicianId, technicians))
            .add_group_by([Column::TechnicianId.into_simple_expr()]);
        self.counts(account, &select).await
    }

    fn target(&self, account: AccountId) -> Target {
        Target::new(account, self.backend())
    }
}

/// These columns of the sessions with these numbers and of their technicians, in no particular order.
pub(super) fn select_by_id(
    backend: DbBackend,
    account: AccountId,
    ids: &[i64],
    columns: &[ColumnRef],
) -> SelectStatement {
    let mut select = restricted(Target::new(account, backend), &SessionFilter::default());
    select.and_where(in_list(backend, Column::Id, ids));
    read(&mut select, columns);
    select
}

/// The account's sessions that match a filter.
fn restricted(target: Target, filter: &SessionFilter) -> SelectStatement {
    let mut select = Query::select();
    select.from(Entity).and_where(Column::AccountId.eq(target.account.0));
    if !filter.is_unrestricted() {
        select.cond_where(matching(filter, target));
    }
    select
}

/// Reads these columns of sessions and of their technicians.
fn read(select: &mut SelectStatement, columns: &[ColumnRef]) {
    select_columns(select, "session", columns);
    if columns.iter().any(|column| column.table() == "technician") {
        let same = |column: Column, other: technician::Column| {
            column.into_simple_expr().equals((technician::Entity, other))
        };
        let of = same(Column::AccountId, technician::Column::AccountId)
            .and(same(Column::TechnicianId, technician::Column::Id));
        select.left_join(technician::Entity, of);
    }
}

fn page_of(
    backend: DbBackend,
    account: AccountId,
    listing: &Listing,
    page: &PageRequest,
    columns: &[ColumnRef],
) -> SelectStatement {
    let mut select = restricted(Target::new(account, backend), &listing.filter);
    read(&mut select, columns);
    Key::of(listing.order, backend).page(&mut select, page);
    select
}

fn union_all(mut branches: impl Iterator<Item = SelectStatement>) -> Option<SelectStatement> {
    let mut first = branches.next()?;
    Some(first.unions(branches.map(|branch| (UnionType::All, branch))).take())
}

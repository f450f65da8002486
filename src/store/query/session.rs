//! Sessions: by number, by page, and counted.

use std::borrow::Cow;

use entity::{
    session::{Column, Entity},
    technician,
};
use sea_orm::{
    ColumnTrait, DbBackend, IntoSimpleExpr,
    sea_query::{
        Asterisk, Cond, Expr, ExprTrait, Query, SelectStatement, SqliteQueryBuilder, UnionType,
        extension::mysql::{IndexHintScope, MySqlSelectStatementExt},
    },
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
        search::page::SearchPage,
        table::SessionTable,
    },
};

/// The maximum number of values of a select. SQLite allows 32,766, the others twice as many.
pub(in crate::store) const MAX_SELECT_VALUES: usize = 30_000;
/// The maximum number of branches of a union. SQLite allows 500.
pub(in crate::store) const MAX_BRANCHES: usize = 256;
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
        let target = self.target(account);
        let in_order = |filter| SearchPage::new(target, filter, listing.order, page);
        let listing = match target.backend {
            DbBackend::Sqlite if in_order(&listing.filter).is_some() => Cow::Borrowed(listing),
            _ => self.with_plan(account, listing).await?,
        };
        if let Some(found) = SearchPage::new(target, &listing.filter, listing.order, page) {
            return self.found_rows(account, &found, page, columns).await;
        }
        let select = page_of(target, &listing, page, columns, |_| Restriction::default());
        match listing.filter.is_unrestricted() && !listing.order.absent_last {
            true => self.first_rows(account, select, Key::rows_of(page)).await,
            false => self.rows(account, &select).await,
        }
    }

    /// A page of a search.
    async fn found_rows(
        &self,
        account: AccountId,
        found: &SearchPage<'_>,
        page: &PageRequest,
        columns: &[ColumnRef],
    ) -> Result<Rows> {
        if let Some(mut some) = found.in_periods() {
            read(&mut some.select, columns);
            let rows = self.first_rows(account, some.select.clone(), Key::rows_of(page)).await?;
            if some.is_complete(&rows, page) {
                return Ok(rows);
            }
            self.search_plans.remove(account, found.search());
        }
        let mut select = found.select();
        read(&mut select, columns);
        self.first_rows(account, select, Key::rows_of(page)).await
    }

    /// A list whose searches know how they are done.
    pub(in crate::store) async fn with_plan<'a>(
        &self,
        account: AccountId,
        listing: &'a Listing,
    ) -> Result<Cow<'a, Listing>> {
        let planned = self.plan_searches(account, &listing.filter).await?;
        Ok(planned.map_or(Cow::Borrowed(listing), |filter| {
            Cow::Owned(Listing { filter, order: listing.order })
        }))
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
        let listing = &*self.with_plan(account, listing).await?;
        let mut rows = Rows::default();
        let backend = self.backend();
        let page_of = |technician| {
            let restrict = |select: &mut _| {
                of_technician(select, technician, backend);
                Restriction { has_index: true, ..Restriction::default() }
            };
            page_of(self.target(account), listing, page, columns, restrict)
        };
        let (_, values) = page_of(NO_TECHNICIAN).build(SqliteQueryBuilder);
        let most = MAX_SELECT_VALUES / (values.0.len() + 1);
        let most = most.clamp(1, MAX_BRANCHES);
        for technicians in technicians.chunks(most) {
            // Of few lengths, so that the statement stays prepared.
            let length = technicians.len().next_power_of_two().min(most);
            let padded = technicians.iter().chain(std::iter::repeat(&NO_TECHNICIAN)).take(length);
            // Each branch reads its few rows through the index of the technician's sessions.
            let branches = padded.map(|technician| {
                let page = page_of(*technician);
                Query::select().column(Asterisk).from_subquery(page, "page").take()
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

    pub(in crate::store) fn target(&self, account: AccountId) -> Target {
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
pub(in crate::store) fn restricted(target: Target, filter: &SessionFilter) -> SelectStatement {
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
    join_technicians(select, columns);
}

/// Joins the technicians of sessions, if columns of them are read.
pub(super) fn join_technicians(select: &mut SelectStatement, columns: &[ColumnRef]) {
    if columns.iter().any(|column| column.table() == "technician") {
        let same = |column: Column, other: technician::Column| {
            column.into_simple_expr().equals((technician::Entity, other))
        };
        let of = same(Column::AccountId, technician::Column::AccountId)
            .and(same(Column::TechnicianId, technician::Column::Id));
        select.left_join(technician::Entity, of);
    }
}

/// How some sessions are left out of a page.
#[derive(Default)]
pub(in crate::store) struct Restriction {
    /// Whether an index has the others together.
    pub(in crate::store) has_index: bool,
    /// Bounds of the start. They stand after the cursors, as those of a filter.
    pub(in crate::store) bounds: Vec<Expr>,
}

/// These columns of a page of the account's sessions. `restrict` leaves out some.
pub(in crate::store) fn page_of(
    target: Target,
    listing: &Listing,
    page: &PageRequest,
    columns: &[ColumnRef],
    restrict: impl FnOnce(&mut SelectStatement) -> Restriction,
) -> SelectStatement {
    let mut select = restricted(target, &SessionFilter::default());
    read(&mut select, columns);
    let target = target.in_order_of(listing.order.index);
    let Restriction { has_index, bounds } = restrict(&mut select);
    let mut conditions = bounds.into_iter().fold(Cond::all(), Cond::add);
    if !listing.filter.is_unrestricted() {
        conditions = conditions.add(matching(&listing.filter, target));
    }
    let key = Key::of(listing.order, target.backend);
    let key = match has_index {
        true => key.of_rows_with_index(),
        false if conditions.is_empty() => key.of_all_rows(),
        false => key,
    };
    key.page(select, (!conditions.is_empty()).then_some(conditions), page)
}

/// Leaves out sessions that are not of a technician.
pub(in crate::store) fn of_technician(
    select: &mut SelectStatement,
    technician: i64,
    backend: DbBackend,
) {
    select.and_where(Column::TechnicianId.eq(technician));
    if backend == DbBackend::MySql {
        // MariaDB would read the sessions of the account by number until it has a page of open ones.
        select.force_index("session_by_technician", IndexHintScope::All);
    }
}

pub(in crate::store) fn union_all(
    mut branches: impl Iterator<Item = SelectStatement>,
) -> Option<SelectStatement> {
    let mut first = branches.next()?;
    Some(first.unions(branches.map(|branch| (UnionType::All, branch))).take())
}

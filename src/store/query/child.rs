//! What belongs to a session, read for many sessions at once.

use std::collections::BTreeMap;

use sea_orm::{
    ColumnTrait, DbBackend, EntityName, IntoSimpleExpr, Order,
    sea_query::{
        Alias, Asterisk, Expr, ExprTrait, OverStatement, Query, SelectStatement, WindowStatement,
    },
};

use crate::{
    domain::{
        filter::Filter,
        page::{End, KeyValue, PageRequest, Position},
        viewer::AccountId,
    },
    error::Result,
    store::{
        child::Child,
        cluster::Rows,
        column::{ColumnRef, select_columns, with_column},
        filter::{Condition, Target, in_list, matching},
        keyset::Key,
        page_range::ChildRows,
        reads::Reads,
    },
};

/// The maximum number of sessions of one statement. MySQL gets one value for each session, and allows 65,535.
pub(super) const MAX_PARENTS: usize = 16_384;

/// Which children of each session: those of a page that match a filter.
type ChildPage<'a, T> = (&'a Filter<<T as Child>::Condition>, &'a PageRequest);

impl Reads {
    /// These columns of the same page of the children of each of these sessions, in one statement,
    /// or in a few for very many sessions.
    pub(super) async fn child_rows<T: Child<Condition: Condition>>(
        &self,
        account: AccountId,
        sessions: &[i64],
        (filter, page): ChildPage<'_, T>,
        columns: &[ColumnRef],
    ) -> Result<ChildRows> {
        let (columns, parent) = with_column(columns, T::PARENT);
        let mut rows = Rows::default();
        for sessions in sessions.chunks(MAX_PARENTS) {
            let select = page_of::<T>(self.backend(), account, sessions, (filter, page), &columns);
            let mut some = self.rows(account, &select).await?;
            if self.backend() == DbBackend::Postgres {
                some.sort_by_numbers([parent, columns.len()])?;
            }
            rows.append(some)?;
        }
        ChildRows::group(rows, parent, Some(page))
    }

    /// The number of children of each of these sessions that match a filter; sessions without any
    /// are left out.
    pub(super) async fn child_counts<T: Child<Condition: Condition>>(
        &self,
        account: AccountId,
        sessions: &[i64],
        filter: &Filter<T::Condition>,
    ) -> Result<BTreeMap<i64, u64>> {
        let [_, session_id, seq] = T::KEY;
        let mut counts = BTreeMap::new();
        for sessions in sessions.chunks(MAX_PARENTS) {
            let mut select = restricted::<T>(self.backend(), account, sessions, filter);
            select
                .expr(session_id.into_simple_expr())
                .expr(seq.count())
                .add_group_by([session_id.into_simple_expr()]);
            counts.append(&mut self.counts(account, &select).await?);
        }
        Ok(counts)
    }
}

/// These columns of the children with these sessions and numbers, and perhaps of others of the same
/// sessions.
pub(super) fn select_by_id<T: Child>(
    backend: DbBackend,
    account: AccountId,
    sessions: &[i64],
    numbers: &[i64],
    columns: &[ColumnRef],
) -> SelectStatement {
    let [_, _, seq] = T::KEY;
    let mut select = of::<T>(backend, account, sessions);
    select.and_where(in_list(backend, seq, numbers));
    select_columns(&mut select, T::Table::default().table_name(), columns);
    select
}

/// The children of these sessions.
fn of<T: Child>(backend: DbBackend, account: AccountId, sessions: &[i64]) -> SelectStatement {
    let [account_id, session_id, _] = T::KEY;
    let mut select = Query::select();
    select
        .from(T::Table::default())
        .and_where(account_id.eq(account.0))
        .and_where(in_list(backend, session_id, sessions));
    select
}

fn restricted<T: Child<Condition: Condition>>(
    backend: DbBackend,
    account: AccountId,
    sessions: &[i64],
    filter: &Filter<T::Condition>,
) -> SelectStatement {
    let mut select = of::<T>(backend, account, sessions);
    if !filter.is_unrestricted() {
        select.cond_where(matching(filter, Target::new(account, backend)));
    }
    select
}

/// The page of each of these sessions' children.
fn page_of<T: Child<Condition: Condition>>(
    backend: DbBackend,
    account: AccountId,
    sessions: &[i64],
    (filter, page): ChildPage<'_, T>,
    columns: &[ColumnRef],
) -> SelectStatement {
    let [_, session_id, seq] = T::KEY;
    let mut select = restricted::<T>(backend, account, sessions, filter);
    select_columns(&mut select, T::Table::default().table_name(), columns);
    let key = Key::of(T::ORDER, backend);
    key.between(&mut select, page);
    // On PostgreSQL, the rows have the column `list_position`, by which the gateway sorts them: PostgreSQL would
    // sort them although an index has them in order. The other databases use the index.
    let position = Alias::new("list_position");
    let sorts = backend != DbBackend::Postgres;
    if page.end == End::First && filter.is_unrestricted() {
        // Children are numbered from 1 without a gap, so that the number bounds the page.
        let start = page.after.as_ref().map_or(0, number);
        select.and_where(seq.lte(start.saturating_add(i64::from(page.size) + 1)));
        if sorts {
            select.order_by_expr(session_id.into_simple_expr(), Order::Asc);
            key.order(&mut select, page.end);
        } else {
            select.expr_as(seq.into_simple_expr(), position);
        }
        return select;
    }
    let mut numbered = WindowStatement::new();
    numbered.add_partition_by(session_id.into_simple_expr());
    numbered.order_by_expr(seq.into_simple_expr(), key.direction(page.end));
    let owner = Alias::new("owner");
    if sorts {
        select.expr_as(session_id.into_simple_expr(), owner.clone());
    }
    select.expr_window_as(Expr::cust("ROW_NUMBER()"), numbered, position.clone());
    let mut cut = Query::select();
    cut.column(Asterisk)
        .from_subquery(select, Alias::new("numbered"))
        .and_where(Expr::col(position.clone()).lte(i64::from(page.size) + 1));
    if sorts {
        cut.order_by(owner, Order::Asc).order_by(position, Order::Asc);
    }
    cut
}

/// The number of a child in a position by number.
fn number(position: &Position) -> i64 {
    match position.0.as_slice() {
        [KeyValue::Number(number)] => *number,
        _ => 0,
    }
}

//! What belongs to a session, read for many sessions at once.

use std::collections::BTreeMap;

use sea_orm::{
    ColumnTrait, DbBackend, EntityName, EntityTrait, FromQueryResult, IntoSimpleExpr, Order, Value,
    sea_query::{
        Alias, Asterisk, Expr, ExprTrait, OverStatement, Query, SelectStatement, WindowStatement,
    },
};

use super::{
    Column, Reads, Rows,
    filter::{Condition, Target, matching, one_of},
    keyset::{Key, KeyValues},
    rows,
};
use crate::{
    domain::{
        filter::Filter,
        page::{End, PageRequest, Seq},
        viewer::AccountId,
    },
    error::Result,
};

/// The most sessions of one statement. MySQL, which gets them one by one, takes 65,535 values.
pub(super) const MAX_PARENTS: usize = 16_384;

/// A row of a table of what belongs to sessions.
pub trait Child: FromQueryResult {
    /// The table.
    type Table: EntityTrait;
    /// What a filter may ask of a row.
    type Condition: Condition;
    /// The account's column, the session's, and that of the place within the session.
    const KEY: [<Self::Table as EntityTrait>::Column; 3];
    /// The columns of a whole row.
    const ALL: &'static [Column];
}

impl Reads {
    /// The same page of the children of each of these sessions: each session's in order from the
    /// asked end, one more than asked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn child_pages<T: Child>(
        &self,
        account: AccountId,
        sessions: &[i64],
        filter: &Filter<T::Condition>,
        page: &PageRequest<Seq>,
    ) -> Result<Vec<T>> {
        self.child_rows::<T>(account, sessions, filter, page, T::ALL).await?.models()
    }

    /// These columns, of which the session's is the first, of the same page of the children of each
    /// of these sessions, in one statement (or a few, of very many): one session after the other,
    /// each session's in order from the asked end, one more than asked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn child_rows<T: Child>(
        &self,
        account: AccountId,
        sessions: &[i64],
        filter: &Filter<T::Condition>,
        page: &PageRequest<Seq>,
        columns: &[Column],
    ) -> Result<Rows> {
        let mut rows = Rows::default();
        for sessions in sessions.chunks(MAX_PARENTS) {
            let select = page_of::<T>(self.backend(), account, sessions, filter, page, columns);
            let mut some = self.rows(&select).await?;
            if self.backend() == DbBackend::Postgres {
                some.sort_by_numbers([0, columns.len()])?;
            }
            rows.0.append(&mut some.0);
        }
        Ok(rows)
    }

    /// The children with these sessions and places, and perhaps others of the same sessions.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn children_by_id<T: Child>(
        &self,
        account: AccountId,
        sessions: &[i64],
        places: &[i64],
    ) -> Result<Vec<T>> {
        let [_, _, seq] = T::KEY;
        let mut select = of::<T>(self.backend(), account, sessions);
        select.and_where(one_of(self.backend(), seq, places));
        rows::select(&mut select, T::Table::default().table_name(), T::ALL);
        self.rows(&select).await?.models()
    }

    /// How many children of each of these sessions a filter keeps; sessions without any are left
    /// out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn child_counts<T: Child>(
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
            counts.append(&mut self.counts(&select).await?);
        }
        Ok(counts)
    }
}

/// The children of these sessions.
fn of<T: Child>(backend: DbBackend, account: AccountId, sessions: &[i64]) -> SelectStatement {
    let [account_id, session_id, _] = T::KEY;
    let mut select = Query::select();
    select
        .from(T::Table::default())
        .and_where(account_id.eq(account.0))
        .and_where(one_of(backend, session_id, sessions));
    select
}

fn restricted<T: Child>(
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
fn page_of<T: Child>(
    backend: DbBackend,
    account: AccountId,
    sessions: &[i64],
    filter: &Filter<T::Condition>,
    page: &PageRequest<Seq>,
    columns: &[Column],
) -> SelectStatement {
    let [_, session_id, seq] = T::KEY;
    let mut select = restricted::<T>(backend, account, sessions, filter);
    rows::select(&mut select, T::Table::default().table_name(), columns);
    let key = Key { columns: &[seq.into_simple_expr()], ascending: true, backend };
    key.between(&mut select, page);
    // On PostgreSQL the last column, by which whoever reads the rows puts them into order: it
    // would sort what it does not know to be in order. The others read along the key.
    let place = Alias::new("place");
    let sorts = backend != DbBackend::Postgres;
    if page.end == End::First && filter.is_unrestricted() {
        // Children are numbered from 1 without a gap, so that the number bounds the page.
        let start = page.after.map_or(0, |after| after.0);
        select.and_where(seq.lte(start.saturating_add(i64::from(page.size) + 1)));
        if sorts {
            select.order_by_expr(session_id.into_simple_expr(), Order::Asc);
            key.order(&mut select, page.end);
        } else {
            select.expr_as(seq.into_simple_expr(), place);
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
    select.expr_window_as(Expr::cust("ROW_NUMBER()"), numbered, place.clone());
    let mut cut = Query::select();
    cut.column(Asterisk)
        .from_subquery(select, Alias::new("numbered"))
        .and_where(Expr::col(place.clone()).lte(i64::from(page.size) + 1));
    if sorts {
        cut.order_by(owner, Order::Asc).order_by(place, Order::Asc);
    }
    cut
}

impl KeyValues for Seq {
    fn key_values(&self) -> Vec<Value> {
        vec![self.0.into()]
    }
}

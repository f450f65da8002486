//! What belongs to a session, read for many sessions at once.

use std::collections::BTreeMap;

use sea_orm::{
    ColumnTrait, EntityName, EntityTrait, FromQueryResult, IntoSimpleExpr, Order, QueryFilter,
    QuerySelect, QueryTrait, Select, Value,
    sea_query::{Alias, Asterisk, Expr, ExprTrait, OverStatement, Query, WindowStatement},
};

use super::{
    Column, Reads, Rows,
    filter::{Condition, matching},
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

    /// These columns of the same page of the children of each of these sessions, in one statement:
    /// one session after the other, each's in order from the asked end, one more than asked.
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
        let [_, session_id, seq] = T::KEY;
        let mut select = restricted::<T>(account, sessions, filter).into_query();
        rows::select(&mut select, T::Table::default().table_name(), columns);
        let key = Key { columns: &[seq.into_simple_expr()], ascending: true };
        key.between(&mut select, page);
        if page.end == End::First && filter.is_unrestricted() {
            // Children are numbered from 1 without a gap, so that the number bounds the page.
            let start = page.after.map_or(0, |after| after.0);
            select.and_where(seq.lte(start.saturating_add(i64::from(page.size) + 1)));
            select.order_by_expr(session_id.into_simple_expr(), Order::Asc);
            key.order(&mut select, page.end);
            return self.rows(&select).await;
        }
        let mut numbered = WindowStatement::new();
        numbered.add_partition_by(session_id.into_simple_expr());
        numbered.order_by_expr(seq.into_simple_expr(), key.direction(page.end));
        let (owner, place) = (Alias::new("owner"), Alias::new("place"));
        select.expr_as(session_id.into_simple_expr(), owner.clone());
        select.expr_window_as(Expr::cust("ROW_NUMBER()"), numbered, place.clone());
        let cut = Query::select()
            .column(Asterisk)
            .from_subquery(select, Alias::new("numbered"))
            .and_where(Expr::col(place.clone()).lte(i64::from(page.size) + 1))
            .order_by(owner, Order::Asc)
            .order_by(place, Order::Asc)
            .take();
        self.rows(&cut).await
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
        let select = of::<T>(account, sessions).filter(seq.is_in(places.iter().copied()));
        let mut select = select.into_query();
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
        let select = restricted::<T>(account, sessions, filter)
            .column(session_id)
            .column_as(seq.count(), "count")
            .group_by(session_id)
            .into_query();
        self.counts(&select).await
    }
}

fn of<T: Child>(account: AccountId, sessions: &[i64]) -> Select<T::Table> {
    let [account_id, session_id, _] = T::KEY;
    T::Table::find()
        .select_only()
        .filter(account_id.eq(account.0))
        .filter(session_id.is_in(sessions.iter().copied()))
}

fn restricted<T: Child>(
    account: AccountId,
    sessions: &[i64],
    filter: &Filter<T::Condition>,
) -> Select<T::Table> {
    let select = of::<T>(account, sessions);
    if filter.is_unrestricted() { select } else { select.filter(matching(filter, account)) }
}

impl KeyValues for Seq {
    fn key_values(&self) -> Vec<Value> {
        vec![self.0.into()]
    }
}

//! What belongs to a session, read for many sessions at once.

use std::collections::BTreeMap;

use sea_orm::{
    ColumnTrait, EntityTrait, IntoSimpleExpr, Order, PartialModelTrait, QueryFilter, QuerySelect,
    QueryTrait, Select, Value,
    sea_query::{Alias, Asterisk, Expr, ExprTrait, OverStatement, Query, WindowStatement},
};

use super::{
    Reads,
    filter::{Condition, matching},
    keyset::{Key, KeyValues},
};
use crate::{
    domain::{
        filter::Filter,
        page::{End, PageRequest, Seq},
        viewer::AccountId,
    },
    error::Result,
};

/// The key columns of a table of children.
pub(super) struct Table<E: EntityTrait> {
    pub(super) account_id: E::Column,
    pub(super) session_id: E::Column,
    pub(super) seq: E::Column,
}

impl<E: EntityTrait> Table<E> {
    /// The same page of the children of each of these sessions, in one statement: each session's
    /// in order from the asked end, one more than asked.
    pub(super) async fn pages<R: PartialModelTrait, C: Condition>(
        &self,
        reads: &Reads,
        account: AccountId,
        sessions: &[i64],
        filter: &Filter<C>,
        page: &PageRequest<Seq>,
    ) -> Result<Vec<R>> {
        let select = self.restricted(account, sessions, filter);
        let mut select = R::select_cols(select).into_query();
        let key = Key { columns: &[self.seq.into_simple_expr()], ascending: true };
        key.between(&mut select, page);
        if page.end == End::First && filter.is_unrestricted() {
            // Children are numbered from 1 without a gap, so that the number bounds the page.
            let start = page.after.map_or(0, |after| after.0);
            select.and_where(self.seq.lte(start.saturating_add(i64::from(page.size) + 1)));
            select.order_by_expr(self.session_id.into_simple_expr(), Order::Asc);
            key.order(&mut select, page.end);
            return reads.all(&select).await;
        }
        let mut numbered = WindowStatement::new();
        numbered.add_partition_by(self.session_id.into_simple_expr());
        numbered.order_by_expr(self.seq.into_simple_expr(), key.direction(page.end));
        let place = Alias::new("place");
        select.expr_window_as(Expr::cust("ROW_NUMBER()"), numbered, place.clone());
        let cut = Query::select()
            .column(Asterisk)
            .from_subquery(select, Alias::new("numbered"))
            .and_where(Expr::col(place.clone()).lte(i64::from(page.size) + 1))
            .order_by(place, Order::Asc)
            .take();
        reads.all(&cut).await
    }

    /// The children with these places in these sessions, and perhaps others of the same sessions.
    pub(super) async fn around<R: PartialModelTrait>(
        &self,
        reads: &Reads,
        account: AccountId,
        sessions: &[i64],
        places: &[i64],
    ) -> Result<Vec<R>> {
        let select =
            self.of(account, sessions).filter(self.seq.is_in(places.iter().copied())).select_only();
        reads.all(&R::select_cols(select).into_query()).await
    }

    /// How many children of each of these sessions a filter keeps; those without any are left out.
    pub(super) async fn counts<C: Condition>(
        &self,
        reads: &Reads,
        account: AccountId,
        sessions: &[i64],
        filter: &Filter<C>,
    ) -> Result<BTreeMap<i64, u64>> {
        let select = self
            .restricted(account, sessions, filter)
            .column(self.session_id)
            .column_as(self.seq.count(), "count")
            .group_by(self.session_id)
            .into_query();
        reads.counts(&select).await
    }

    fn of(&self, account: AccountId, sessions: &[i64]) -> Select<E> {
        E::find()
            .filter(self.account_id.eq(account.0))
            .filter(self.session_id.is_in(sessions.iter().copied()))
    }

    fn restricted<C: Condition>(
        &self,
        account: AccountId,
        sessions: &[i64],
        filter: &Filter<C>,
    ) -> Select<E> {
        let select = self.of(account, sessions).select_only();
        if filter.is_unrestricted() { select } else { select.filter(matching(filter, account)) }
    }
}

impl KeyValues for Seq {
    fn key_values(&self) -> Vec<Value> {
        vec![self.0.into()]
    }
}

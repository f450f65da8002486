//! The audit of an account, for its administrators.

use entity::{
    api_key,
    audit_event::{Column, Entity},
};
use sea_orm::{
    ColumnTrait, IntoSimpleExpr,
    sea_query::{ExprTrait, Query, SelectStatement},
};

use crate::{
    domain::{page::PageRequest, viewer::AccountId},
    error::Result,
    store::{
        cluster::Rows,
        column::{ColumnRef, select_columns},
        keyset::Key,
        order,
        reads::Reads,
    },
};

impl Reads {
    /// These columns of a page of the account's events and of their keys: from the requested end, one more
    /// than requested.
    pub(super) async fn audit_event_rows(
        &self,
        account: AccountId,
        page: &PageRequest,
        columns: &[ColumnRef],
    ) -> Result<Rows> {
        let mut select = of(account);
        select_columns(&mut select, "audit_event", columns);
        if columns.iter().any(|column| column.table() == "api_key") {
            let same_key =
                Column::KeyId.into_simple_expr().equals((api_key::Entity, api_key::Column::Id));
            select.left_join(api_key::Entity, same_key);
        }
        let key = Key::of(&order::AUDIT_EVENTS, self.backend());
        self.rows(account, &key.page(select, None, page)).await
    }

    /// The number of the account's events.
    pub(super) async fn audit_event_count(&self, account: AccountId) -> Result<u64> {
        self.count(Some(account), &mut of(account)).await
    }
}

fn of(account: AccountId) -> SelectStatement {
    Query::select().from(Entity).and_where(Column::AccountId.eq(account.0)).take()
}

//! The holds of an account, for its administrators.

use entity::hold::{Column, Entity};
use sea_orm::{
    ColumnTrait,
    sea_query::{Query, SelectStatement},
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
    /// These columns of a page of the account's holds: from the requested end, one more than requested.
    pub(super) async fn hold_rows(
        &self,
        account: AccountId,
        page: &PageRequest,
        columns: &[ColumnRef],
    ) -> Result<Rows> {
        let mut select = of(account);
        select_columns(&mut select, "hold", columns);
        let key = Key::of(&order::HOLDS, self.backend());
        self.rows(account, &key.page(select, None, page)).await
    }

    /// The number of the account's holds.
    pub(super) async fn hold_count(&self, account: AccountId) -> Result<u64> {
        self.count(Some(account), &mut of(account)).await
    }
}

fn of(account: AccountId) -> SelectStatement {
    Query::select().from(Entity).and_where(Column::AccountId.eq(account.0)).take()
}

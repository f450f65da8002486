//! Technicians: by number, by user name, by page, and counted.

use entity::technician::{Column, Entity};
use sea_orm::{
    ColumnTrait, DbBackend, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::SelectStatement,
};

use crate::{
    domain::{filter::TechnicianFilter, page::PageRequest, text, viewer::AccountId},
    error::Result,
    store::{
        cluster::Rows,
        column::{ColumnRef, select_columns},
        filter::{Target, in_list, matching},
        keyset::Key,
        order,
        reads::Reads,
    },
};

impl Reads {
    /// These columns of the technician with this user name in any letter case; one row or
    /// none.
    pub(super) async fn technician_rows_by_username(
        &self,
        account: AccountId,
        username: &str,
        columns: &[ColumnRef],
    ) -> Result<Rows> {
        let username = Column::UsernameFolded.eq(text::fold(username));
        self.rows(account, &columns_of(of(account).filter(username), columns)).await
    }

    /// These columns of a page of the account's technicians by user name: from the requested end,
    /// one more than requested.
    pub(super) async fn technician_rows(
        &self,
        account: AccountId,
        filter: &TechnicianFilter,
        page: &PageRequest,
        columns: &[ColumnRef],
    ) -> Result<Rows> {
        let target = Target::new(account, self.backend());
        let select = columns_of(of(account), columns);
        let filter = (!filter.is_unrestricted()).then(|| matching(filter, target));
        let key = Key::of(&order::TECHNICIANS, self.backend());
        self.rows(account, &key.page(select, filter, page)).await
    }

    /// The number of technicians that match a filter.
    pub(super) async fn technician_count(
        &self,
        account: AccountId,
        filter: &TechnicianFilter,
    ) -> Result<u64> {
        let target = Target::new(account, self.backend());
        let select = of(account).filter(matching(filter, target)).select_only();
        self.count(Some(account), &mut select.into_query()).await
    }
}

/// These columns of the technicians with these numbers, in no particular order.
pub(super) fn select_by_id(
    backend: DbBackend,
    account: AccountId,
    ids: &[i64],
    columns: &[ColumnRef],
) -> SelectStatement {
    columns_of(of(account).filter(in_list(backend, Column::Id, ids)), columns)
}

fn of(account: AccountId) -> sea_orm::Select<Entity> {
    Entity::find().filter(Column::AccountId.eq(account.0))
}

fn columns_of(select: sea_orm::Select<Entity>, columns: &[ColumnRef]) -> SelectStatement {
    let mut select = select.select_only().into_query();
    select_columns(&mut select, "technician", columns);
    select
}

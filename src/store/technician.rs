//! Technicians: by number, by user name, by page, and counted.

use entity::technician::{Column, Entity};
use sea_orm::{
    ColumnTrait, DerivePartialModel, EntityTrait, IntoSimpleExpr, PartialModelTrait, QueryFilter,
    QuerySelect, QueryTrait, Value,
};

use super::{
    Reads,
    filter::matching,
    keyset::{Key, KeyValues},
};
use crate::{
    domain::{
        filter::TechnicianFilter,
        page::{Page, PageRequest, TechnicianPosition},
        text,
        viewer::AccountId,
    },
    error::Result,
};

/// A technician as it is read.
#[derive(Clone, Debug, PartialEq, Eq, DerivePartialModel)]
#[sea_orm(entity = "Entity")]
#[expect(missing_docs, reason = "the columns are documented in the entity")]
pub struct Row {
    pub id: i64,
    pub username: String,
    pub username_folded: String,
    pub name: Option<String>,
}

impl Reads {
    /// The technicians with these numbers, in no particular order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn technicians_by_id(&self, account: AccountId, ids: &[i64]) -> Result<Vec<Row>> {
        let select = of(account).filter(Column::Id.is_in(ids.iter().copied()));
        self.all(&Row::select_cols(select.select_only()).into_query()).await
    }

    /// The technician with this user name, but for case.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn technician_by_username(
        &self,
        account: AccountId,
        username: &str,
    ) -> Result<Option<Row>> {
        let select = of(account).filter(Column::UsernameFolded.eq(text::fold(username)));
        self.one(&Row::select_cols(select.select_only()).into_query()).await
    }

    /// A page of the account's technicians by user name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn technician_page(
        &self,
        account: AccountId,
        filter: &TechnicianFilter,
        page: &PageRequest<TechnicianPosition>,
    ) -> Result<Page<Row>> {
        let select = of(account).filter(matching(filter, account)).select_only();
        let mut select = Row::select_cols(select).into_query();
        let columns = [Column::UsernameFolded.into_simple_expr()];
        Key { columns: &columns, ascending: true }.page(&mut select, page);
        Ok(Page::from_read(self.all(&select).await?, page))
    }

    /// How many technicians a filter keeps.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn technician_count(
        &self,
        account: AccountId,
        filter: &TechnicianFilter,
    ) -> Result<u64> {
        let select = of(account).filter(matching(filter, account)).select_only();
        self.count(&mut select.into_query()).await
    }
}

fn of(account: AccountId) -> sea_orm::Select<Entity> {
    Entity::find().filter(Column::AccountId.eq(account.0))
}

impl KeyValues for TechnicianPosition {
    fn key_values(&self) -> Vec<Value> {
        vec![self.0.clone().into()]
    }
}

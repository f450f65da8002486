//! Technicians: by number, by user name, by page, and counted.

use entity::technician::{Column, Entity};
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, IntoSimpleExpr, QueryFilter, QuerySelect,
    QueryTrait, Value,
};

use super::{
    Column as Asked, Reads, Rows,
    filter::{Target, matching, one_of},
    keyset::{Key, KeyValues},
    rows,
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
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
#[expect(missing_docs, reason = "the columns are documented in the entity")]
pub struct Row {
    pub id: i64,
    pub username: String,
    pub username_folded: String,
    pub name: Option<String>,
}

#[expect(missing_docs, reason = "the columns are documented in the entity")]
impl Row {
    pub const ID: Asked = Asked::of("technician", "id");
    pub const USERNAME: Asked = Asked::of("technician", "username");
    /// The user name as lists are sorted by it.
    pub const SORT_KEY: Asked = Asked::of("technician", "username_folded");
    pub const NAME: Asked = Asked::of("technician", "name");
    const ALL: &[Asked] = &[Self::ID, Self::USERNAME, Self::SORT_KEY, Self::NAME];
}

impl Reads {
    /// The technicians with these numbers, in no particular order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn technicians_by_id(&self, account: AccountId, ids: &[i64]) -> Result<Vec<Row>> {
        let select = of(account).filter(one_of(self.backend(), Column::Id, ids));
        self.rows_of(select, Row::ALL).await?.models()
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
        let rows = self.technician_rows_by_username(account, username, Row::ALL).await?;
        Ok(rows.models()?.pop())
    }

    /// These columns of the technician with this user name, but for case; one row or none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn technician_rows_by_username(
        &self,
        account: AccountId,
        username: &str,
        columns: &[Asked],
    ) -> Result<Rows> {
        let select = of(account).filter(Column::UsernameFolded.eq(text::fold(username)));
        self.rows_of(select, columns).await
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
        let rows = self.technician_rows(account, filter, page, Row::ALL).await?;
        Ok(Page::from_read(rows.models()?, page))
    }

    /// These columns of a page of the account's technicians by user name: from the asked end, one
    /// more than asked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn technician_rows(
        &self,
        account: AccountId,
        filter: &TechnicianFilter,
        page: &PageRequest<TechnicianPosition>,
        columns: &[Asked],
    ) -> Result<Rows> {
        let target = Target::new(account, self.backend());
        let select = of(account).filter(matching(filter, target)).select_only();
        let mut select = select.into_query();
        rows::select(&mut select, "technician", columns);
        let key = [Column::UsernameFolded.into_simple_expr()];
        Key { columns: &key, ascending: true, backend: self.backend() }.page(&mut select, page);
        self.rows(&select).await
    }

    async fn rows_of(&self, select: sea_orm::Select<Entity>, columns: &[Asked]) -> Result<Rows> {
        let mut select = select.select_only().into_query();
        rows::select(&mut select, "technician", columns);
        self.rows(&select).await
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
        let target = Target::new(account, self.backend());
        let select = of(account).filter(matching(filter, target)).select_only();
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

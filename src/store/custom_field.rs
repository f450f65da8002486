//! Custom fields of sessions, for many sessions at once.

use entity::custom_field::{Column, Entity};
use sea_orm::{
    ColumnTrait, DerivePartialModel, EntityTrait, PartialModelTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
};

use super::Reads;
use crate::{domain::viewer::AccountId, error::Result};

/// A custom field as it is read.
#[derive(Clone, Debug, PartialEq, Eq, DerivePartialModel)]
#[sea_orm(entity = "Entity")]
#[expect(missing_docs, reason = "the columns are documented in the entity")]
pub struct Row {
    pub session_id: i64,
    pub name: String,
    pub name_folded: String,
    pub value: Option<String>,
}

impl Reads {
    /// The custom fields of these sessions, each session's in order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn custom_fields(&self, account: AccountId, sessions: &[i64]) -> Result<Vec<Row>> {
        let select = Entity::find()
            .filter(Column::AccountId.eq(account.0))
            .filter(Column::SessionId.is_in(sessions.iter().copied()))
            .order_by_asc(Column::SessionId)
            .order_by_asc(Column::Seq)
            .select_only();
        self.all(&Row::select_cols(select).into_query()).await
    }
}

//! Custom fields of sessions, for many sessions at once.

use entity::custom_field::{Column, Entity};
use sea_orm::{ColumnTrait, FromQueryResult, IntoSimpleExpr, Order, sea_query::Query};

use super::{Column as Asked, Reads, Rows, child::MAX_PARENTS, filter::one_of, rows};
use crate::{domain::viewer::AccountId, error::Result};

/// A custom field as it is read.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
#[expect(missing_docs, reason = "the columns are documented in the entity")]
pub struct Row {
    pub session_id: i64,
    pub name: String,
    pub name_folded: String,
    pub value: Option<String>,
}

#[expect(missing_docs, reason = "the columns are documented in the entity")]
impl Row {
    pub const SESSION_ID: Asked = Asked::of("custom_field", "session_id");
    pub const NAME: Asked = Asked::of("custom_field", "name");
    /// The name as names are compared.
    pub const MATCH_KEY: Asked = Asked::of("custom_field", "name_folded");
    pub const VALUE: Asked = Asked::of("custom_field", "value");
    const ALL: &[Asked] = &[Self::SESSION_ID, Self::NAME, Self::MATCH_KEY, Self::VALUE];
}

impl Reads {
    /// The custom fields of these sessions, each session's in order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn custom_fields(&self, account: AccountId, sessions: &[i64]) -> Result<Vec<Row>> {
        self.custom_field_rows(account, sessions, Row::ALL).await?.models()
    }

    /// These columns of the custom fields of these sessions, each session's in order, one session
    /// after the other.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn custom_field_rows(
        &self,
        account: AccountId,
        sessions: &[i64],
        columns: &[Asked],
    ) -> Result<Rows> {
        let mut found = Rows::default();
        for sessions in sessions.chunks(MAX_PARENTS) {
            let mut select = Query::select();
            select
                .from(Entity)
                .and_where(Column::AccountId.eq(account.0))
                .and_where(one_of(self.backend(), Column::SessionId, sessions))
                .order_by_expr(Column::SessionId.into_simple_expr(), Order::Asc)
                .order_by_expr(Column::Seq.into_simple_expr(), Order::Asc);
            rows::select(&mut select, "custom_field", columns);
            found.0.append(&mut self.rows(&select).await?.0);
        }
        Ok(found)
    }
}

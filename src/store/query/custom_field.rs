//! Custom fields of sessions, for many sessions at once.

use entity::custom_field::{Column, Entity};
use sea_orm::{ColumnTrait, IntoSimpleExpr, Order, sea_query::Query};

use super::child::MAX_PARENTS;
use crate::{
    domain::viewer::AccountId,
    error::Result,
    store::{
        cluster::Rows,
        column::{ColumnRef, select_columns},
        filter::in_list,
        reads::Reads,
    },
};

impl Reads {
    /// These columns of the custom fields of these sessions, each session's in order, one session
    /// after the other.
    pub(super) async fn custom_field_rows(
        &self,
        account: AccountId,
        sessions: &[i64],
        columns: &[ColumnRef],
    ) -> Result<Rows> {
        let mut found = Rows::default();
        for sessions in sessions.chunks(MAX_PARENTS) {
            let mut select = Query::select();
            select
                .from(Entity)
                .and_where(Column::AccountId.eq(account.0))
                .and_where(in_list(self.backend(), Column::SessionId, sessions))
                .order_by_expr(Column::SessionId.into_simple_expr(), Order::Asc)
                .order_by_expr(Column::Seq.into_simple_expr(), Order::Asc);
            select_columns(&mut select, "custom_field", columns);
            found.append(self.rows(account, &select).await?)?;
        }
        Ok(found)
    }
}

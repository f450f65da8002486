//! The calls of the legacy URL, for a caller of the account.

use entity::{api_key, legacy_usage};
use sea_orm::{
    EntityName,
    sea_query::{Expr, ExprTrait, Func, Order, Query, SimpleExpr},
};

use crate::{
    domain::viewer::AccountId,
    error::Result,
    store::{
        cluster::Rows, column::ColumnRef, legacy_usage::sum_of_calls, reads::Reads,
        table::LegacyUsageTable as Table,
    },
};

/// The maximum number of rows.
const MAX_ROWS: u64 = 1_000;

impl Reads {
    /// These columns of the account's calls since a day. They are sorted by key, then by number of calls, the
    /// largest number first.
    pub(super) async fn legacy_usage_rows(
        &self,
        account: AccountId,
        since: i64,
        columns: &[ColumnRef],
    ) -> Result<Rows> {
        use legacy_usage::Column;
        let of = |column: Column| Expr::col((legacy_usage::Entity, column));
        let calls = || sum_of_calls(self.backend());
        let mut select = Query::select();
        for column in columns {
            select.expr(match *column {
                sum if sum == Table::CALLS => calls(),
                last if last == Table::LAST_AT => SimpleExpr::from(Func::max(last.expr())),
                column => column.expr(),
            });
        }
        let (usage, key) = (legacy_usage::Entity.table_ref(), api_key::Entity.table_ref());
        let same_key = of(Column::KeyId).equals((api_key::Entity, api_key::Column::Id));
        select
            .from(usage)
            .inner_join(key, same_key)
            .and_where(of(Column::AccountId).eq(account.0))
            .and_where(of(Column::Day).gte(since));
        let groups = [Table::KEY_ID, Table::KEY_LABEL, Table::FORMAT, Table::VARS, Table::FILTERS];
        select.add_group_by(groups.map(ColumnRef::expr));
        select.order_by_expr(Table::KEY_ID.expr(), Order::Asc).order_by_expr(calls(), Order::Desc);
        for column in [Table::VARS, Table::FILTERS, Table::FORMAT] {
            select.order_by_expr(column.expr(), Order::Asc);
        }
        self.rows(account, select.limit(MAX_ROWS)).await
    }
}

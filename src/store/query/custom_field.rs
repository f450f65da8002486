//! Custom fields of sessions, for many sessions at once.

use entity::custom_field::{Column, Entity};
use sea_orm::{ColumnTrait, DbBackend, IntoSimpleExpr, Order, Statement, sea_query::Query};

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

/// The maximum number of names of custom fields. MySQL and MariaDB stop a recursion after 1,000 steps.
const MAX_FIELD_NAMES: i64 = 1_000;

/// Each name, found by one search of the index after the name before. `SELECT DISTINCT` would read the name of
/// every field of the account.
const FIELD_NAMES: &str = "WITH RECURSIVE names (folded, nth) AS (\
    SELECT MIN(name_folded), 1 FROM custom_field WHERE account_id = $1 \
    UNION ALL SELECT (SELECT MIN(name_folded) FROM custom_field \
    WHERE account_id = $2 AND name_folded > names.folded), nth + 1 \
    FROM names WHERE folded IS NOT NULL AND nth < $3) \
    SELECT (SELECT name FROM custom_field WHERE account_id = $4 AND name_folded = names.folded \
    ORDER BY session_id, seq LIMIT 1) FROM names WHERE folded IS NOT NULL ORDER BY nth";

impl Reads {
    /// The names of the custom fields that the account's sessions have, sorted by folded name. Of several
    /// spellings, it is that of the session with the lowest number.
    pub(super) async fn custom_field_names(&self, account: AccountId) -> Result<Rows> {
        let account_id = account.0;
        let values = [account_id, account_id, MAX_FIELD_NAMES, account_id];
        let build = |backend: DbBackend| {
            let sql = match backend {
                DbBackend::Postgres => FIELD_NAMES.to_owned(),
                _ => ["$1", "$2", "$3", "$4"]
                    .iter()
                    .fold(FIELD_NAMES.to_owned(), |sql, number| sql.replace(number, "?")),
            };
            Statement::from_sql_and_values(backend, sql, values.map(Into::into))
        };
        self.statement_rows(account, &build).await
    }

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

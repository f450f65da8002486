//! Custom fields of sessions, for many sessions at once.

use entity::custom_field::{Column, Entity};
use sea_orm::{ColumnTrait, DbBackend, IntoSimpleExpr, Order, Statement, Value, sea_query::Query};

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

/// Each name, found by one search of the index after the name before. `SELECT DISTINCT` would read the name of
/// every field of the account. The spelling is found by the same index, because a name may be rare.
const FIELD_NAMES: &str = "WITH RECURSIVE names (folded, nth) AS (\
    SELECT MIN(name_folded), 1 FROM custom_field WHERE account_id = $1 \
    UNION ALL SELECT (SELECT MIN(name_folded) FROM custom_field \
    WHERE account_id = $1 AND name_folded > names.folded), nth + 1 \
    FROM names WHERE folded IS NOT NULL AND nth < 1000) \
    SELECT (SELECT name FROM custom_field \
    WHERE account_id = $1 AND name_folded >= names.folded AND name_folded <= names.folded \
    ORDER BY name_folded, session_id, seq LIMIT 1) FROM names WHERE folded IS NOT NULL ORDER BY nth";

/// The same on MySQL and MariaDB. They search the index once for each name of a `DISTINCT`. In a recursion, they would read all
/// fields of the account for each name.
const FIELD_NAMES_OF_MYSQL: &str = "SELECT (SELECT name FROM custom_field FORCE INDEX (custom_field_by_name) \
    WHERE account_id = ? AND name_folded = names.folded ORDER BY session_id, seq LIMIT 1) \
    FROM (SELECT DISTINCT name_folded AS folded FROM custom_field FORCE INDEX (custom_field_by_name) \
    WHERE account_id = ? ORDER BY name_folded LIMIT 1000) AS names ORDER BY folded";

impl Reads {
    /// The names of the custom fields that the account's sessions have, sorted by folded name. Of several
    /// spellings, it is that of the session with the lowest number.
    pub(super) async fn custom_field_names(&self, account: AccountId) -> Result<Rows> {
        let build = |backend: DbBackend| {
            let account = Value::from(account.0);
            match backend {
                DbBackend::MySql => {
                    let values = [account.clone(), account];
                    Statement::from_sql_and_values(backend, FIELD_NAMES_OF_MYSQL, values)
                }
                _ => Statement::from_sql_and_values(backend, FIELD_NAMES, [account]),
            }
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

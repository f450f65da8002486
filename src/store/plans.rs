//! Selects whose plans on PostgreSQL depend on how they are run.
//!
//! PostgreSQL plans a prepared statement for its values five times. Then it compares the costs that it expects, and either uses
//! one plan for all values from then on, or plans each execution.

use sea_orm::{DbBackend, sea_query::SelectStatement};

use super::{
    cluster::{ReadStatement, Rows},
    reads::Reads,
};
use crate::{domain::viewer::AccountId, error::Result};

impl Reads {
    /// Runs a select of the first rows of a range of an index.
    ///
    /// The text has their number on PostgreSQL, so that it plans the statement once. If the number were a value, it would
    /// expect that a plan for all values reads a tenth of the range, and plan each execution.
    pub(super) async fn first_rows(
        &self,
        account: AccountId,
        mut select: SelectStatement,
        number: u64,
    ) -> Result<Rows> {
        if self.backend() != DbBackend::Postgres {
            return self.rows(account, select.limit(number)).await;
        }
        select.reset_limit();
        let build = |backend: DbBackend| {
            let mut statement = backend.build(&select);
            statement.sql.push_str(&format!(" LIMIT {number}"));
            statement
        };
        self.statement_rows(account, &build).await
    }

    /// Runs a select that takes much longer than its plan, and whose best plan depends on its values.
    pub(super) async fn rows_planned_each_time(
        &self,
        account: AccountId,
        select: &SelectStatement,
    ) -> Result<Rows> {
        let build = |backend: DbBackend| {
            let statement = backend.build(select);
            match backend {
                DbBackend::Postgres => ReadStatement::planned_each_time(statement),
                // The others plan each execution of a prepared statement, or always use the same plan.
                _ => statement.into(),
            }
        };
        self.all(Some(account), &build).await
    }
}

//! A statement that reads rows, and for how long the database uses its plan.

use sea_orm::Statement;

/// A statement that reads rows.
pub(in crate::store) struct ReadStatement {
    pub(super) statement: Statement,
    /// Whether it stays prepared for its next use on the connection.
    pub(super) stays_prepared: bool,
}

impl ReadStatement {
    /// A statement that is planned for its values each time.
    ///
    /// PostgreSQL would use one plan for all values from the sixth use on, if it expects that this plan costs less. But of a
    /// range that it does not see it expects one row in 200.
    pub(in crate::store) fn planned_each_time(statement: Statement) -> Self {
        Self { statement, stays_prepared: false }
    }
}

impl From<Statement> for ReadStatement {
    fn from(statement: Statement) -> Self {
        Self { statement, stays_prepared: true }
    }
}

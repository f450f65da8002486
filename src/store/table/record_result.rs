//! What recorded sessions led to.

use super::made::{MadeColumn, made_rows};
use crate::{
    domain::record_outcome::RecordOutcome,
    error::Result,
    store::{
        cluster::{MadeValue, Rows},
        column::ColumnRef,
    },
};

/// The columns of the result of a recorded session, which no table has.
#[derive(Debug)]
pub struct RecordResultTable;

/// The result of a recorded session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordResult {
    /// What was done.
    pub outcome: RecordOutcome,
    /// The number of the session, unless it was rejected.
    pub session: Option<i64>,
    /// Why it was rejected.
    pub problem: Option<String>,
}

const fn column(name: &'static str, is_text: bool) -> MadeColumn {
    MadeColumn { table: "record_result", name, is_text }
}

#[expect(missing_docs, reason = "the columns are documented as the fields of RecordResult")]
impl RecordResultTable {
    pub const OUTCOME: ColumnRef = ColumnRef::new(&const { column("outcome", true) });
    pub const SESSION_ID: ColumnRef = ColumnRef::new(&const { column("session_id", false) });
    pub const PROBLEM: ColumnRef = ColumnRef::new(&const { column("problem", true) });
}

impl RecordResultTable {
    /// These columns of results.
    ///
    /// # Errors
    /// When a column belongs to another table.
    pub fn rows(columns: &[ColumnRef], results: Vec<RecordResult>) -> Result<Rows> {
        let row = |RecordResult { outcome, session, problem }| {
            let outcome = MadeValue::Text(RecordOutcome::as_str(outcome).to_owned());
            let session = session.map_or(MadeValue::Null, MadeValue::Number);
            let problem = problem.map_or(MadeValue::Null, MadeValue::Text);
            [(Self::OUTCOME, outcome), (Self::SESSION_ID, session), (Self::PROBLEM, problem)]
        };
        made_rows(columns, results.into_iter().map(row))
    }
}

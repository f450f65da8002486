//! Running a statement on a connection to a file.

use rusqlite::{
    Connection, ToSql,
    types::{Null, ToSqlOutput, ValueRef},
};
use sea_orm::{SqlxError, Value, Values};

use super::{
    super::super::rows::{Rows, builder::RowsBuilder},
    failure::failed,
};
use crate::store::memory::Reservation;

/// Runs SQL that returns no rows.
pub(super) fn execute(connection: &Connection, sql: &str) -> Result<(), SqlxError> {
    connection.execute_batch(sql).map_err(failed)
}

/// Returns all rows of a statement, which stays prepared.
pub(super) fn rows(
    connection: &Connection,
    sql: &str,
    values: Option<Values>,
    memory: Option<Reservation>,
) -> Result<Rows, SqlxError> {
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    for (index, value) in values.into_iter().flat_map(|values| values.0).enumerate() {
        statement.raw_bind_parameter(index + 1, Parameter(value)).map_err(failed)?;
    }
    let columns = statement.column_count();
    let mut rows = RowsBuilder::new(columns, memory);
    let mut answer = statement.raw_query();
    while let Some(row) = answer.next().map_err(failed)? {
        for column in 0..columns {
            match row.get_ref(column).map_err(failed)? {
                ValueRef::Null => rows.push_number(None),
                ValueRef::Integer(number) => rows.push_number(Some(number)),
                ValueRef::Text(text) => rows.push_text(Some(text))?,
                ValueRef::Real(_) | ValueRef::Blob(_) => {
                    return Err(SqlxError::Decode("a value is no number and no text".into()));
                }
            }
        }
        rows.end_row()?;
    }
    rows.finish()
}

/// A value of a statement.
struct Parameter(Value);

impl ToSql for Parameter {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let value = match &self.0 {
            Value::Bool(Some(value)) => (*value).into(),
            Value::TinyInt(Some(value)) => (*value).into(),
            Value::SmallInt(Some(value)) => (*value).into(),
            Value::Int(Some(value)) => (*value).into(),
            Value::BigInt(Some(value)) => (*value).into(),
            Value::Unsigned(Some(value)) => (*value).into(),
            Value::BigUnsigned(Some(value)) => i64::try_from(*value)
                .map_err(|failure| rusqlite::Error::ToSqlConversionFailure(failure.into()))?
                .into(),
            Value::String(Some(text)) => return Ok(ToSqlOutput::Borrowed(text.as_str().into())),
            Value::Bool(None)
            | Value::TinyInt(None)
            | Value::SmallInt(None)
            | Value::Int(None)
            | Value::BigInt(None)
            | Value::Unsigned(None)
            | Value::BigUnsigned(None)
            | Value::String(None) => Null.into(),
            _ => {
                let failure = "a value of a statement is no number and no text";
                return Err(rusqlite::Error::ToSqlConversionFailure(failure.into()));
            }
        };
        Ok(value)
    }
}

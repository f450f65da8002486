//! The custom scalars.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};

use crate::domain::time::Timestamp;

/// A point in time as callers read and write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateTime(pub Timestamp);

/// A point in time as RFC 3339 writes it, such as `2011-01-03T09:15:02Z`.
///
/// Answers are in UTC. Input may have any offset; digits finer than a microsecond are cut off.
#[Scalar(specified_by_url = "https://scalars.graphql.org/andimarek/date-time")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else {
            return Err(InputValueError::expected_type(value));
        };
        let time = Timestamp::parse_rfc3339(text);
        time.map(Self).ok_or_else(|| {
            InputValueError::custom("A time is written as 2011-01-03T09:15:02Z (RFC 3339).")
        })
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.rfc3339())
    }
}

impl DateTime {
    /// The time that the database holds as microseconds.
    pub(super) fn from_micros(micros: i64) -> Option<Self> {
        Timestamp::from_micros(micros).map(Self)
    }
}

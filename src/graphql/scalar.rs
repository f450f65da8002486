//! The custom scalars.

use async_graphql::{InputType, InputValueError, InputValueResult, Scalar, ScalarType, Value};

use crate::domain::time::{TimeError, Timestamp, duration::CalendarDuration, zone::Zone};

/// Makes a scalar of a value. What is wrong with null is its type, and not its form.
fn parsed<T: InputType>(
    value: Value,
    from_value: impl Fn(&Value) -> Result<T, String>,
) -> InputValueResult<T> {
    match value {
        Value::Null => Err(InputValueError::expected_type(value)),
        value => from_value(&value).map_err(InputValueError::custom),
    }
}

/// A point in time as callers read and write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateTime(pub Timestamp);

/// A point in time as RFC 3339 writes it, such as `2011-01-03T09:15:02Z`.
///
/// Answers are in UTC. Input may have any offset; digits finer than a microsecond are cut off.
#[Scalar(specified_by_url = "https://scalars.graphql.org/andimarek/date-time")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        parsed(value, Self::from_value)
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.rfc3339())
    }
}

impl DateTime {
    fn from_value(value: &Value) -> Result<Self, String> {
        let text = if let Value::String(text) = value { text } else { "" };
        Timestamp::parse_rfc3339(text).map(Self).map_err(|error| error.to_string())
    }
}

/// A duration as callers write it.
#[derive(Clone, Copy, Debug)]
pub struct Duration(pub CalendarDuration);

/// A duration as ISO 8601 writes it, such as `P7D`, `PT12H` or `P1M`. It is longer than zero. Years, months,
/// weeks and days are those of the calendar in UTC.
#[Scalar(specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339#appendix-A")]
impl ScalarType for Duration {
    fn parse(value: Value) -> InputValueResult<Self> {
        parsed(value, Self::from_value)
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

impl Duration {
    fn from_value(value: &Value) -> Result<Self, String> {
        let text = if let Value::String(text) = value { text } else { "" };
        text.parse().map(Self).map_err(|error: TimeError| error.to_string())
    }
}

/// A time zone as callers write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeZone(pub Zone);

/// The name of a time zone in the IANA database, such as `Europe/Lisbon`. Letter case is ignored.
#[Scalar(specified_by_url = "https://www.iana.org/time-zones")]
impl ScalarType for TimeZone {
    fn parse(value: Value) -> InputValueResult<Self> {
        parsed(value, Self::from_value)
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.name().to_owned())
    }
}

impl TimeZone {
    fn from_value(value: &Value) -> Result<Self, String> {
        let text = if let Value::String(text) = value { text } else { "" };
        Zone::parse(text).map(Self).map_err(|error| error.to_string())
    }
}

/// Whether a value is one of a custom scalar, and else what is wrong with it. A test holds the
/// scalars here equal to those of the schema.
pub(super) fn check(scalar: &str, value: &Value) -> Result<(), String> {
    match scalar {
        "DateTime" => DateTime::from_value(value).map(drop),
        "Duration" => Duration::from_value(value).map(drop),
        "TimeZone" => TimeZone::from_value(value).map(drop),
        _ => Err("this scalar is not for input".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use apollo_compiler::Schema;
    use async_graphql::Value;

    use super::check;

    #[test]
    fn every_scalar_of_the_schema_is_checked() {
        let schema = Schema::parse_and_validate(crate::graphql::sdl(), "").unwrap();
        let scalars = schema.types.values().filter(|of| of.is_scalar() && !of.is_built_in());
        for scalar in scalars.map(|of| of.name().as_str()) {
            let wrong = check(scalar, &Value::Boolean(true)).unwrap_err();
            assert!(!wrong.contains("not for input"), "{scalar}");
        }
    }
}

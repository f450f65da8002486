//! Statistics of a number of seconds that sessions have.

use super::{
    super::super::definition::{
        ArgumentDefinition, FieldDefinition as Field, FieldSource::OfGroup, GroupValue,
        ObjectDefinition, arguments::Argument,
    },
    field::nullable_int,
};
use crate::{
    domain::statistics::{
        GroupColumn,
        measure::{Aggregate, Measure, Percent, Seconds},
    },
    error::Error,
};

const PERCENT: Argument<f64> =
    Argument::new("p", "The percentile: above 0, at most 100, with at most six decimals.");
const PERCENTILE_ARGUMENTS: &[ArgumentDefinition] = &[PERCENT.definition()];

/// A number of seconds, as a type, so that the functions of the fields need no argument for it.
trait SecondsType {
    const SECONDS: Seconds;
}

struct Duration;

impl SecondsType for Duration {
    const SECONDS: Seconds = Seconds::Duration;
}

struct FirstResponse;

impl SecondsType for FirstResponse {
    const SECONDS: Seconds = Seconds::FirstResponse;
}

pub(super) static DURATION: ObjectDefinition = of_seconds(&fields::<Duration>());
pub(super) static FIRST_RESPONSE: ObjectDefinition = of_seconds(&fields::<FirstResponse>());

const fn of_seconds(fields: &'static [Field]) -> ObjectDefinition {
    ObjectDefinition {
        name: "DurationStats",
        description: "Statistics of several lengths of time, in whole seconds.",
        interfaces: &[],
        fields,
    }
}

const fn seconds<S: SecondsType>(aggregate: Aggregate) -> GroupColumn {
    GroupColumn::Measure(Measure::Seconds(S::SECONDS, aggregate))
}

const fn fields<S: SecondsType>() -> [Field; 5] {
    [
        Field::required(
            "sumSeconds",
            "The sum.",
            OfGroup { column: |_| Ok(seconds::<S>(Aggregate::Sum)), value: GroupValue::Float },
        ),
        Field::nullable(
            "averageSeconds",
            "The average; null of none.",
            OfGroup {
                column: |_| Ok(seconds::<S>(Aggregate::Sum)),
                value: GroupValue::AverageOver(Measure::Seconds(S::SECONDS, Aggregate::Count)),
            },
        ),
        nullable_int("minSeconds", "The shortest; null of none.", |_| Ok(seconds::<S>(Aggregate::Min))),
        nullable_int("maxSeconds", "The longest; null of none.", |_| Ok(seconds::<S>(Aggregate::Max))),
        nullable_int(
            "percentile",
            "The percentile by nearest rank: the shortest length that at least p percent of all do not \
             exceed; null of none.",
            |arguments| {
                let percent = arguments.get(&PERCENT)?;
                let exact = Percent::parse(percent).ok_or_else(|| {
                    Error::input(format!(
                        "'p' is {percent}; it must be above 0, at most 100, and have at most six decimals."
                    ))
                })?;
                Ok(seconds::<S>(Aggregate::Percentile(exact)))
            },
        )
        .with(PERCENTILE_ARGUMENTS),
    ]
}

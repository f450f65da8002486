//! Filters of recordings.

use async_graphql::InputObject;

use super::{
    Conditions, FilterInput,
    operator::{DateTimeFilter, IntFilter, Ordered},
};
use crate::{
    domain::{
        filter::{Filter, VideoCondition as Condition},
        time::Timestamp,
    },
    error::Result,
};

/// Conditions on a recording. All of them must match; an empty filter matches every recording.
#[derive(Clone, Debug, Default, InputObject)]
pub struct VideoFilter {
    /// Conditions on the time at which the recording began.
    recorded_at: Option<DateTimeFilter>,
    /// Conditions on the length in seconds.
    duration_seconds: Option<IntFilter>,
    /// All of these conditions must match. An empty list matches everything.
    and: Option<Vec<VideoFilter>>,
    /// At least one of these conditions must match. An empty list matches nothing.
    or: Option<Vec<VideoFilter>>,
    /// This condition must not match.
    not: Option<Box<VideoFilter>>,
}

impl FilterInput for VideoFilter {
    type Condition = Condition;

    fn into_condition(self, now: Timestamp) -> Result<Filter<Condition>> {
        let mut conditions = Conditions::new(now);
        conditions.field(self.recorded_at, |test| match test {
            Ordered::Than(comparison, value) => Condition::RecordedAt(comparison, value),
            Ordered::IsNull => Condition::RecordedAtUnknown,
        })?;
        conditions.field(self.duration_seconds, |(comparison, value)| {
            Condition::DurationSeconds(comparison, value)
        })?;
        conditions.add_operators(self.and, self.or, self.not)?;
        Ok(conditions.into_filter())
    }
}

//! Filters of recordings.

use async_graphql::InputObject;

use super::{
    Conditions, check_size,
    operator::{DateTimeFilter, IntFilter, Ordered},
};
use crate::{
    domain::filter::{self as domain, VideoCondition as Condition},
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

impl VideoFilter {
    /// Converts the filter to the domain.
    ///
    /// # Errors
    /// When it has too many conditions, or a value that cannot be compared.
    pub fn into_domain(self) -> Result<domain::VideoFilter> {
        let filter = self.into_condition()?;
        check_size(filter.size())?;
        Ok(filter)
    }

    fn into_condition(self) -> Result<domain::VideoFilter> {
        let mut conditions = Conditions::new();
        conditions.field(self.recorded_at, DateTimeFilter::into_domain, |test| match test {
            Ordered::Than(comparison, value) => Condition::RecordedAt(comparison, value),
            Ordered::IsNull => Condition::RecordedAtUnknown,
        })?;
        conditions.field(self.duration_seconds, IntFilter::into_domain, |test| match test {
            Ordered::Than(comparison, value) => Condition::DurationSeconds(comparison, value),
            Ordered::IsNull => Condition::DurationUnknown,
        })?;
        conditions.add_operators(self.and, self.or, self.not, Self::into_condition)?;
        Ok(conditions.into_filter())
    }
}

//! Filters of recordings.

use async_graphql::InputObject;

use super::{
    All, check_size,
    operator::{DateTimeFilter, IntFilter, Ordered},
};
use crate::{
    domain::filter::{self as domain, VideoCondition as Condition},
    error::Result,
};

/// Which recordings. All of the conditions must hold; an empty filter restricts nothing.
#[derive(Clone, Debug, Default, InputObject)]
pub struct VideoFilter {
    /// On when the recording began.
    recorded_at: Option<DateTimeFilter>,
    /// On its length in seconds.
    duration_seconds: Option<IntFilter>,
    /// All of these hold.
    and: Option<Vec<VideoFilter>>,
    /// At least one of these holds. An empty list keeps nothing.
    or: Option<Vec<VideoFilter>>,
    /// This does not hold.
    not: Option<Box<VideoFilter>>,
}

impl VideoFilter {
    /// What it means.
    ///
    /// # Errors
    /// When it is too large or holds a value that cannot be compared.
    pub fn read(self) -> Result<domain::VideoFilter> {
        let filter = self.parts()?;
        check_size(filter.size())?;
        Ok(filter)
    }

    fn parts(self) -> Result<domain::VideoFilter> {
        let mut all = All::new();
        all.field(self.recorded_at, DateTimeFilter::read, |test| match test {
            Ordered::Than(comparison, value) => Condition::RecordedAt(comparison, value),
            Ordered::IsNull => Condition::RecordedAtUnknown,
        })?;
        all.field(self.duration_seconds, IntFilter::read, |test| match test {
            Ordered::Than(comparison, value) => Condition::DurationSeconds(comparison, value),
            Ordered::IsNull => Condition::DurationUnknown,
        })?;
        all.joints(self.and, self.or, self.not, Self::parts)?;
        Ok(all.into_filter())
    }
}

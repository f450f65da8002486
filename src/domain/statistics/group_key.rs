//! The key of a group, which finds the sessions of the group again.

use sha2::{Digest, Sha256};

use super::{Criterion, Grouping};
use crate::domain::page::KeyValue;

/// The values of the sessions of a group, for each criterion as many as it has.
///
/// A period has two: its beginning and its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupKey(pub Vec<Option<KeyValue>>);

impl Criterion {
    /// The number of values of a key.
    pub fn key_values(&self) -> usize {
        match self {
            Self::Computer | Self::Period(_) => 2,
            _ => 1,
        }
    }

    /// The maximum number of groups by it, if it has few values.
    fn max_groups(&self) -> Option<u64> {
        match self {
            Self::StartMethod | Self::Answered | Self::HasVideos => Some(2),
            Self::HourOfDay => Some(24),
            Self::DayOfWeek => Some(7),
            Self::Technician
            | Self::Text(_)
            | Self::Computer
            | Self::Period(_)
            | Self::CustomField(_) => None,
        }
    }

    /// Whether an index has the sessions of a group together.
    fn has_index(&self) -> bool {
        match self {
            Self::Technician | Self::Computer | Self::Period(_) | Self::CustomField(_) => true,
            Self::Text(text) => text.has_index(),
            Self::StartMethod
            | Self::Answered
            | Self::HasVideos
            | Self::HourOfDay
            | Self::DayOfWeek => false,
        }
    }
}

impl Grouping {
    /// The number of a group, the same in every request. Groups of other criteria have others.
    pub fn number_of(&self, encoded_key: &str) -> i64 {
        let digest = Sha256::digest(format!("{} {encoded_key}", self.signature()));
        digest.iter().take(8).fold(0, |number, byte| number << 8 | i64::from(*byte))
    }

    /// Criteria as a text.
    pub(super) fn signature(&self) -> String {
        let zone = if self.has_zone() { self.zone.name() } else { "" };
        format!("{zone} {:?}", self.criteria)
    }

    /// The maximum number of groups, if all criteria have few values.
    pub fn max_groups(&self) -> Option<u64> {
        self.criteria.iter().map(Criterion::max_groups).product()
    }

    /// Whether an index has the sessions of a group together.
    pub fn has_index(&self) -> bool {
        self.criteria.iter().any(Criterion::has_index)
    }
}

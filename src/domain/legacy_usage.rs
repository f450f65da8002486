//! Which calls of the legacy URL a key makes, without the values in them.

use super::{time::Timestamp, viewer::AccountId};

/// The microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// What a call asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallShape {
    /// The format of the answer: empty for a call that was refused, `OTHER` in [`CallShape::other`].
    pub format: String,
    /// The names of the elements, separated by spaces.
    pub vars: String,
    /// The names of the filters, separated by spaces.
    pub filters: String,
}

impl CallShape {
    /// The shape of all calls whose shape is not counted separately.
    pub fn other() -> Self {
        Self { format: "OTHER".to_owned(), ..Self::default() }
    }
}

/// Calls of one shape on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallCount {
    /// The day, as [`day`] numbers it.
    pub day: i64,
    /// What the calls ask for.
    pub shape: CallShape,
    /// Their number.
    pub calls: u64,
    /// The time of the last one.
    pub last: Timestamp,
}

/// The calls of one shape of a key, over some days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyCalls {
    /// The account that the key opens.
    pub account: AccountId,
    /// The account's name.
    pub account_name: String,
    /// The key's number.
    pub key: i64,
    /// The operator's label of the key.
    pub label: String,
    /// What the calls ask for.
    pub shape: CallShape,
    /// Their number.
    pub calls: u64,
    /// The time of the last one.
    pub last: Timestamp,
}

/// The number of the day in UTC of a time.
pub fn day(time: Timestamp) -> i64 {
    time.micros().div_euclid(DAY)
}

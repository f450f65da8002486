//! Statistics of sessions: which groups, what is computed of each group, and which page of groups.

use super::{
    filter::{Comparison, SessionFilter, SessionText},
    time::zone::Zone,
};

pub mod calendar;
pub mod group_key;
pub mod measure;
pub mod period;
pub mod position;
pub mod price;

use measure::Measure;
use period::Unit;

/// The maximum number of groups. A request with more is refused.
pub const MAX_GROUPS: u64 = 100_000;
/// The maximum number of criteria by which sessions are grouped.
pub const MAX_CRITERIA: usize = 3;

/// Groups of sessions.
#[derive(Clone, Debug, PartialEq)]
pub struct Grouping {
    /// Only sessions that match this.
    pub filter: SessionFilter,
    /// What the sessions of a group have in common. Without any, all sessions are one group.
    pub criteria: Vec<Criterion>,
    /// The time zone of periods, hours and days.
    pub zone: Zone,
}

/// Which groups, in which order.
#[derive(Clone, Debug, PartialEq)]
pub struct Statistics {
    /// The groups.
    pub grouping: Grouping,
    /// Only groups that match all of these.
    pub having: Vec<(Measure, Comparison, i64)>,
    /// The order.
    pub order: GroupOrder,
}

/// The order of groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupOrder {
    /// The name by which callers choose the order.
    pub name: &'static str,
    /// The measure that sorts the groups; else their keys do.
    pub by: Option<Measure>,
    /// Whether small values come first.
    pub ascending: bool,
}

/// What the sessions of a group have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Criterion {
    /// The technician.
    Technician,
    /// A text, compared as filters compare it.
    Text(SessionText),
    /// The name and the domain of the computer.
    Computer,
    /// How they began.
    StartMethod,
    /// Whether a technician answered.
    Answered,
    /// Whether recordings exist.
    HasVideos,
    /// The period in which they started.
    Period(Unit),
    /// The hour of the local clock at which they started, 0 to 23.
    HourOfDay,
    /// The local day of the week on which they started, from Monday, which is 1.
    DayOfWeek,
    /// A value of the custom field with this folded name.
    CustomField(String),
}

/// A value of a group.
#[derive(Clone, Debug, PartialEq)]
pub enum GroupColumn {
    /// The number of the group, which depends on its key alone.
    Number,
    /// The same, of the group of all sessions alone.
    NumberOfAll,
    /// The key of the group, as a text of which [`group_key::GroupKey`] is made.
    EncodedKey,
    /// The position of the group in the order, for cursors.
    Position,
    /// Always null.
    Null,
    /// A part of the key, for callers; null if it is no part of the key.
    Key(KeyField),
    /// A measure of its sessions.
    Measure(Measure),
}

/// A part of the key of a group, for callers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyField {
    /// The number of the technician.
    Technician,
    /// A text, in the spelling that is the first by code point.
    Text(SessionText),
    /// 1 if the computer has a name; else null.
    HasComputer,
    /// The name of the computer.
    ComputerName,
    /// The domain of the computer.
    ComputerDomain,
    /// The name of the start method.
    StartMethod,
    /// 1 if a technician answered, else 0.
    Answered,
    /// 1 if recordings exist, else 0.
    HasVideos,
    /// The beginning of the period.
    PeriodStart,
    /// The end of the period.
    PeriodEnd,
    /// The hour of the day.
    HourOfDay,
    /// The day of the week.
    DayOfWeek,
    /// The value of the custom field with this folded name, in the spelling that is the first by code
    /// point.
    CustomField(String),
}

impl Criterion {
    /// The number of parts of a key that it takes.
    pub fn parts(&self) -> usize {
        if *self == Self::Computer { 2 } else { 1 }
    }

    /// Whether it depends on the time zone.
    pub fn has_zone(&self) -> bool {
        matches!(self, Self::Period(_) | Self::HourOfDay | Self::DayOfWeek)
    }
}

impl Grouping {
    /// The first part of the key that belongs to a criterion of this kind, and the criterion.
    pub fn part_of(&self, is_wanted: impl Fn(&Criterion) -> bool) -> Option<usize> {
        let mut part = 0;
        for criterion in &self.criteria {
            if is_wanted(criterion) {
                return Some(part);
            }
            part += criterion.parts();
        }
        None
    }

    /// The number of parts of a key.
    pub fn parts(&self) -> usize {
        self.criteria.iter().map(Criterion::parts).sum()
    }

    /// The unit of the periods, if there are any.
    pub fn unit(&self) -> Option<Unit> {
        self.criteria.iter().find_map(|criterion| match criterion {
            Criterion::Period(unit) => Some(*unit),
            _ => None,
        })
    }

    /// Whether a criterion depends on the time zone.
    pub fn has_zone(&self) -> bool {
        self.criteria.iter().any(Criterion::has_zone)
    }

    /// The group of all sessions.
    pub fn whole(&self) -> Self {
        Self { criteria: Vec::new(), ..self.clone() }
    }
}

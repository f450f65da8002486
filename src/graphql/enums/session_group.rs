//! What sessions are grouped by.

use async_graphql::Enum;

use crate::domain::{
    filter::SessionText,
    statistics::{Criterion, period::Unit},
};

/// What sessions are grouped by. Texts are compared without letter case.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum SessionGroup {
    /// The technician.
    Technician,
    /// The customer's name.
    CustomerName,
    /// The customer's e-mail address.
    CustomerEmail,
    /// The customer's number in the account's own records.
    CustomerNumber,
    /// The customer's computer: its name and its domain.
    Computer,
    /// The domain or workgroup of the computer.
    ComputerDomain,
    /// The computer's operating system.
    ComputerOs,
    /// The way in which the session was started.
    StartMethod,
    /// Whether a technician answered.
    Answered,
    /// Whether there are recordings.
    HasVideos,
    /// The local hour in which the session started. The hour that comes twice in autumn is two hours.
    Hour,
    /// The local day on which the session started.
    Day,
    /// The local week, from Monday, in which the session started.
    Week,
    /// The local month in which the session started.
    Month,
    /// The local quarter of a year in which the session started.
    Quarter,
    /// The local year in which the session started.
    Year,
    /// The hour of the local clock at which the session started.
    HourOfDay,
    /// The local day of the week on which the session started.
    DayOfWeek,
}

impl SessionGroup {
    /// The criterion of a grouping.
    pub(in crate::graphql) fn criterion(self) -> Criterion {
        match self {
            Self::Technician => Criterion::Technician,
            Self::CustomerName => Criterion::Text(SessionText::CustomerName),
            Self::CustomerEmail => Criterion::Text(SessionText::CustomerEmail),
            Self::CustomerNumber => Criterion::Text(SessionText::CustomerNumber),
            Self::Computer => Criterion::Computer,
            Self::ComputerDomain => Criterion::Text(SessionText::ComputerDomain),
            Self::ComputerOs => Criterion::Text(SessionText::ComputerOs),
            Self::StartMethod => Criterion::StartMethod,
            Self::Answered => Criterion::Answered,
            Self::HasVideos => Criterion::HasVideos,
            Self::Hour => Criterion::Period(Unit::Hour),
            Self::Day => Criterion::Period(Unit::Day),
            Self::Week => Criterion::Period(Unit::Week),
            Self::Month => Criterion::Period(Unit::Month),
            Self::Quarter => Criterion::Period(Unit::Quarter),
            Self::Year => Criterion::Period(Unit::Year),
            Self::HourOfDay => Criterion::HourOfDay,
            Self::DayOfWeek => Criterion::DayOfWeek,
        }
    }
}

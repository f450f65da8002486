//! The indexes of sessions, and which conditions they serve.

use super::{
    CustomFieldCondition, Filter, SessionCondition, SessionFilter, SessionNumber, SessionText,
    SessionTime, TechnicianCondition, TextTest,
};
use crate::domain::search::{Search, SearchPlan};

/// The indexes of sessions by a number or a time. Each ends in the session's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionIndex {
    /// By start. There is one by start for each technician, customer and computer, too.
    Start,
    /// By end.
    End,
    /// By the last change.
    Update,
    /// By a number.
    Number(SessionNumber),
}

impl SessionFilter {
    /// Whether an index has the matching sessions together, in its order.
    pub(super) fn is_range_of(&self, index: SessionIndex) -> bool {
        match self {
            Self::Is(SessionCondition::Id(_)) => true,
            Self::Is(SessionCondition::Time(time, ..) | SessionCondition::Absent(time)) => {
                index == SessionIndex::of_time(*time)
            }
            Self::Is(SessionCondition::Number(number, ..)) => {
                index == SessionIndex::Number(*number)
            }
            Self::Is(SessionCondition::Technician(filter)) => {
                index == SessionIndex::Start && filter.is_equality()
            }
            Self::Is(SessionCondition::Text(text, TextTest::OneOf(values))) => {
                index == SessionIndex::Start && text.has_index() && values.len() <= 1
            }
            Self::All(parts) => parts.iter().all(|part| part.is_range_of(index)),
            _ => false,
        }
    }

    /// Whether a condition is a search.
    pub fn has_search(&self) -> bool {
        match self {
            Self::Is(condition) => matches!(condition, SessionCondition::Search(_)),
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::has_search),
            Self::Not(part) => part.has_search(),
        }
    }

    /// The search to find a page of sessions by in their order, if no other condition has an index that finds
    /// few sessions.
    pub fn search_in_order(&self) -> Option<&Search> {
        match self {
            Self::Is(SessionCondition::Search(search)) => {
                search.required().next().is_some().then_some(search)
            }
            Self::All(parts) if !self.has_index_of_value() => {
                parts.iter().find_map(Self::search_in_order)
            }
            _ => None,
        }
    }

    /// The other conditions than this search.
    pub fn without_search_in_order(&self) -> Self {
        match self {
            Self::Is(SessionCondition::Search(_)) => Self::All(Vec::new()),
            Self::All(parts) => {
                let mut parts = parts.clone();
                if let Some(part) = parts.iter_mut().find(|it| it.search_in_order().is_some()) {
                    *part = part.without_search_in_order();
                }
                Self::All(parts)
            }
            other => other.clone(),
        }
    }

    /// Whether all conditions are searches.
    pub fn has_only_searches(&self) -> bool {
        match self {
            Self::Is(condition) => matches!(condition, SessionCondition::Search(_)),
            Self::All(parts) | Self::Any(parts) => parts.iter().all(Self::has_only_searches),
            Self::Not(part) => part.has_only_searches(),
        }
    }

    /// The same filter with a plan for each search.
    pub fn plan_searches(&self, plan: impl Fn(&Search) -> SearchPlan) -> Self {
        let planned = |condition| match condition {
            SessionCondition::Search(mut search) => {
                search.plan = plan(&search);
                SessionCondition::Search(search)
            }
            other => other,
        };
        self.clone().map(&planned)
    }

    /// Whether an index has the sessions by the value that a condition, which must be true, asks for.
    fn has_index_of_value(&self) -> bool {
        match self {
            Self::Is(SessionCondition::Technician(filter)) => filter.is_equality(),
            Self::Is(SessionCondition::CustomField(filter)) => filter.has_equality(),
            Self::Is(SessionCondition::Text(text, TextTest::OneOf(_))) => text.has_index(),
            Self::Is(SessionCondition::Time(time, ..)) => *time != SessionTime::StartedAt,
            Self::Is(
                SessionCondition::Id(_)
                | SessionCondition::Absent(_)
                | SessionCondition::Number(..),
            ) => true,
            Self::All(parts) => parts.iter().any(Self::has_index_of_value),
            _ => false,
        }
    }
}

impl SessionIndex {
    pub(super) const ALL: [Self; 7] = [
        Self::Start,
        Self::End,
        Self::Update,
        Self::Number(SessionNumber::Id),
        Self::Number(SessionNumber::DurationSeconds),
        Self::Number(SessionNumber::ChatMessageCount),
        Self::Number(SessionNumber::FirstResponseSeconds),
    ];

    /// The index by a time.
    pub fn of_time(time: SessionTime) -> Self {
        match time {
            SessionTime::StartedAt => Self::Start,
            SessionTime::EndedAt => Self::End,
            SessionTime::UpdatedAt => Self::Update,
        }
    }
}

impl Filter<TechnicianCondition> {
    pub(super) fn is_equality(&self) -> bool {
        match self {
            Self::Is(TechnicianCondition::Username(TextTest::OneOf(names))) => names.len() == 1,
            Self::All(parts) => parts.len() == 1 && parts.iter().all(Self::is_equality),
            _ => false,
        }
    }
}

impl Filter<CustomFieldCondition> {
    pub(super) fn has_equality(&self) -> bool {
        match self {
            Self::Is(CustomFieldCondition::Value(TextTest::OneOf(values))) => values.len() == 1,
            Self::All(parts) => parts.iter().any(Self::has_equality),
            _ => false,
        }
    }
}

impl SessionText {
    /// Whether an index has the sessions by this text.
    pub fn has_index(self) -> bool {
        match self {
            Self::CustomerName
            | Self::CustomerEmail
            | Self::CustomerNumber
            | Self::ComputerName
            | Self::ComputerDomain => true,
            Self::ComputerOs | Self::ProblemDescription | Self::Notes => false,
        }
    }
}

//! The fields that a filter tests.

use std::collections::BTreeSet;

use super::{Filter, SessionCondition, SessionFilter, SessionNumber, SessionText, SessionTime};

impl SessionFilter {
    /// The names of the fields that it tests, separated by spaces. It has none of the values.
    pub fn field_names(&self) -> String {
        let mut names = BTreeSet::new();
        self.add_names(&mut names);
        names.into_iter().collect::<Vec<_>>().join(" ")
    }

    fn add_names(&self, names: &mut BTreeSet<&'static str>) {
        match self {
            Self::Is(condition) => names.extend(condition.field_name()),
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().for_each(|part| part.add_names(names));
            }
            Filter::Not(part) => part.add_names(names),
        }
    }
}

impl SessionCondition {
    /// The name that callers use.
    fn field_name(&self) -> Option<&'static str> {
        Some(match self {
            Self::Id(_) | Self::Number(SessionNumber::Id, ..) => "legacyId",
            Self::Time(SessionTime::StartedAt, ..) | Self::Absent(SessionTime::StartedAt) => {
                "startedAt"
            }
            Self::Time(SessionTime::EndedAt, ..) | Self::Absent(SessionTime::EndedAt) => "endedAt",
            Self::Time(SessionTime::UpdatedAt, ..) | Self::Absent(SessionTime::UpdatedAt) => {
                "updatedAt"
            }
            Self::Number(SessionNumber::DurationSeconds, ..) => "durationSeconds",
            Self::Number(SessionNumber::ChatMessageCount, ..) => "chatMessageCount",
            Self::Number(SessionNumber::FirstResponseSeconds, ..) => "firstResponseSeconds",
            Self::StartMethod(_) => "startMethod",
            Self::Answered => "answered",
            Self::HasVideos => "hasVideos",
            Self::Text(text, _) => text.name(),
            Self::Technician(_) => "technician",
            Self::CustomField(_) => "customField",
            Self::ChatMessage(_) => "chatMessages",
            Self::Video(_) => "videos",
            Self::Search(_) => "search",
            // A removal adds them.
            Self::Anonymized | Self::Held => return None,
        })
    }
}

impl SessionText {
    fn name(self) -> &'static str {
        match self {
            Self::CustomerName => "customer.name",
            Self::CustomerEmail => "customer.email",
            Self::CustomerNumber => "customer.number",
            Self::ComputerName => "computer.name",
            Self::ComputerDomain => "computer.domain",
            Self::ComputerOs => "computer.os",
            Self::ProblemDescription => "problemDescription",
            Self::Notes => "notes",
        }
    }
}

//! How large a filter is, so that what no database takes can be refused.

use super::{
    ChatMessageCondition, CustomFieldCondition, Filter, SessionCondition, TechnicianCondition,
    TextTest, VideoCondition,
};

impl<C: ExtraSize> Filter<C> {
    /// The number of its conditions and joints, those inside a condition included.
    pub fn size(&self) -> usize {
        match self {
            Self::Is(condition) => 1 + condition.bulk(),
            Self::All(parts) | Self::Any(parts) => 1 + parts.iter().map(Self::size).sum::<usize>(),
            Self::Not(part) => part.size(),
        }
    }
}

/// A condition that may be larger than a single comparison.
pub trait ExtraSize {
    /// By how much it is larger.
    fn bulk(&self) -> usize;
}

/// So many values of a list count as a condition. Databases bound the values of a statement.
const VALUES_OF_A_CONDITION: usize = 25;

impl ExtraSize for TextTest {
    fn bulk(&self) -> usize {
        match self {
            Self::OneOf(values) => values.len() / VALUES_OF_A_CONDITION,
            _ => 0,
        }
    }
}

impl ExtraSize for SessionCondition {
    fn bulk(&self) -> usize {
        match self {
            Self::Id(values) => values.len() / VALUES_OF_A_CONDITION,
            Self::StartMethod(values) => values.len() / VALUES_OF_A_CONDITION,
            Self::Text(_, test) => test.bulk(),
            Self::Technician(inner) => inner.size(),
            Self::CustomField(inner) => inner.size(),
            Self::ChatMessage(inner) => inner.size(),
            Self::Video(inner) => inner.size(),
            Self::Time(..) | Self::Absent(_) | Self::Answered | Self::HasVideos => 0,
        }
    }
}

impl ExtraSize for TechnicianCondition {
    fn bulk(&self) -> usize {
        match self {
            Self::Username(test) | Self::Name(test) => test.bulk(),
        }
    }
}

impl ExtraSize for CustomFieldCondition {
    fn bulk(&self) -> usize {
        match self {
            Self::Name(test) | Self::Value(test) => test.bulk(),
        }
    }
}

impl ExtraSize for ChatMessageCondition {
    fn bulk(&self) -> usize {
        match self {
            Self::Sender(test) | Self::Body(test) => test.bulk(),
            Self::SenderRole(values) => values.len() / VALUES_OF_A_CONDITION,
            Self::SentAt(..) | Self::SentAtUnknown => 0,
        }
    }
}

impl ExtraSize for VideoCondition {
    fn bulk(&self) -> usize {
        0
    }
}

//! The size of a filter. Databases limit the size of a statement.

use super::{
    ChatMessageCondition, CustomFieldCondition, Filter, SessionCondition, TechnicianCondition,
    TextTest, VideoCondition,
};

impl<C: ExtraSize> Filter<C> {
    /// The number of conditions and operators, with those inside conditions.
    pub fn size(&self) -> usize {
        match self {
            Self::Is(condition) => 1 + condition.extra_size(),
            Self::All(parts) | Self::Any(parts) => 1 + parts.iter().map(Self::size).sum::<usize>(),
            Self::Not(part) => part.size(),
        }
    }
}

/// A condition that may be larger than a single comparison.
pub trait ExtraSize {
    /// The size beyond 1.
    fn extra_size(&self) -> usize;
}

/// This number of values of a list counts as one condition more.
const VALUES_OF_A_CONDITION: usize = 25;

impl ExtraSize for TextTest {
    fn extra_size(&self) -> usize {
        match self {
            Self::OneOf(values) => values.len() / VALUES_OF_A_CONDITION,
            _ => 0,
        }
    }
}

impl ExtraSize for SessionCondition {
    fn extra_size(&self) -> usize {
        match self {
            Self::Id(values) => values.len() / VALUES_OF_A_CONDITION,
            Self::StartMethod(values) => values.len() / VALUES_OF_A_CONDITION,
            Self::Text(_, test) => test.extra_size(),
            Self::Technician(inner) => inner.size(),
            Self::CustomField(inner) => inner.size(),
            Self::ChatMessage(inner) => inner.size(),
            Self::Video(inner) => inner.size(),
            Self::Search(search) => search.terms().len() - 1,
            Self::Time(..)
            | Self::Absent(_)
            | Self::Number(..)
            | Self::Answered
            | Self::HasVideos
            | Self::Anonymized
            | Self::Held => 0,
        }
    }
}

impl ExtraSize for TechnicianCondition {
    fn extra_size(&self) -> usize {
        match self {
            Self::Username(test) | Self::Name(test) => test.extra_size(),
        }
    }
}

impl ExtraSize for CustomFieldCondition {
    fn extra_size(&self) -> usize {
        match self {
            Self::Name(test) | Self::Value(test) => test.extra_size(),
        }
    }
}

impl ExtraSize for ChatMessageCondition {
    fn extra_size(&self) -> usize {
        match self {
            Self::Sender(test) | Self::Body(test) => test.extra_size(),
            Self::SenderRole(values) => values.len() / VALUES_OF_A_CONDITION,
            Self::SentAt(..) | Self::SentAtUnknown => 0,
        }
    }
}

impl ExtraSize for VideoCondition {
    fn extra_size(&self) -> usize {
        0
    }
}

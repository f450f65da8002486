//! Whether a filter leaves out any session.

use super::{
    ChatMessageCondition, CustomFieldCondition, Filter, SessionCondition, SessionFilter,
    TechnicianCondition, TextTest, VideoCondition, joined,
};
use crate::domain::session::{SenderRole, StartMethod};

/// A condition whose value may be the same for all rows, such as one on an empty list.
pub trait ConstantCondition {
    /// The value, if it is the same for all rows.
    fn constant_value(&self) -> Option<bool>;
}

impl SessionFilter {
    /// Whether it can leave out a session. Conditions that have the same value for each session do not count.
    pub fn is_restricted(&self) -> bool {
        self.constant_value() != Some(true)
    }
}

impl<C: ConstantCondition> Filter<C> {
    fn constant_value(&self) -> Option<bool> {
        let values = |parts: &[Self]| parts.iter().map(Self::constant_value).collect::<Vec<_>>();
        match self {
            Self::Is(condition) => condition.constant_value(),
            Self::All(parts) => joined(&values(parts), true),
            Self::Any(parts) => joined(&values(parts), false),
            Self::Not(part) => part.constant_value().map(|value| !value),
        }
    }

    /// The value of the condition that a row has a child that matches.
    fn constant_of_some(&self) -> Option<bool> {
        self.constant_value().filter(|value| !value)
    }
}

impl ConstantCondition for SessionCondition {
    fn constant_value(&self) -> Option<bool> {
        match self {
            Self::Id(ids) => in_list(ids.len(), usize::MAX),
            Self::StartMethod(methods) => {
                in_list(distinct(&StartMethod::ALL, methods), StartMethod::ALL.len())
            }
            Self::Text(_, test) => test.constant_value(),
            Self::Technician(filter) => filter.constant_of_some(),
            Self::CustomField(filter) => filter.constant_of_some(),
            Self::ChatMessage(filter) => filter.constant_of_some(),
            Self::Video(filter) => filter.constant_of_some(),
            Self::Time(..)
            | Self::Absent(_)
            | Self::Number(..)
            | Self::Answered
            | Self::HasVideos
            | Self::Anonymized
            | Self::Held
            | Self::Search(_) => None,
        }
    }
}

impl ConstantCondition for TextTest {
    fn constant_value(&self) -> Option<bool> {
        match self {
            Self::OneOf(values) => in_list(values.len(), usize::MAX),
            _ => None,
        }
    }
}

impl ConstantCondition for TechnicianCondition {
    fn constant_value(&self) -> Option<bool> {
        match self {
            Self::Username(test) | Self::Name(test) => test.constant_value(),
        }
    }
}

impl ConstantCondition for CustomFieldCondition {
    fn constant_value(&self) -> Option<bool> {
        match self {
            Self::Name(test) | Self::Value(test) => test.constant_value(),
        }
    }
}

impl ConstantCondition for ChatMessageCondition {
    fn constant_value(&self) -> Option<bool> {
        match self {
            Self::SentAtUnknown => Some(false),
            Self::SenderRole(roles) => {
                in_list(distinct(&SenderRole::ALL, roles), SenderRole::ALL.len())
            }
            Self::Sender(test) | Self::Body(test) => test.constant_value(),
            Self::SentAt(..) => None,
        }
    }
}

impl ConstantCondition for VideoCondition {
    fn constant_value(&self) -> Option<bool> {
        None
    }
}

/// The value of the condition that a value is in a list, which has this many of all possible values.
fn in_list(listed: usize, all: usize) -> Option<bool> {
    if listed == 0 { Some(false) } else { (listed == all).then_some(true) }
}

fn distinct<T: PartialEq>(all: &[T], listed: &[T]) -> usize {
    all.iter().filter(|value| listed.contains(value)).count()
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Comparison, SessionNumber, SessionText},
        ChatMessageCondition, CustomFieldCondition, Filter, SessionCondition, SessionFilter,
        TechnicianCondition, TextTest,
    };
    use crate::domain::session::StartMethod;

    #[test]
    fn a_condition_with_the_same_value_for_each_session_restricts_nothing() {
        let is = |condition| SessionFilter::Is(condition);
        let no_ids = || is(SessionCondition::Id(Vec::new()));
        let nothing = || TextTest::OneOf(Vec::new());
        let technician = Filter::Is(TechnicianCondition::Username(nothing()));
        let field = Filter::Is(CustomFieldCondition::Value(nothing()));
        let message = Filter::Is(ChatMessageCondition::SenderRole(Vec::new()));
        let no_names = SessionCondition::Text(SessionText::Notes, nothing());
        for unrestricted in [
            Filter::default(),
            no_ids().negate(),
            is(no_names).negate(),
            is(SessionCondition::StartMethod(Vec::new())).negate(),
            is(SessionCondition::StartMethod(vec![StartMethod::Agent, StartMethod::Applet])),
            is(SessionCondition::Technician(technician)).negate(),
            is(SessionCondition::CustomField(field)).negate(),
            is(SessionCondition::ChatMessage(message)).negate(),
            Filter::All(vec![no_ids().negate(), Filter::default()]),
            Filter::Any(vec![is(SessionCondition::Answered), no_ids().negate()]),
        ] {
            assert!(!unrestricted.is_restricted(), "{unrestricted:?}");
        }
        for restricted in [
            no_ids(),
            is(SessionCondition::Answered).negate(),
            is(SessionCondition::ChatMessage(Filter::default())).negate(),
            is(SessionCondition::StartMethod(vec![StartMethod::Agent])),
            is(SessionCondition::Number(SessionNumber::Id, Comparison::Gt, 0)),
            Filter::All(vec![no_ids().negate(), is(SessionCondition::HasVideos)]),
        ] {
            assert!(restricted.is_restricted(), "{restricted:?}");
        }
    }
}

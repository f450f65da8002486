//! Filters of rows: conditions joined by and, or and not, with two truth values.
//!
//! A condition on an absent value is false, and [`Filter::Not`] of it is true.

use super::{
    search::Search,
    session::{SenderRole, StartMethod},
    text,
    time::Timestamp,
};

pub mod fields;
pub mod index;
pub mod restriction;
pub mod scan;
pub mod size;

/// Conditions of type `C` joined by and, or and not.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Filter<C> {
    /// The condition is true.
    Is(C),
    /// All of these are true; the empty list is true.
    All(Vec<Self>),
    /// At least one of these is true; the empty list is false.
    Any(Vec<Self>),
    /// This is false.
    Not(Box<Self>),
}

impl<C> Default for Filter<C> {
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

impl<C> Filter<C> {
    /// The opposite.
    pub fn negate(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    /// The same filter of other conditions.
    pub fn map<D>(self, condition: &impl Fn(C) -> D) -> Filter<D> {
        let each = |parts: Vec<Self>| parts.into_iter().map(|part| part.map(condition)).collect();
        match self {
            Self::Is(inner) => Filter::Is(condition(inner)),
            Self::All(parts) => Filter::All(each(parts)),
            Self::Any(parts) => Filter::Any(each(parts)),
            Self::Not(part) => Filter::Not(Box::new(part.map(condition))),
        }
    }

    /// Whether it matches every row, whatever its conditions are.
    pub fn is_unrestricted(&self) -> bool {
        self.constant() == Some(true)
    }

    /// Its constant value, if its operators alone determine it.
    fn constant(&self) -> Option<bool> {
        let constants = |parts: &[Self]| parts.iter().map(Self::constant).collect::<Vec<_>>();
        match self {
            Self::Is(_) => None,
            Self::All(parts) => joined(&constants(parts), true),
            Self::Any(parts) => joined(&constants(parts), false),
            Self::Not(part) => part.constant().map(|holds| !holds),
        }
    }
}

/// The constant value of joined parts. The value of no parts is `empty`; one part with the opposite
/// value determines the result.
fn joined(constants: &[Option<bool>], empty: bool) -> Option<bool> {
    if constants.contains(&Some(!empty)) {
        Some(!empty)
    } else if constants.contains(&None) {
        None
    } else {
        Some(empty)
    }
}

/// How an ordered value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// Equal.
    Eq,
    /// Greater.
    Gt,
    /// Greater or equal.
    Gte,
    /// Less.
    Lt,
    /// Less or equal.
    Lte,
}

/// A test of a text that disregards letter case and white space around the stored text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TextTest {
    /// Is one of these, which are folded.
    OneOf(Vec<String>),
    /// Has this folded part.
    Contains(String),
    /// Begins with this folded part.
    StartsWith(String),
    /// Ends with this folded part.
    EndsWith(String),
    /// Is absent.
    IsNull,
}

impl TextTest {
    /// Is this text.
    pub fn equals(value: &str) -> Self {
        Self::OneOf(vec![text::fold(value)])
    }

    /// Is one of these texts.
    pub fn in_list<T: AsRef<str>>(values: &[T]) -> Self {
        Self::OneOf(values.iter().map(|value| text::fold(value.as_ref())).collect())
    }

    /// Has this part.
    pub fn contains(part: &str) -> Self {
        Self::Contains(text::fold_part(part))
    }

    /// Begins with this part.
    pub fn starts_with(part: &str) -> Self {
        Self::StartsWith(text::fold_part(part.trim_start()))
    }

    /// Ends with this part.
    pub fn ends_with(part: &str) -> Self {
        Self::EndsWith(text::fold_part(part.trim_end()))
    }
}

/// A filter of sessions.
pub type SessionFilter = Filter<SessionCondition>;

/// A condition on a session.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SessionCondition {
    /// Its number is one of these.
    Id(Vec<i64>),
    /// On a time of it. A time that is absent compares with nothing.
    Time(SessionTime, Comparison, Timestamp),
    /// It has no such time.
    Absent(SessionTime),
    /// On a number of it. A number that is absent compares with nothing.
    Number(SessionNumber, Comparison, i64),
    /// How it began.
    StartMethod(Vec<StartMethod>),
    /// A technician answered it.
    Answered,
    /// Recordings of it exist.
    HasVideos,
    /// It was anonymized.
    Anonymized,
    /// It is held.
    Held,
    /// On a text of it.
    Text(SessionText, TextTest),
    /// It has a technician, and on that one.
    Technician(TechnicianFilter),
    /// On at least one of its custom fields.
    CustomField(CustomFieldFilter),
    /// On at least one of its chat messages.
    ChatMessage(ChatMessageFilter),
    /// On at least one of its recordings.
    Video(VideoFilter),
    /// On the words of its description, its notes and its chat messages.
    Search(Search),
}

/// The times of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SessionTime {
    /// When it began.
    StartedAt,
    /// When it ended.
    EndedAt,
    /// When it was last changed.
    UpdatedAt,
}

/// The numbers of a session that can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SessionNumber {
    /// Its number in the support tool.
    Id,
    /// The seconds from its start to its end.
    DurationSeconds,
    /// The number of its chat messages.
    ChatMessageCount,
    /// The seconds from its start to the first message of a technician.
    FirstResponseSeconds,
}

/// The texts of a session that can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of the fields")]
pub enum SessionText {
    CustomerName,
    CustomerEmail,
    CustomerNumber,
    ComputerName,
    ComputerDomain,
    ComputerOs,
    ProblemDescription,
    Notes,
}

/// A filter of technicians.
pub type TechnicianFilter = Filter<TechnicianCondition>;

/// A condition on a technician.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TechnicianCondition {
    /// On the user name.
    Username(TextTest),
    /// On the name.
    Name(TextTest),
}

/// A filter of custom fields.
pub type CustomFieldFilter = Filter<CustomFieldCondition>;

/// A condition on a custom field.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum CustomFieldCondition {
    /// On its name.
    Name(TextTest),
    /// On its value.
    Value(TextTest),
}

/// A filter of chat messages.
pub type ChatMessageFilter = Filter<ChatMessageCondition>;

/// A condition on a chat message.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ChatMessageCondition {
    /// On when it was sent.
    SentAt(Comparison, Timestamp),
    /// It has no time, which is never so.
    SentAtUnknown,
    /// On who sent it.
    Sender(TextTest),
    /// It was sent in one of these roles.
    SenderRole(Vec<SenderRole>),
    /// On what it says.
    Body(TextTest),
}

/// A filter of recordings.
pub type VideoFilter = Filter<VideoCondition>;

/// A condition on a recording. What is not known compares with nothing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum VideoCondition {
    /// On when it began.
    RecordedAt(Comparison, Timestamp),
    /// When it began is not known.
    RecordedAtUnknown,
    /// On its length in seconds.
    DurationSeconds(Comparison, i64),
}

#[cfg(test)]
mod tests {
    use super::Filter;

    #[test]
    fn what_always_holds_restricts_nothing() {
        let (all, any) = (Filter::All, Filter::Any);
        let (nothing, never) = (|| all(Vec::new()), || any(Vec::new()));
        let condition = || Filter::Is(());
        for unrestricted in [
            nothing(),
            all(vec![nothing(), nothing()]),
            any(vec![condition(), nothing()]),
            never().negate(),
            all(vec![condition(), never()]).negate(),
        ] {
            assert!(unrestricted.is_unrestricted(), "{unrestricted:?}");
        }
        for restricted in [
            condition(),
            condition().negate(),
            never(),
            nothing().negate(),
            all(vec![nothing(), condition()]),
            any(vec![condition(), nothing()]).negate(),
        ] {
            assert!(!restricted.is_unrestricted(), "{restricted:?}");
        }
    }
}

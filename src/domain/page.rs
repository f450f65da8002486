//! A page of a list: a number of rows before or after a position.

/// The end of the list from which a page is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum End {
    /// The first rows.
    First,
    /// The last rows.
    Last,
}

/// A value of a column that orders a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum KeyValue {
    /// A number, or a time in microseconds since the Unix epoch.
    Number(i64),
    /// A text, folded as the list is sorted.
    Text(String),
    /// No value. It comes after all values, whatever the direction.
    Absent,
}

/// The values that a column which orders a list may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// Numbers.
    Number,
    /// Numbers, or no value.
    OptionalNumber,
    /// Texts.
    Text,
}

/// The position of a row in a list: the values of the columns that order it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Position(pub Vec<KeyValue>);

impl Position {
    /// The number that it begins with, if it begins with one.
    pub fn number(&self) -> Option<i64> {
        match self.0.first() {
            Some(KeyValue::Number(number)) => Some(*number),
            _ => None,
        }
    }
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PageRequest {
    /// The maximum number of rows.
    pub size: u32,
    /// From which end they are taken.
    pub end: End,
    /// Only rows after this one.
    pub after: Option<Position>,
    /// Only rows before this one.
    pub before: Option<Position>,
}

//! The texts that a format writes around values.

use super::{escape::Escape, value::Absent};

pub(super) mod csv;
pub(super) mod json;
pub(super) mod xml;

/// The texts that a format writes around values, by the names of the columns.
pub trait Layout {
    /// How texts become values.
    fn escape(&self) -> Escape;

    /// The text before the records, by the names of all columns.
    fn prefix(&self, names: &[&str]) -> CountedText;

    /// How an absent value is written.
    fn absent(&self) -> Absent;

    /// The texts before, between and after the fields of a record.
    fn record(&self) -> [String; 3];

    /// The texts before and after the value of a field.
    fn field(&self, name: &str) -> [String; 2];

    /// The texts before, between and after the items of a list.
    fn list(&self, name: &str) -> [String; 3];

    /// The layout of the items of a list.
    fn items(&self) -> &dyn ItemLayout;

    /// The text between records.
    fn between_records(&self) -> &'static str;

    /// The text after the records.
    fn suffix(&self) -> CountedText;
}

/// The texts that a format writes around the values of items.
pub trait ItemLayout {
    /// How texts become values.
    fn escape(&self) -> Escape;

    /// How an absent value is written.
    fn absent(&self) -> Absent;

    /// The texts before, between and after the fields of an item.
    fn object(&self, name: &str) -> [String; 3];

    /// The texts before and after the value of a field of an item.
    fn field(&self, name: &str) -> [String; 2];

    /// The texts before and after an item that is one value.
    fn value(&self, name: &str) -> [String; 2];
}

/// A text that may have the number of records in it.
#[derive(Clone, Debug, Default)]
pub struct CountedText {
    /// The text, up to the number if there is one.
    pub before: String,
    /// The text after the number, if there is one.
    pub after: Option<String>,
}

impl CountedText {
    /// A text without the number.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { before: text.into(), after: None }
    }

    /// Writes the text.
    pub(super) fn write(&self, count: u64, out: &mut Vec<u8>) {
        out.extend_from_slice(self.before.as_bytes());
        if let Some(after) = &self.after {
            out.extend_from_slice(count.to_string().as_bytes());
            out.extend_from_slice(after.as_bytes());
        }
    }
}

//! A document of an export: the texts around the records, and each record as text with placeholders.

use std::sync::Arc;

use super::{
    escape::Escape,
    fill::{Choice, Part, ValueForm},
    layout::{CountedText, ItemLayout, Layout},
};

/// A column of an export.
#[derive(Clone, Debug)]
pub struct Column<'n> {
    /// The name in the document.
    pub name: &'n str,
    /// Where its content comes from.
    pub content: ColumnContent<'n>,
}

/// Where the content of a column comes from. Fields are those of the record, by their number.
#[derive(Clone, Debug)]
pub enum ColumnContent<'n> {
    /// The value of a field.
    Value(usize, ValueForm),
    /// The items of a field that is a list.
    List(usize, ItemColumns<'n>),
    /// The items of a field that is a list, without anything around them. Without an item, each of its
    /// fields is written once, and is empty.
    Repeated(usize, Vec<NamedItem<'n>>),
    /// A value of one item of a field that is a list.
    Chosen(usize, Arc<Choice>, usize, ValueForm),
}

/// What is written of each item of a list.
#[derive(Clone, Debug)]
pub enum ItemColumns<'n> {
    /// One value.
    Value(NamedItem<'n>),
    /// An object of this name with these fields.
    Object(&'n str, Vec<NamedItem<'n>>),
}

/// A value of an item: its name, the number of the field, and its form.
pub type NamedItem<'n> = (&'n str, usize, ValueForm);

/// A document of an export.
#[derive(Debug)]
pub struct Document {
    pub(super) prefix: CountedText,
    pub(super) record: Vec<Part>,
    pub(super) between: &'static [u8],
    pub(super) suffix: CountedText,
}

impl Document {
    /// A document with these columns.
    pub fn new(layout: &dyn Layout, columns: &[Column<'_>]) -> Self {
        let names: Vec<_> = columns.iter().map(|column| column.name).collect();
        let mut record = RecordParts::default();
        let [start, between, end] = layout.record();
        record.text(&start);
        for (nth, column) in columns.iter().enumerate() {
            record.text(if nth > 0 { &between } else { "" });
            record.column(layout, column);
        }
        record.text(&end);
        Self {
            prefix: layout.prefix(&names),
            record: record.0,
            between: layout.between_records().as_bytes(),
            suffix: layout.suffix(),
        }
    }
}

/// The parts of a record.
#[derive(Default)]
struct RecordParts(Vec<Part>);

impl RecordParts {
    /// Adds text, joined to the text before.
    fn text(&mut self, text: &str) {
        match self.0.last_mut() {
            _ if text.is_empty() => {}
            Some(Part::Text(before)) => before.extend_from_slice(text.as_bytes()),
            _ => self.0.push(Part::Text(text.as_bytes().to_vec())),
        }
    }

    fn column(&mut self, layout: &dyn Layout, Column { name, content }: &Column<'_>) {
        match content {
            ColumnContent::Value(field, form) => {
                self.named(layout.field(name), Part::Value(*field, *form, layout.escape()));
            }
            ColumnContent::Chosen(field, choice, item_field, form) => {
                let (choice, value) = (choice.clone(), (*item_field, *form, layout.escape()));
                self.named(layout.field(name), Part::Chosen { list: *field, choice, value });
            }
            ColumnContent::List(field, items) => {
                let [start, between, end] = layout.list(name);
                self.text(&start);
                let item = item_parts(layout.items(), items);
                let (between, if_empty) = (between.into_bytes(), Vec::new());
                self.0.push(Part::List { field: *field, item, between, if_empty });
                self.text(&end);
            }
            ColumnContent::Repeated(field, fields) => {
                let mut item = Self::default();
                let mut if_empty = String::new();
                for (name, field, form) in fields {
                    let around = layout.field(name);
                    if_empty.extend(around.iter().map(String::as_str));
                    item.named(around, Part::Value(*field, *form, layout.escape()));
                }
                let (item, if_empty, between) = (item.0, if_empty.into_bytes(), Vec::new());
                self.0.push(Part::List { field: *field, item, between, if_empty });
            }
        }
    }

    fn named(&mut self, [before, after]: [String; 2], value: Part) {
        self.text(&before);
        self.0.push(value);
        self.text(&after);
    }
}

fn item_parts(layout: &dyn ItemLayout, items: &ItemColumns<'_>) -> Vec<Part> {
    let mut parts = RecordParts::default();
    let value = |field: usize, form: ValueForm, escape: Escape| Part::Value(field, form, escape);
    match items {
        ItemColumns::Value((name, field, form)) => {
            parts.named(layout.value(name), value(*field, *form, layout.escape()));
        }
        ItemColumns::Object(name, fields) => {
            let [start, between, end] = layout.object(name);
            parts.text(&start);
            for (nth, (name, field, form)) in fields.iter().enumerate() {
                parts.text(if nth > 0 { &between } else { "" });
                parts.named(layout.field(name), value(*field, *form, layout.escape()));
            }
            parts.text(&end);
        }
    }
    parts.0
}

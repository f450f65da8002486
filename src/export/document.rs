//! A document of an export: the texts around the records, and each record as text with placeholders.

use std::sync::Arc;

use super::{
    fill::{Choice, Part},
    layout::{CountedText, ItemLayout, Layout},
    record_count::RecordCount,
    value::{Absent, FieldStyle, ValueForm},
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
    /// The number of records that are written.
    pub records: RecordCount,
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
            let mut parts = RecordParts::default();
            parts.column(layout, column);
            record.field(nth, &between, layout.absent(), parts);
        }
        record.text(&end);
        Self {
            records: RecordCount::default(),
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

    /// Adds the parts of a field, the nth of its object.
    fn field(&mut self, nth: usize, between: &str, absent: Absent, parts: Self) {
        if absent == Absent::Left {
            let between = between.as_bytes().to_vec();
            return self.0.push(Part::Optional { between, parts: parts.0 });
        }
        self.text(if nth > 0 { between } else { "" });
        for part in parts.0 {
            match part {
                Part::Text(text) => self.text(&String::from_utf8_lossy(&text)),
                part => self.0.push(part),
            }
        }
    }

    fn column(&mut self, layout: &dyn Layout, Column { name, content }: &Column<'_>) {
        let style = |form: &ValueForm| FieldStyle {
            form: form.clone(),
            escape: layout.escape(),
            absent: layout.absent(),
        };
        match content {
            ColumnContent::Value(field, form) => {
                self.named(layout.field(name), Part::Value(*field, style(form)));
            }
            ColumnContent::Chosen(list, choice, field, form) => {
                let (list, choice, field) = (*list, choice.clone(), *field);
                let style = style(form);
                self.named(layout.field(name), Part::Chosen { list, choice, field, style });
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
                // Without one of two elements, a reader could not tell which belong together.
                let absent = if fields.len() > 1 { Absent::Empty } else { layout.absent() };
                for (name, field, form) in fields {
                    let around = layout.field(name);
                    if layout.absent() == Absent::Empty {
                        if_empty.extend(around.iter().map(String::as_str));
                    }
                    let mut parts = Self::default();
                    let style = FieldStyle { absent, ..style(form) };
                    parts.named(around, Part::Value(*field, style));
                    item.field(0, "", absent, parts);
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
    let mut item = RecordParts::default();
    let value = |field: usize, form: &ValueForm, absent| {
        Part::Value(field, FieldStyle { form: form.clone(), escape: layout.escape(), absent })
    };
    match items {
        // An item that is a value is never left out.
        ItemColumns::Value((name, field, form)) => {
            item.named(layout.value(name), value(*field, form, Absent::Empty));
        }
        ItemColumns::Object(name, fields) => {
            let [start, between, end] = layout.object(name);
            item.text(&start);
            for (nth, (name, field, form)) in fields.iter().enumerate() {
                let mut parts = RecordParts::default();
                parts.named(layout.field(name), value(*field, form, layout.absent()));
                item.field(nth, &between, layout.absent(), parts);
            }
            item.text(&end);
        }
    }
    item.0
}

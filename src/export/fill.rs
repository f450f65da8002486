//! Filling the placeholders of a record.

use std::sync::Arc;

use super::{escape::Escape, value::FieldStyle};
use crate::{
    domain::text::fold,
    error::{Error, Result},
    graphql::records::{ItemsAfter, Record, RecordField, RecordItems, RecordList, RecordValue},
};

/// A part of a record.
#[derive(Debug)]
pub(super) enum Part {
    /// Text as it is written.
    Text(Vec<u8>),
    /// The value of a field.
    Value(usize, FieldStyle),
    /// The parts of a field, and the text before it if another field is before it. Nothing is written if
    /// the value is absent.
    Optional { between: Vec<u8>, parts: Vec<Part> },
    /// The items of a field that is a list.
    List { field: usize, item: Vec<Part>, between: Vec<u8>, if_empty: Vec<u8> },
    /// The record as the document of the query says, as JSON.
    Record,
    /// The value of a field as a cell. A list is a cell with JSON.
    Cell(usize, Escape),
    /// A value of one item of a field that is a list.
    Chosen { list: usize, choice: Arc<Choice>, field: usize, style: FieldStyle },
}

/// Which item of a list is chosen: the first of which each of these fields has the folded text, else the
/// first.
#[derive(Debug, Default)]
pub struct Choice(pub Vec<(usize, String)>);

/// More items of a list of a record, which belong at a position of the text.
#[derive(Debug)]
pub(super) struct Continuation {
    /// The number of bytes before it.
    pub(super) position: usize,
    /// The field with the list.
    pub(super) field: usize,
    pub(super) after: ItemsAfter,
}

/// Writes a record of a list.
pub(super) fn fill(
    parts: &[Part],
    list: &RecordList,
    record: Record<'_>,
    out: &mut Vec<u8>,
    continuations: &mut Vec<Continuation>,
) -> Result<()> {
    let mut start = out.len();
    for (nth, part) in parts.iter().enumerate() {
        match part {
            Part::Record => list.write_json(record, out)?,
            Part::Cell(field, escape) => {
                write_cell(list, field_of(list.fields(), *field)?, record, *escape, out)?;
            }
            part => {
                fill_part(part, list.fields(), record, start, out, continuations)?;
            }
        }
        if nth == 0 {
            start = out.len();
        }
    }
    Ok(())
}

/// Writes a part of a record, or of an item of a list of a record, whose fields start at a position of the
/// text. Returns false if the value is absent.
fn fill_part(
    part: &Part,
    fields: &[RecordField],
    record: Record<'_>,
    start: usize,
    out: &mut Vec<u8>,
    continuations: &mut Vec<Continuation>,
) -> Result<bool> {
    match part {
        Part::Text(text) => out.extend_from_slice(text),
        Part::Value(field, style) => {
            return style.write(record.value(field_of(fields, *field)?)?, out);
        }
        Part::Optional { between, parts } => {
            let before = out.len();
            out.extend_from_slice(if before > start { between } else { b"" });
            for part in parts {
                if !fill_part(part, fields, record, start, out, continuations)? {
                    out.truncate(before);
                    break;
                }
            }
        }
        Part::List { field, item, between, if_empty } => {
            let list = field_of(fields, *field)?;
            let items = record.items(list)?;
            let before = out.len();
            write_items(item, between, items_of(list)?, items, out)?;
            if out.len() == before {
                out.extend_from_slice(if_empty);
            }
            if let Some(after) = items.next()? {
                continuations.push(Continuation { position: out.len(), field: *field, after });
            }
        }
        Part::Chosen { list, choice, field, style } => {
            let list = field_of(fields, *list)?;
            let (items, inner) = (record.items(list)?, items_of(list)?);
            let value = match choice.choose(items, inner)? {
                Some(item) => item.value(field_of(inner, *field)?)?,
                None => RecordValue::Null,
            };
            return style.write(value, out);
        }
        Part::Record | Part::Cell(..) => {
            return Err(Error::internal("an item of a list is not a record"));
        }
    }
    Ok(true)
}

/// Writes the value of a field as a cell: a text as it is, anything else as in JSON. Null is empty.
fn write_cell(
    list: &RecordList,
    field: &RecordField,
    record: Record<'_>,
    escape: Escape,
    out: &mut Vec<u8>,
) -> Result<()> {
    if let Some(text) = record.text(field)? {
        escape.text(text, out);
        return Ok(());
    }
    let mut json = Vec::new();
    list.write_json_of(field, record, &mut json)?;
    let json = str::from_utf8(&json).map_err(Error::internal)?;
    match json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        // Ids, times and words need no escapes, and no formula begins like them.
        Some(word) => Escape::Csv.text(word, out),
        None if json == "null" => {}
        None => Escape::Csv.text(json, out),
    }
    Ok(())
}

/// Writes more items of a list of which some were written.
pub(super) fn fill_more(
    parts: &[Part],
    fields: &[RecordField],
    field: usize,
    items: RecordItems<'_>,
    out: &mut Vec<u8>,
) -> Result<()> {
    let inner = parts.iter().flat_map(|part| match part {
        Part::Optional { parts, .. } => &parts[..],
        part => std::slice::from_ref(part),
    });
    let list = inner.into_iter().find_map(|part| match part {
        Part::List { field: known, item, between, .. } if *known == field => Some((item, between)),
        _ => None,
    });
    let (item, between) = list.ok_or_else(|| Error::internal("a list is missing"))?;
    out.extend_from_slice(between);
    write_items(item, between, items_of(field_of(fields, field)?)?, items, out)
}

fn write_items(
    item: &[Part],
    between: &[u8],
    fields: &[RecordField],
    items: RecordItems<'_>,
    out: &mut Vec<u8>,
) -> Result<()> {
    for (nth, record) in items.records().enumerate() {
        if nth > 0 {
            out.extend_from_slice(between);
        }
        let mut start = out.len();
        for (nth, part) in item.iter().enumerate() {
            // Lists of items are not written.
            fill_part(part, fields, record, start, out, &mut Vec::new())?;
            if nth == 0 {
                start = out.len();
            }
        }
    }
    Ok(())
}

fn field_of(fields: &[RecordField], field: usize) -> Result<&RecordField> {
    fields.get(field).ok_or_else(|| Error::internal("a field is missing"))
}

fn items_of(field: &RecordField) -> Result<&[RecordField]> {
    field.items.as_deref().ok_or_else(|| Error::internal("a field is not a list"))
}

impl Choice {
    fn choose<'a>(
        &self,
        items: RecordItems<'a>,
        fields: &[RecordField],
    ) -> Result<Option<Record<'a>>> {
        if !self.0.is_empty() {
            for item in items.records() {
                if self.matches(item, fields)? {
                    return Ok(Some(item));
                }
            }
        }
        Ok(items.records().next())
    }

    fn matches(&self, item: Record<'_>, fields: &[RecordField]) -> Result<bool> {
        for (field, folded) in &self.0 {
            match item.value(field_of(fields, *field)?)? {
                RecordValue::Text(text) if fold(text) == *folded => {}
                _ => return Ok(false),
            }
        }
        Ok(true)
    }
}

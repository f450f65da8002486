//! The document of an answer, and of an error.

use std::sync::Arc;

use super::{
    error::LegacyError,
    request::LegacyRequest,
    vars::{ChildList, FieldPath, Var, VarSource},
};
use crate::{
    error::{Error, Result},
    export::{
        Choice, Column, ColumnContent, CsvLayout, Document, Escape, ItemColumns, JsonLayout,
        Layout, NamedItem, NdjsonLayout, OutputFormat, ValueForm, XmlLayout,
    },
    graphql::records::{RecordField, field_at},
};

const XML: XmlLayout<'_> =
    XmlLayout { root: "response", count: "nrequests", records: "requests", record: "request" };
const JSON: JsonLayout<'_> = JsonLayout { count: "nrequests", records: "requests" };

/// What the operator sets of answers.
#[derive(Clone, Copy, Debug, Default)]
pub struct AnswerStyle {
    /// Whether a text in CSV that a spreadsheet could run as a formula gets `'` before it.
    pub disarm_formulas: bool,
}

/// The element with all custom fields, in formats that do not repeat elements.
const CUSTOM_FIELDS: &str = "custom_fields";

/// The document of an answer. These are the fields of the records of the translated query.
///
/// # Errors
/// When a field is missing.
pub(super) fn document(
    request: &LegacyRequest,
    style: AnswerStyle,
    fields: &[RecordField],
) -> Result<Document> {
    let csv = CsvLayout { disarm_formulas: style.disarm_formulas };
    let layout: &dyn Layout = match request.format() {
        OutputFormat::Xml => &XML,
        OutputFormat::Json => &JSON,
        OutputFormat::Csv => &csv,
        OutputFormat::Ndjson => &NdjsonLayout,
    };
    let columns = match request.format() {
        OutputFormat::Xml => repeated_columns(request, fields)?,
        OutputFormat::Json | OutputFormat::Csv | OutputFormat::Ndjson => {
            scalar_columns(request, fields)?
        }
    };
    Ok(Document::new(layout, &columns))
}

/// Columns for a format that repeats elements: all custom fields are at the first of their elements, each
/// with the requested elements in the caller's order.
fn repeated_columns(
    request: &LegacyRequest,
    fields: &[RecordField],
) -> Result<Vec<Column<'static>>> {
    let mut columns = Vec::new();
    let mut pairs = Vec::new();
    for var in request.vars().iter().filter(|var| var.is_custom()) {
        let (_, name, value) = custom_fields(fields)?;
        let field = if var.source == VarSource::FieldName { name } else { value };
        pairs.push((var.element, field, ValueForm::Text));
    }
    for var in request.vars() {
        match var.source {
            VarSource::FieldName | VarSource::FieldValue if pairs.is_empty() => {}
            VarSource::FieldName | VarSource::FieldValue => {
                let (list, ..) = custom_fields(fields)?;
                let content = ColumnContent::Repeated(list, std::mem::take(&mut pairs));
                columns.push(Column { name: var.element, content });
            }
            _ => columns.push(column(var, fields)?),
        }
    }
    Ok(columns)
}

/// Columns for a format in which each name occurs once: one custom field, and a list of all.
fn scalar_columns(request: &LegacyRequest, fields: &[RecordField]) -> Result<Vec<Column<'static>>> {
    let mut columns = Vec::new();
    let last_custom = request.vars().iter().rposition(|var| var.is_custom());
    for (position, var) in request.vars().iter().enumerate() {
        if !var.is_custom() {
            columns.push(column(var, fields)?);
            continue;
        }
        let (list, name, value) = custom_fields(fields)?;
        let (named, valued) = request.custom_field();
        let chosen = [(name, named), (value, valued)];
        let chosen = chosen.into_iter().filter_map(|(field, text)| Some((field, text?)));
        let choice = Arc::new(Choice(chosen.collect()));
        let field = if var.source == VarSource::FieldName { name } else { value };
        let content = ColumnContent::Chosen(list, choice, field, ValueForm::Text);
        columns.push(Column { name: var.element, content });
        if last_custom == Some(position) {
            let pair = vec![("name", name, ValueForm::Text), ("value", value, ValueForm::Text)];
            let content = ColumnContent::List(list, ItemColumns::Object("field", pair));
            columns.push(Column { name: CUSTOM_FIELDS, content });
        }
    }
    Ok(columns)
}

/// The column of an element that is not about custom fields.
fn column(var: &'static Var, fields: &[RecordField]) -> Result<Column<'static>> {
    let value = |path: FieldPath, form| {
        let field = match path {
            FieldPath::Own(field) => find(fields, &[field]),
            FieldPath::Inner(object, field) => find(fields, &[object, field]),
        };
        field.map(|field| ColumnContent::Value(field, form))
    };
    let content = match var.source {
        VarSource::Number(path) => value(path, ValueForm::Number)?,
        VarSource::Text(path) => value(path, ValueForm::Text)?,
        VarSource::Flag(path) => value(path, ValueForm::Words("TRUE", "FALSE"))?,
        VarSource::Date(path) => value(path, ValueForm::Date)?,
        VarSource::List(list) => {
            let (field, items) = find_list(fields, list.field())?;
            let item = |name, key, form| -> Result<NamedItem<'static>> {
                Ok((name, find(items, &[key])?, form))
            };
            let items = match list {
                ChildList::Chat => ItemColumns::Object(
                    "message",
                    vec![
                        item("date", "sentAt", ValueForm::Date)?,
                        item("sender", "sender", ValueForm::Text)?,
                        item("text", "body", ValueForm::Text)?,
                    ],
                ),
                ChildList::Videos => {
                    ItemColumns::Value(item("video_link", "url", ValueForm::Text)?)
                }
            };
            ColumnContent::List(field, items)
        }
        VarSource::FieldName | VarSource::FieldValue => return Err(missing()),
    };
    Ok(Column { name: var.element, content })
}

/// The list of the custom fields, and the name and the value in it.
fn custom_fields(fields: &[RecordField]) -> Result<(usize, usize, usize)> {
    let (list, items) = find_list(fields, "customFields")?;
    Ok((list, find(items, &["name"])?, find(items, &["value"])?))
}

fn find(fields: &[RecordField], path: &[&str]) -> Result<usize> {
    field_at(fields, path).ok_or_else(missing)
}

fn find_list<'f>(fields: &'f [RecordField], name: &str) -> Result<(usize, &'f [RecordField])> {
    let field = find(fields, &[name])?;
    let items = fields.get(field).and_then(|field| field.items.as_deref());
    Ok((field, items.ok_or_else(missing)?))
}

fn missing() -> Error {
    Error::internal("a translated query does not select what its answer needs")
}

impl LegacyError {
    /// The body of the answer.
    pub fn body(&self) -> Vec<u8> {
        // An error in XML has no XML declaration, like the published samples.
        let (before, escape, after): (&[u8], _, &[u8]) = match self.format() {
            OutputFormat::Xml => {
                (b"<response><error_msg>", Escape::Xml, b"</error_msg></response>")
            }
            OutputFormat::Json => (b"{\"error_msg\":", Escape::Json, b"}"),
            OutputFormat::Ndjson => (b"{\"error_msg\":", Escape::Json, b"}\n"),
            OutputFormat::Csv => (b"error_msg\r\n", Escape::Csv, b"\r\n"),
        };
        let mut out = before.to_vec();
        escape.text(self.message(), &mut out);
        out.extend_from_slice(after);
        out
    }
}

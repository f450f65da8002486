//! The columns of an answer.

use std::sync::Arc;

use super::{
    envelope,
    profile::{DateForm, JsonBooleans, JsonEmpty, JsonIds, ListShape, Profile, XmlEmpty},
    request::LegacyRequest,
    vars::{ChildList, FieldPath, Var, VarSource},
};
use crate::{
    error::{Error, Result},
    export::{
        Absent, Choice, Column, ColumnContent, CsvLayout, DateStyle, Document, ItemColumns,
        JsonLayout, Layout, NamedItem, NdjsonLayout, OutputFormat, ValueForm, XmlLayout,
    },
    graphql::records::{RecordField, field_at},
};

/// What the operator sets of answers.
#[derive(Clone, Copy, Debug)]
pub struct AnswerStyle<'p> {
    /// The shape of the answers.
    pub profile: &'p Profile,
    /// Whether a text in CSV that a spreadsheet could run as a formula gets `'` before it.
    pub disarm_formulas: bool,
}

/// The document of an answer. These are the fields of the records of the translated query.
///
/// # Errors
/// When a field is missing.
pub(super) fn document(
    request: &LegacyRequest,
    style: AnswerStyle<'_>,
    fields: &[RecordField],
) -> Result<Document> {
    let AnswerStyle { profile, disarm_formulas } = style;
    let columns = Columns { profile, format: request.format(), fields };
    let absent = match profile.json.empty {
        JsonEmpty::Empty => Absent::Empty,
        JsonEmpty::Null => Absent::Null,
        JsonEmpty::Absent => Absent::Left,
    };
    let layout: Box<dyn Layout + '_> = match request.format() {
        OutputFormat::Xml => Box::new(XmlLayout {
            envelope: envelope::xml(profile),
            record: profile.names.get("request"),
            repeats_items: profile.xml.lists == ListShape::Repeated,
            absent: match profile.xml.empty {
                XmlEmpty::Empty => Absent::Empty,
                XmlEmpty::Absent => Absent::Left,
            },
        }),
        OutputFormat::Json => Box::new(JsonLayout { envelope: envelope::json(profile), absent }),
        OutputFormat::Csv => Box::new(CsvLayout { disarm_formulas }),
        OutputFormat::Ndjson => Box::new(NdjsonLayout { absent }),
    };
    let columns = match request.format() {
        OutputFormat::Xml => columns.repeated(request)?,
        OutputFormat::Json | OutputFormat::Csv | OutputFormat::Ndjson => columns.scalar(request)?,
    };
    Ok(Document::new(&*layout, &columns))
}

/// What the columns of an answer are made from.
#[derive(Clone, Copy)]
struct Columns<'p> {
    profile: &'p Profile,
    format: OutputFormat,
    fields: &'p [RecordField],
}

impl<'p> Columns<'p> {
    /// Columns for a format that repeats elements: all custom fields are at the first of their elements,
    /// each with the requested elements in the caller's order.
    fn repeated(self, request: &LegacyRequest) -> Result<Vec<Column<'p>>> {
        let mut columns = Vec::new();
        let mut pairs = Vec::new();
        for var in request.vars().iter().filter(|var| var.is_custom()) {
            let (_, name, value) = custom_fields(self.fields)?;
            let field = if var.source == VarSource::FieldName { name } else { value };
            pairs.push((self.name(var.element), field, ValueForm::Text));
        }
        for var in request.vars() {
            if !var.is_custom() {
                columns.push(self.column(var)?);
            } else if !pairs.is_empty() {
                let (list, ..) = custom_fields(self.fields)?;
                let content = ColumnContent::Repeated(list, std::mem::take(&mut pairs));
                columns.push(Column { name: self.name(var.element), content });
            }
        }
        Ok(columns)
    }

    /// Columns for a format in which each name occurs once: one custom field, and a list of all.
    fn scalar(self, request: &LegacyRequest) -> Result<Vec<Column<'p>>> {
        let mut columns = Vec::new();
        let last_custom = request.vars().iter().rposition(|var| var.is_custom());
        for (position, var) in request.vars().iter().enumerate() {
            if !var.is_custom() {
                columns.push(self.column(var)?);
                continue;
            }
            let (list, name, value) = custom_fields(self.fields)?;
            let (named, valued) = request.custom_field();
            let chosen = [(name, named), (value, valued)];
            let chosen = chosen.into_iter().filter_map(|(field, text)| Some((field, text?)));
            let choice = Arc::new(Choice(chosen.collect()));
            let field = if var.source == VarSource::FieldName { name } else { value };
            let content = ColumnContent::Chosen(list, choice, field, ValueForm::Text);
            columns.push(Column { name: self.name(var.element), content });
            if last_custom == Some(position) {
                let pair = vec![
                    (self.name("name"), name, ValueForm::Text),
                    (self.name("value"), value, ValueForm::Text),
                ];
                let content = ColumnContent::List(list, ItemColumns::Object("field", pair));
                columns.push(Column { name: self.name("custom_fields"), content });
            }
        }
        Ok(columns)
    }

    /// The column of an element that is not about custom fields.
    fn column(self, var: &'static Var) -> Result<Column<'p>> {
        let value = |path: FieldPath, form| {
            let field = match path {
                FieldPath::Own(field) => find(self.fields, &[field]),
                FieldPath::Inner(object, field) => find(self.fields, &[object, field]),
            };
            field.map(|field| ColumnContent::Value(field, form))
        };
        let content = match var.source {
            VarSource::Number(path) => value(path, self.number())?,
            VarSource::Text(path) => value(path, ValueForm::Text)?,
            VarSource::Flag(path) => value(path, self.flag())?,
            VarSource::Date(path) => value(path, self.date())?,
            VarSource::List(list) => self.list(list)?,
            VarSource::FieldName | VarSource::FieldValue => return Err(missing()),
        };
        Ok(Column { name: self.name(var.element), content })
    }

    fn list(self, list: ChildList) -> Result<ColumnContent<'p>> {
        let (field, items) = find_list(self.fields, list.field())?;
        let item = |name, key, form| -> Result<NamedItem<'p>> {
            Ok((self.name(name), find(items, &[key])?, form))
        };
        let items = match list {
            ChildList::Chat => ItemColumns::Object(
                self.name("message"),
                vec![
                    item("date", "sentAt", self.date())?,
                    item("sender", "sender", ValueForm::Text)?,
                    item("text", "body", ValueForm::Text)?,
                ],
            ),
            ChildList::Videos => ItemColumns::Value(item("video_link", "url", ValueForm::Text)?),
        };
        Ok(ColumnContent::List(field, items))
    }

    fn name(self, element: &'static str) -> &'p str {
        self.profile.names.get(element)
    }

    fn is_json(self) -> bool {
        matches!(self.format, OutputFormat::Json | OutputFormat::Ndjson)
    }

    fn number(self) -> ValueForm {
        match self.is_json() && self.profile.json.ids == JsonIds::Text {
            true => ValueForm::NumberAsText,
            false => ValueForm::Number,
        }
    }

    fn flag(self) -> ValueForm {
        match self.is_json() && self.profile.json.booleans == JsonBooleans::Values {
            true => ValueForm::Flag,
            false => ValueForm::Words(Arc::new(self.profile.answers.booleans.clone())),
        }
    }

    fn date(self) -> ValueForm {
        let dates = &self.profile.dates;
        ValueForm::Date(DateStyle {
            separator: if dates.form == DateForm::Civil { b' ' } else { b'T' },
            offset_seconds: dates.zone.seconds,
            suffix: match dates.form {
                DateForm::WithZone => dates.zone.text(),
                DateForm::Civil | DateForm::CivilT => String::new(),
            },
        })
    }
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

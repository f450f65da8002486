//! JSON with placeholders.

use std::sync::Arc;

use super::site::SiteId;
use crate::{
    domain::page::{KeyKind, KeyValue, Position},
    error::{Error, Result},
    store::{Row, order::Order},
};

/// JSON with placeholders for values of type `V`.
#[derive(Clone, Debug)]
pub(super) struct Template<V>(pub(super) Vec<Part<V>>);

/// A part of a template.
#[derive(Clone, Debug)]
pub(super) enum Part<V> {
    /// JSON as it is written.
    Json(String),
    /// What differs from row to row, or from page to page.
    Placeholder(Placeholder<V>),
}

/// A placeholder for a value.
#[derive(Clone, Debug)]
pub(super) struct Placeholder<V> {
    pub(super) value: V,
    /// The field of the request that the value belongs to.
    pub(super) site: SiteId,
    /// Whether an error leaves null here, or fails what is around it.
    pub(super) nullable: bool,
}

/// A value that a row has. Numbers are indexes of the columns that are read, or of the children.
#[derive(Clone, Debug)]
pub(super) enum RowValue {
    /// A text.
    Text(usize),
    /// A word that must be known.
    Enum(usize, fn(&str) -> bool),
    /// A number of 64 bits, as a text.
    Digits(usize),
    /// A number of 32 bits.
    Int(usize),
    /// A number, as a float.
    Float(usize),
    /// A time.
    Time(usize),
    /// Whether the column is not null.
    IsPresent(usize),
    /// Whether the number is above zero.
    IsPositive(usize),
    /// A number of microseconds, as seconds.
    Micros(usize),
    /// A number divided by that of another column, null if that is 0.
    Average { sum: usize, count: usize },
    /// Whether the number is 1, or null.
    Flag(usize),
    /// The id of a node: a word and numbers.
    NodeId(&'static str, Vec<usize>),
    /// The cursor of the row.
    Cursor(CursorColumns),
    /// An object of the same row, null where a column is null.
    Object(Option<usize>, Template<RowValue>),
    /// The only row of a child, or null.
    Single(usize, Template<RowValue>),
    /// The page of a child.
    Page(usize, Template<PageValue>),
    /// All rows of a child, or those with this text in this column.
    List(usize, Option<(usize, String)>, Template<RowValue>),
    /// The field fails for every row.
    Fails(Arc<Error>),
}

/// A value that a page has.
#[derive(Clone, Debug)]
pub(super) enum PageValue {
    HasPrevious,
    HasNext,
    /// The cursor of the first row, or null.
    Start(CursorColumns),
    /// The cursor of the last row, or null.
    End(CursorColumns),
    /// The cursor with which a reader of the change feed continues.
    Resume(CursorColumns),
    Total,
    /// Every row.
    Rows(Template<RowValue>),
    /// The row after those of the page, which is the group of all sessions.
    Whole(Template<RowValue>),
}

/// The columns that a row's cursor is made of.
#[derive(Clone, Debug)]
pub(super) struct CursorColumns {
    pub(super) order: &'static Order,
    /// The columns of the order's key, and the values that each may have.
    pub(super) key: Vec<(usize, KeyKind)>,
    /// The column of the parent.
    pub(super) parent: Option<usize>,
}

impl CursorColumns {
    /// The position of a row.
    pub(super) fn position(&self, row: Row<'_>) -> Result<Position> {
        let value = |(column, kind): &(usize, KeyKind)| {
            Ok(match kind {
                KeyKind::Text => KeyValue::Text(row.text(*column)?.unwrap_or_default().to_owned()),
                KeyKind::Number => KeyValue::Number(row.i64(*column)?),
                KeyKind::OptionalNumber => {
                    row.opt_i64(*column)?.map_or(KeyValue::Absent, KeyValue::Number)
                }
            })
        };
        self.key.iter().map(value).collect::<Result<_>>().map(Position)
    }
}

impl<V> Template<V> {
    /// The placeholders.
    pub(super) fn placeholders(&self) -> impl Iterator<Item = &Placeholder<V>> {
        self.0.iter().filter_map(|part| match part {
            Part::Json(_) => None,
            Part::Placeholder(placeholder) => Some(placeholder),
        })
    }

    /// A template of an object that has no fields yet.
    pub(super) fn object() -> Self {
        Self(vec![Part::Json("{".to_owned())])
    }

    /// Adds text, joined to the text before.
    pub(super) fn json(&mut self, text: &str) {
        match self.0.last_mut() {
            Some(Part::Json(before)) => before.push_str(text),
            _ => {
                // Room for a key and its comma, which are mostly what is between two values.
                let mut json = String::with_capacity(text.len().max(32));
                json.push_str(text);
                self.0.push(Part::Json(json));
            }
        }
    }

    /// Adds the key of a field, with the comma before it.
    pub(super) fn key(&mut self, key: &str, first: bool) {
        // A name has no letters that JSON would escape.
        self.json(if first { "\"" } else { ",\"" });
        self.json(key);
        self.json("\":");
    }

    /// Adds all of another template.
    pub(super) fn append(&mut self, other: Self) {
        for part in other.0 {
            match part {
                Part::Json(text) => self.json(&text),
                placeholder => self.0.push(placeholder),
            }
        }
    }

    /// Adds a placeholder.
    pub(super) fn placeholder(&mut self, value: V, site: SiteId, nullable: bool) {
        self.0.push(Part::Placeholder(Placeholder { value, site, nullable }));
    }
}

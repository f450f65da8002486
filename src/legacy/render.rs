//! Writing sessions in the format asked for, with marks where a list is not at its end yet.

use serde_json_borrow::Value;

use super::{
    Format, Request, Var, json,
    node::{Connection, Malformed},
    vars::List,
    xml,
};
use crate::domain::text::fold;

/// Writes the parts of a document.
pub(super) struct Renderer {
    format: Format,
    vars: Vec<&'static Var>,
    named: NamedField,
}

/// A place in what was written where more items of a list belong.
pub(super) struct Hole {
    /// How many bytes stand before it.
    pub(super) at: usize,
    pub(super) rest: Rest,
}

/// The items of a session's list that are still to be asked for.
pub(super) struct Rest {
    pub(super) list: List,
    /// The session's node id.
    pub(super) session: String,
    /// The cursor of the last item known.
    pub(super) after: String,
}

/// The custom field that the filters name, by its folded name, its folded value, or both.
pub(super) struct NamedField {
    name: Option<String>,
    value: Option<String>,
}

impl Renderer {
    pub(super) fn new(request: &Request) -> Self {
        let (name, value) = request.custom_field();
        let named = NamedField { name, value };
        Self { format: request.format(), vars: request.vars().to_vec(), named }
    }

    pub(super) fn head(&self, total: u64, out: &mut Vec<u8>) {
        match self.format {
            Format::Xml => xml::head(total, out),
            Format::Json => json::head(total, out),
        }
    }

    pub(super) fn tail(&self, out: &mut Vec<u8>) {
        match self.format {
            Format::Xml => xml::tail(out),
            Format::Json => json::tail(out),
        }
    }

    /// Writes one session, `first` if it is the document's first.
    pub(super) fn session(
        &self,
        session: &Value<'_>,
        first: bool,
        out: &mut Vec<u8>,
        holes: &mut Vec<Hole>,
    ) -> Result<(), Malformed> {
        match self.format {
            Format::Xml => xml::session(&self.vars, session, out, holes),
            Format::Json => {
                json::comma(!first, out);
                json::session(&self.vars, &self.named, session, out, holes)
            }
        }
    }

    /// Writes further items of a list that has some already.
    pub(super) fn more(
        &self,
        list: List,
        items: &[Value<'_>],
        out: &mut Vec<u8>,
    ) -> Result<(), Malformed> {
        match self.format {
            Format::Xml => xml::items(list, items, out),
            Format::Json => json::items(list, items, false, out),
        }
    }
}

impl Hole {
    /// The hole after the first page of a list, if that is not all of it.
    pub(super) fn after(connection: &Connection<'_>, at: usize) -> Option<Self> {
        let (session, after) = connection.rest?;
        let (session, after) = (session.to_owned(), after.to_owned());
        Some(Self { at, rest: Rest { list: connection.list, session, after } })
    }
}

impl NamedField {
    /// The first field that the filters name, else the first field, else an empty one.
    pub(super) fn choose<'v>(&self, fields: &[(&'v str, &'v str)]) -> (&'v str, &'v str) {
        let named = |field: &&(&str, &str)| is(&self.name, field.0) && is(&self.value, field.1);
        fields.iter().find(named).or(fields.first()).copied().unwrap_or_default()
    }
}

fn is(wanted: &Option<String>, text: &str) -> bool {
    wanted.as_ref().is_none_or(|wanted| *wanted == fold(text))
}

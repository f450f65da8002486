//! Writing sessions in the format asked for, with marks where a list is not at its end yet.

use super::{
    Format, Request, Var, json,
    node::{self, Connection, Field, Items, Malformed, Session, Shape},
    vars::List,
    xml,
};
use crate::domain::text::fold;

/// Writes the parts of a document.
pub(super) struct Renderer {
    format: Format,
    vars: Vec<&'static Var>,
    shape: Shape,
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
        let (vars, shape) = (request.vars().to_vec(), Shape::new(request.vars()));
        Self { format: request.format(), vars, shape, named }
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

    /// Writes the sessions in the answer to a query, `first` if no others stand before them, and
    /// tells how many there are.
    pub(super) fn sessions(
        &self,
        json: &str,
        mut first: bool,
        out: &mut Vec<u8>,
        holes: &mut Vec<Hole>,
    ) -> Result<u64, Malformed> {
        node::page(json, &self.shape, |session| {
            match self.format {
                Format::Xml => xml::session(&self.vars, session, out, holes),
                Format::Json => {
                    json::comma(!first, out);
                    json::session(&self.vars, &self.named, session, out, holes);
                }
            }
            first = false;
        })
    }

    /// Writes further items of a list that has some already.
    pub(super) fn more(&self, items: &Items<'_>, out: &mut Vec<u8>) {
        match self.format {
            Format::Xml => xml::items(items, out),
            Format::Json => json::items(items, false, out),
        }
    }
}

impl Hole {
    /// The hole after the first page of a session's list, if that is not all of it.
    pub(super) fn after(
        session: &Session<'_>,
        connection: &Connection<'_, Items<'_>>,
        at: usize,
    ) -> Option<Self> {
        let after = connection.next?.to_owned();
        let (list, session) = (connection.nodes.list(), session.id.clone().into_owned());
        Some(Self { at, rest: Rest { list, session, after } })
    }
}

impl NamedField {
    /// The first field that the filters name, else the first field, else an empty one.
    pub(super) fn choose<'f>(&self, fields: &'f [Field<'_>]) -> (&'f str, &'f str) {
        let named =
            |field: &&Field<'_>| is(&self.name, &field.name.0) && is(&self.value, &field.value.0);
        let chosen = fields.iter().find(named).or(fields.first());
        chosen.map_or(("", ""), |field| (&field.name.0, &field.value.0))
    }
}

fn is(wanted: &Option<String>, text: &str) -> bool {
    wanted.as_ref().is_none_or(|wanted| *wanted == fold(text))
}

//! Writing sessions in a format, with placeholders for lists that have more pages.

use super::{
    LegacyRequest, OutputFormat, Var, json,
    response::{
        self, ListItems, ListPage, MalformedResponse, NameAndValue, ResponseSession, SessionShape,
    },
    vars::ChildList,
    xml,
};
use crate::domain::text::fold;

/// Writes the parts of a document.
pub(super) struct Renderer {
    format: OutputFormat,
    vars: Vec<&'static Var>,
    shape: SessionShape,
    named: NamedField,
}

/// A position in the text at which more items of a list belong.
pub(super) struct Placeholder {
    /// The number of bytes before it.
    pub(super) position: usize,
    pub(super) continuation: Continuation,
}

/// The items of a session's list that are not loaded yet.
pub(super) struct Continuation {
    pub(super) list: ChildList,
    /// The session's node id.
    pub(super) session: String,
    /// The cursor of the last loaded item.
    pub(super) after: String,
}

/// The custom field that the filters name, by its folded name, its folded value, or both.
pub(super) struct NamedField {
    name: Option<String>,
    value: Option<String>,
}

impl Renderer {
    pub(super) fn new(request: &LegacyRequest) -> Self {
        let (name, value) = request.custom_field();
        let named = NamedField { name, value };
        let (vars, shape) = (request.vars().to_vec(), SessionShape::new(request.vars()));
        Self { format: request.format(), vars, shape, named }
    }

    pub(super) fn write_head(&self, total: u64, out: &mut Vec<u8>) {
        match self.format {
            OutputFormat::Xml => xml::head(total, out),
            OutputFormat::Json => json::head(total, out),
        }
    }

    pub(super) fn write_tail(&self, out: &mut Vec<u8>) {
        match self.format {
            OutputFormat::Xml => xml::tail(out),
            OutputFormat::Json => json::tail(out),
        }
    }

    /// Writes the sessions of a response and returns their number. `first` is true where no session
    /// stands before them.
    pub(super) fn write_sessions(
        &self,
        json: &str,
        mut first: bool,
        out: &mut Vec<u8>,
        placeholders: &mut Vec<Placeholder>,
    ) -> Result<u64, MalformedResponse> {
        response::parse_sessions(json, &self.shape, |session| {
            match self.format {
                OutputFormat::Xml => xml::session(&self.vars, session, out, placeholders),
                OutputFormat::Json => {
                    json::comma(!first, out);
                    json::session(&self.vars, &self.named, session, out, placeholders);
                }
            }
            first = false;
        })
    }

    /// Writes further items of a list that is not empty.
    pub(super) fn write_more_items(&self, items: &ListItems<'_>, out: &mut Vec<u8>) {
        match self.format {
            OutputFormat::Xml => xml::items(items, out),
            OutputFormat::Json => json::items(items, false, out),
        }
    }
}

impl Placeholder {
    /// The placeholder after the first page of a session's list, if the list has more pages.
    pub(super) fn after(
        session: &ResponseSession<'_>,
        connection: &ListPage<'_, ListItems<'_>>,
        position: usize,
    ) -> Option<Self> {
        let after = connection.next?.to_owned();
        let (list, session) = (connection.nodes.list(), session.id.clone().into_owned());
        Some(Self { position, continuation: Continuation { list, session, after } })
    }
}

impl NamedField {
    /// The first field that the filters name, else the first field, else an empty one.
    pub(super) fn choose<'f>(&self, fields: &'f [NameAndValue<'_>]) -> (&'f str, &'f str) {
        let named = |field: &&NameAndValue<'_>| {
            matches(&self.name, &field.name.0) && matches(&self.value, &field.value.0)
        };
        let chosen = fields.iter().find(named).or(fields.first());
        chosen.map_or(("", ""), |field| (&field.name.0, &field.value.0))
    }
}

fn matches(filter: &Option<String>, text: &str) -> bool {
    filter.as_ref().is_none_or(|folded| *folded == fold(text))
}

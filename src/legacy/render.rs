//! Writing sessions and errors in a format, with placeholders for lists that have more pages.

use super::{
    error::LegacyError,
    format::OutputFormat,
    request::LegacyRequest,
    response::{self, ListItems, MalformedResponse, SessionShape},
    vars::Var,
};

mod json;
mod placeholder;
mod xml;

use json::NamedField;
pub(super) use placeholder::{Continuation, Placeholder};

/// Writes the parts of a document.
pub(super) struct Renderer {
    format: OutputFormat,
    vars: Vec<&'static Var>,
    shape: SessionShape,
    named: NamedField,
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

    /// Writes the sessions of a response and returns their number. `first` is true if no
    /// session was written before them.
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

impl LegacyError {
    /// The body of the answer.
    pub fn body(&self) -> Vec<u8> {
        match self.format() {
            OutputFormat::Xml => xml::error(self.message()),
            OutputFormat::Json => json::error(self.message()),
        }
    }
}

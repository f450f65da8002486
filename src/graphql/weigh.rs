//! Weighing a document before anything else looks at it.
//!
//! A document of 900 bytes can expand to billions of selections, and no time-out interrupts what
//! the library then does with them. Each fragment is weighed once, so that weighing costs what
//! the document's text costs, whatever it expands to.

use async_graphql::{
    Variables,
    parser::types::{ExecutableDocument, OperationType},
};

use super::context::Limits;
use crate::error::{Code, Error, Result};

mod input;
mod measure;
mod text;

/// A document that was found light enough.
#[derive(Debug)]
pub struct Weighed {
    /// The document.
    pub document: ExecutableDocument,
    /// Whether it asks for nothing but the schema.
    pub only_introspection: bool,
    /// The kind of the operation to run, if there is such an operation.
    pub operation: Option<OperationType>,
}

/// Parses a document and weighs all of it, with the page sizes that the variables give.
///
/// # Errors
/// When it cannot be parsed, or is too large, too deep or too dear.
pub fn weigh(
    query: &str,
    operation_name: Option<&str>,
    variables: &Variables,
    limits: &Limits,
) -> Result<Weighed> {
    text::check_nesting(query)?;
    input::check_variables(variables, limits)?;
    let document = async_graphql::parser::parse_query(query).map_err(|error| {
        let place = error.positions().next();
        let place =
            place.map_or(String::new(), |at| format!(" (line {}, column {})", at.line, at.column));
        Error::input(format!("The document cannot be parsed{place}: {error}"))
    })?;
    let weight = measure::document(&document, variables, limits)?;
    let mut operations = document.operations.iter();
    let operation = operations
        .find(|(name, _)| match operation_name {
            Some(wanted) => name.is_some_and(|name| name.as_str() == wanted),
            None => true,
        })
        .map(|(_, operation)| operation.node.ty);
    Ok(Weighed { document, only_introspection: weight.only_introspection, operation })
}

fn too_complex(what: impl Into<String>) -> Error {
    Error::client(Code::QueryTooComplex, what.into())
}

fn too_deep(what: impl Into<String>) -> Error {
    Error::client(Code::QueryTooDeep, what.into())
}

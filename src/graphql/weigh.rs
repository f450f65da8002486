//! Weighing a document before anything else looks at it.
//!
//! A document of 900 bytes can expand to billions of selections, and no time-out interrupts what
//! the library then does with them. Each fragment is weighed once, so that weighing costs what
//! the document's text costs, whatever it expands to.

use async_graphql::{
    Variables,
    parser::{
        self,
        types::{ExecutableDocument, OperationDefinition},
    },
};

use super::context::Limits;
use crate::error::{Code, Error, Result};

mod input;
mod measure;
mod text;

/// What is known of a document that was found light enough.
#[derive(Debug)]
pub struct Weighed<'a> {
    /// Whether it asks for nothing but the schema.
    pub only_introspection: bool,
    /// The operation to run, if there is such an operation.
    pub operation: Option<&'a OperationDefinition>,
}

/// Parses a document, unless it is nested too deeply for that.
///
/// # Errors
/// When it cannot be parsed.
pub fn parse(query: &str) -> Result<ExecutableDocument> {
    text::check_nesting(query)?;
    async_graphql::parser::parse_query(query).map_err(unreadable)
}

/// Weighs all of a document, with the page sizes that the variables give.
///
/// # Errors
/// When it, or the values of its variables, are too large, too deep or too dear.
pub fn weigh<'a>(
    document: &'a ExecutableDocument,
    operation_name: Option<&str>,
    variables: &Variables,
    limits: &Limits,
) -> Result<Weighed<'a>> {
    input::check_variables(variables, limits)?;
    let weight = measure::document(document, variables, limits)?;
    let operation = operation_to_run(document, operation_name);
    if let Some(operation) = operation {
        input::check_given(&operation.variable_definitions, variables)?;
    }
    Ok(Weighed { only_introspection: weight.only_introspection, operation })
}

impl Weighed<'_> {
    /// Gives the variables of the operation to run that have no value their defaults.
    pub fn add_defaults(&self, variables: &mut Variables) {
        for definition in self.operation.into_iter().flat_map(|it| &it.variable_definitions) {
            if let Some(value) = definition.node.default_value() {
                let name = definition.node.name.node.clone();
                variables.entry(name).or_insert_with(|| value.clone());
            }
        }
    }
}

fn unreadable(error: parser::Error) -> Error {
    if matches!(error, parser::Error::RecursionLimitExceeded) {
        return too_deep("The document is nested too deeply.");
    }
    let place = error.positions().next();
    let place =
        place.map_or(String::new(), |at| format!(" (line {}, column {})", at.line, at.column));
    Error::input(format!("The document cannot be parsed{place}: {error}"))
}

/// The operation with this name; without a name, the only one.
pub(super) fn operation_to_run<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Option<&'a OperationDefinition> {
    let mut operations = document.operations.iter();
    let found = match name {
        Some(wanted) => operations.find(|(name, _)| name.is_some_and(|it| it.as_str() == wanted)),
        None => operations.next().filter(|_| operations.next().is_none()),
    };
    found.map(|(_, operation)| &operation.node)
}

fn too_complex(what: impl Into<String>) -> Error {
    Error::client(Code::QueryTooComplex, what.into())
}

fn too_deep(what: impl Into<String>) -> Error {
    Error::client(Code::QueryTooDeep, what.into())
}

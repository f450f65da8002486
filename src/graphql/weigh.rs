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

mod cost;
mod input;
mod measure;
mod text;

/// A document that was found light enough, whatever its variables are.
#[derive(Debug)]
pub struct Document {
    /// The document.
    pub parsed: ExecutableDocument,
    /// Whether it asks for nothing but the schema.
    pub only_introspection: bool,
}

/// Parses a document and weighs all of it.
///
/// # Errors
/// When it cannot be parsed, or is too large or too deep.
pub fn read(query: &str, limits: &Limits) -> Result<Document> {
    text::check_nesting(query)?;
    let parsed = async_graphql::parser::parse_query(query).map_err(unreadable)?;
    let only_introspection = measure::document(&parsed, limits)?.only_introspection;
    Ok(Document { parsed, only_introspection })
}

impl Document {
    /// The operation with this name; without a name, the only one.
    pub fn operation(&self, name: Option<&str>) -> Option<&OperationDefinition> {
        let mut operations = self.parsed.operations.iter();
        let found = match name {
            Some(wanted) => {
                operations.find(|(name, _)| name.is_some_and(|it| it.as_str() == wanted))
            }
            None => operations.next().filter(|_| operations.next().is_none()),
        };
        found.map(|(_, operation)| &operation.node)
    }

    /// Whether a validation with these variables looks at every part of it.
    pub fn is_looked_at_whole(&self, variables: &Variables) -> bool {
        let mut operations = self.parsed.operations.iter();
        let one = operations.next().filter(|_| operations.next().is_none());
        one.is_some_and(|(_, operation)| {
            let mut definitions = operation.node.variable_definitions.iter();
            definitions.all(|definition| variables.contains_key(&definition.node.name.node))
        })
    }

    /// Gives the variables of an operation that have no value their defaults, and weighs what it
    /// asks for with them.
    ///
    /// # Errors
    /// When a value is missing, too large or too deep, or the request is too dear.
    pub fn weigh(
        &self,
        operation: &OperationDefinition,
        variables: &mut Variables,
        limits: &Limits,
    ) -> Result<()> {
        input::check_variables(variables, limits)?;
        input::check_given(&operation.variable_definitions, variables)?;
        for definition in &operation.variable_definitions {
            if let Some(value) = definition.node.default_value() {
                let name = definition.node.name.node.clone();
                variables.entry(name).or_insert_with(|| value.clone());
            }
        }
        cost::check(&self.parsed, operation, variables, limits)
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

fn too_complex(what: impl Into<String>) -> Error {
    Error::client(Code::QueryTooComplex, what.into())
}

fn too_deep(what: impl Into<String>) -> Error {
    Error::client(Code::QueryTooDeep, what.into())
}

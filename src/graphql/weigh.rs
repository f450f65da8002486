//! Weighing a document before anything else looks at it.
//!
//! A document of 900 bytes can expand to billions of selections, and no time-out interrupts what
//! the library then does with them. Each fragment is weighed once, so that weighing costs what
//! the document's text costs, whatever it expands to.

use apollo_compiler::ast;
use async_graphql::{
    Variables,
    parser::types::{ExecutableDocument, OperationDefinition},
};

use super::{context::Limits, error::RequestError, syntax};
use crate::error::{Code, Error, Result};

mod cost;
mod input;
mod measure;

pub(super) use input::check_variables;

/// A document that was found light enough, whatever its variables are.
#[derive(Debug)]
pub struct Document {
    /// The document.
    pub parsed: ExecutableDocument,
    /// Whether it asks for nothing but the schema.
    pub only_introspection: bool,
}

/// Parses a document and weighs all of it. Answers its syntax tree beside it, for its validation.
///
/// # Errors
/// When it cannot be parsed, or is too large or too deep.
pub(super) fn read(
    query: &str,
    limits: &Limits,
) -> Result<(Document, ast::Document), RequestError> {
    let syntax::Parsed { syntax, document: parsed } = syntax::parse(query)?;
    let only_introspection = measure::document(&parsed, limits)?.only_introspection;
    Ok((Document { parsed, only_introspection }, syntax))
}

impl Document {
    /// The operation with this name; without a name, the only one.
    ///
    /// # Errors
    /// When there is none.
    pub fn operation(&self, name: Option<&str>) -> Result<&OperationDefinition> {
        let mut operations = self.parsed.operations.iter();
        let found = match name {
            Some(wanted) => {
                operations.find(|(name, _)| name.is_some_and(|it| it.as_str() == wanted))
            }
            None => operations.next().filter(|_| operations.next().is_none()),
        };
        found.map(|(_, operation)| &operation.node).ok_or_else(|| {
            Error::input(match name {
                Some(name) => format!("The document has no operation '{name}'."),
                None if self.parsed.operations.iter().next().is_none() => {
                    "The document has no operation.".to_owned()
                }
                None => "The document has several operations: name one of them as \
                         'operationName'."
                    .to_owned(),
            })
        })
    }

    /// Refuses an operation that is too dear with these variables.
    ///
    /// # Errors
    /// When it is.
    pub fn check_cost(
        &self,
        operation: &OperationDefinition,
        variables: &Variables,
        limits: &Limits,
    ) -> Result<()> {
        cost::check(&self.parsed, operation, variables, limits)
    }
}

fn too_complex(what: impl Into<String>) -> Error {
    Error::client(Code::QueryTooComplex, what.into())
}

fn too_deep(what: impl Into<String>) -> Error {
    Error::client(Code::QueryTooDeep, what.into())
}

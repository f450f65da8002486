//! A parsed document, ready to be validated and executed.

use apollo_compiler::ast;
use async_graphql::parser::types::{ExecutableDocument, OperationDefinition};

use super::{
    error::RequestError,
    limits::{
        Limits,
        size::{DocumentSize, measure},
    },
};
use crate::error::{Error, Result};

pub(super) mod cache;
pub(super) mod hash;
pub(super) mod manifest;
pub(super) mod persisted;
pub(super) mod reference;
mod syntax;
pub(super) mod trusted;
pub(super) mod validation;
pub(super) mod variables;

const NO_OPERATION: &str = "The document has no operation.";

/// A document within the limits that do not depend on its variables.
#[derive(Debug)]
pub(super) struct Document {
    /// The document.
    pub(super) parsed: ExecutableDocument,
    /// Whether its only root fields are those of the introspection.
    pub(super) only_introspection: bool,
    /// Whether it reads the schema.
    pub(super) has_introspection: bool,
}

/// Parses and measures a document. Returns its syntax tree beside it, for its validation.
///
/// # Errors
/// When it cannot be parsed, or exceeds a limit.
pub(super) fn read(
    query: &str,
    limits: &Limits,
) -> Result<(Document, ast::Document), RequestError> {
    let syntax::Parsed { syntax, document: parsed } = syntax::parse(query)?;
    let DocumentSize { only_introspection, has_introspection } = measure(&parsed, limits)?;
    Ok((Document { parsed, only_introspection, has_introspection }, syntax))
}

impl Document {
    /// The operation with this name; without a name, the only one.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn operation(&self, name: Option<&str>) -> Result<&OperationDefinition> {
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
                None if self.has_no_operation() => NO_OPERATION.to_owned(),
                None => "The document has several operations: name one of them as \
                         'operationName'."
                    .to_owned(),
            })
        })
    }

    /// Checks that there is an operation.
    ///
    /// # Errors
    /// When there are fragments only.
    pub(super) fn check_operations(&self) -> Result<()> {
        if self.has_no_operation() { Err(Error::input(NO_OPERATION)) } else { Ok(()) }
    }

    fn has_no_operation(&self) -> bool {
        self.parsed.operations.iter().next().is_none()
    }
}

//! The validation of documents, which does not depend on the values of variables.
//!
//! apollo-compiler checks most rules of chapter 5 of the specification. [`input`] and [`merge`] check
//! the others.

use std::collections::HashSet;

use super::{super::error::RequestError, syntax::position};
use apollo_compiler::{
    Schema, ast,
    diagnostic::ToCliReport,
    validation::{DiagnosticList, Valid},
};

mod errors;
mod input;
mod merge;

use errors::ValidationErrors;

/// The field of the specification's introspection that apollo-compiler's introspection lacks.
const INTROSPECTION: &str = "extend type __Type { isOneOf: Boolean }";

/// The schema, for the validation of documents.
#[derive(Debug)]
pub(in crate::graphql) struct Validator(Valid<Schema>);

impl Validator {
    /// From a schema in its definition language. That ours is valid is tested.
    pub(in crate::graphql) fn new(sdl: &str) -> Self {
        let schema = Schema::parse_and_validate(format!("{sdl}{INTROSPECTION}"), "");
        Self(schema.unwrap_or_else(|invalid| Valid::assume_valid(invalid.partial)))
    }

    /// The schema.
    pub(in crate::graphql) fn schema(&self) -> &Schema {
        &self.0
    }

    /// Refuses a document that is not valid, with its first `max_errors` errors.
    ///
    /// # Errors
    /// When it is not valid.
    pub(in crate::graphql) fn validate(
        &self,
        syntax: &ast::Document,
        max_errors: usize,
    ) -> Result<(), RequestError> {
        let text = syntax.sources.values().next().map_or("", |source| source.source_text());
        let errors = self.errors(syntax);
        if errors.is_empty() {
            return Ok(());
        }
        // One error at a position: a second one there is about the same mistake.
        let mut offsets = HashSet::new();
        let first =
            errors.into_iter().filter(|(offset, _)| offsets.insert(*offset)).take(max_errors);
        let located = first.map(|(offset, message)| (position(text, offset), message));
        Err(RequestError::invalid(located.collect()))
    }

    /// The errors of a document. A step runs only if the steps before it found no error, because it
    /// would report the consequences too: an argument of an unknown field uses no variable.
    fn errors(&self, syntax: &ast::Document) -> ValidationErrors {
        let wrong = self.variable_types(syntax);
        if !wrong.is_empty() {
            return wrong;
        }
        let document = match syntax.to_executable(&self.0) {
            Ok(document) => document,
            Err(unknown) => return messages(&unknown.errors),
        };
        let mut errors = input::errors(&self.0, &document);
        match document.validate(&self.0) {
            Ok(document) => errors.extend(merge::errors(&self.0, &document)),
            Err(invalid) => errors.extend(messages(&invalid.errors)),
        }
        errors
    }

    /// Variables of types that are unknown or not input types. Other errors of these variables are
    /// consequences.
    fn variable_types(&self, syntax: &ast::Document) -> ValidationErrors {
        let operations = syntax.definitions.iter().filter_map(|it| it.as_operation_definition());
        let wrong = operations.flat_map(|it| &it.variables).filter_map(|variable| {
            let of = variable.ty.inner_named_type();
            let what = match self.0.types.get(of) {
                Some(known) if known.is_input_type() => return None,
                Some(_) => "which is not a type of input",
                None => "which does not exist",
            };
            let position = variable.location().map_or(0, |span| span.offset());
            Some((
                position,
                format!("The variable '${}' is of the type '{of}', {what}.", variable.name),
            ))
        });
        wrong.collect()
    }
}

fn messages(errors: &DiagnosticList) -> ValidationErrors {
    let message = |text: String| {
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ").replace('`', "'");
        let mut signs = line.chars();
        let first = signs.next().map(|first| first.to_ascii_uppercase());
        format!("{}{}.", first.map(String::from).unwrap_or_default(), signs.as_str())
    };
    let position = |it: &apollo_compiler::diagnostic::Diagnostic<'_, _>| {
        ToCliReport::location(it.error).map_or(0, |span| span.offset())
    };
    errors.iter().map(|it| (position(&it), message(it.error.to_string()))).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_schema_is_valid() {
        let sdl = format!("{}{}", crate::graphql::sdl(), super::INTROSPECTION);
        apollo_compiler::Schema::parse_and_validate(sdl, "").unwrap();
    }
}

//! Whether a document is valid, which does not depend on its variables.
//!
//! apollo-compiler knows the rules of the specification's chapter 5. What it leaves out or cannot
//! know is checked in [`input`] and [`merge`].

use std::collections::HashSet;

use super::{super::error::RequestError, syntax::position};
use apollo_compiler::{
    Schema, ast,
    diagnostic::ToCliReport,
    validation::{DiagnosticList, Valid},
};

mod faults;
mod input;
mod merge;

use faults::Faults;

/// What apollo-compiler's introspection lacks of the specification's.
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
        let faults = self.faults(syntax);
        if faults.is_empty() {
            return Ok(());
        }
        // One fault at a place: another one there says the same in other words.
        let mut places = HashSet::new();
        let first = faults.into_iter().filter(|(place, _)| places.insert(*place)).take(max_errors);
        let told = first.map(|(place, message)| (position(text, place), message));
        Err(RequestError::invalid(told.collect()))
    }

    /// What is wrong with a document. A step begins only where the one before found nothing, since
    /// it would tell what follows from that: an argument of an unknown field uses no variable.
    fn faults(&self, syntax: &ast::Document) -> Faults {
        let wrong = self.variable_types(syntax);
        if !wrong.is_empty() {
            return wrong;
        }
        let document = match syntax.to_executable(&self.0) {
            Ok(document) => document,
            Err(unknown) => return messages(&unknown.errors),
        };
        let mut faults = input::faults(&self.0, &document);
        match document.validate(&self.0) {
            Ok(document) => faults.extend(merge::faults(&self.0, &document)),
            Err(invalid) => faults.extend(messages(&invalid.errors)),
        }
        faults
    }

    /// Variables of types that are unknown or not for input. Whatever else is wrong with those
    /// variables follows from it.
    fn variable_types(&self, syntax: &ast::Document) -> Faults {
        let operations = syntax.definitions.iter().filter_map(|it| it.as_operation_definition());
        let wrong = operations.flat_map(|it| &it.variables).filter_map(|variable| {
            let of = variable.ty.inner_named_type();
            let what = match self.0.types.get(of) {
                Some(known) if known.is_input_type() => return None,
                Some(_) => "which is not a type of input",
                None => "which does not exist",
            };
            let place = variable.location().map_or(0, |span| span.offset());
            Some((
                place,
                format!("The variable '${}' is of the type '{of}', {what}.", variable.name),
            ))
        });
        wrong.collect()
    }
}

fn messages(errors: &DiagnosticList) -> Faults {
    let message = |text: String| {
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ").replace('`', "'");
        let mut signs = line.chars();
        let first = signs.next().map(|first| first.to_ascii_uppercase());
        format!("{}{}.", first.map(String::from).unwrap_or_default(), signs.as_str())
    };
    let place = |it: &apollo_compiler::diagnostic::Diagnostic<'_, _>| {
        ToCliReport::location(it.error).map_or(0, |span| span.offset())
    };
    errors.iter().map(|it| (place(&it), message(it.error.to_string()))).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_schema_is_valid() {
        let sdl = format!("{}{}", crate::graphql::sdl(), super::INTROSPECTION);
        apollo_compiler::Schema::parse_and_validate(sdl, "").unwrap();
    }
}

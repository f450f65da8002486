//! The values in a document: no field of an input object occurs twice, custom scalars can be parsed,
//! and each variable has a type that is allowed at its position, also inside lists and objects.

use std::collections::{HashMap, HashSet};

use apollo_compiler::{
    Name, Node, Schema,
    ast::{Argument, DirectiveList, InputValueDefinition, Type, Value, VariableDefinition},
    executable::{ExecutableDocument, Operation, Selection, SelectionSet},
    parser::SourceSpan,
    schema::ExtendedType,
};

use super::{super::syntax::constant, errors::ValidationErrors};
use crate::graphql::scalar;

/// The errors of the values of a document that is valid otherwise.
pub(super) fn errors(schema: &Schema, document: &ExecutableDocument) -> ValidationErrors {
    let mut errors = ValidationErrors::new();
    for operation in document.operations.iter() {
        let variables = operation.variables.iter().map(|it| (&it.name, it)).collect();
        let walk = Walk { schema, document, variables, fragments: HashSet::new(), errors };
        errors = walk.operation(operation);
    }
    errors
}

struct Walk<'a> {
    schema: &'a Schema,
    document: &'a ExecutableDocument,
    variables: HashMap<&'a Name, &'a Node<VariableDefinition>>,
    fragments: HashSet<&'a Name>,
    errors: ValidationErrors,
}

/// The position of a value.
#[derive(Clone, Copy)]
struct InputPosition<'a> {
    of: &'a Type,
    has_default: bool,
    /// Whether it is a field of an input object with `@oneOf`.
    one_of: bool,
}

impl<'a> InputPosition<'a> {
    fn of(definition: &'a InputValueDefinition, one_of: bool) -> Self {
        Self { of: &definition.ty, has_default: definition.default_value.is_some(), one_of }
    }

    fn item(self) -> Option<Self> {
        let is_list = self.of.is_list();
        is_list.then(|| Self { of: self.of.item_type(), has_default: false, one_of: false })
    }
}

impl<'a> Walk<'a> {
    fn operation(mut self, operation: &'a Operation) -> ValidationErrors {
        for variable in &operation.variables {
            if let Some(default) = &variable.default_value {
                self.value(
                    InputPosition { of: &variable.ty, has_default: false, one_of: false },
                    default,
                );
            }
        }
        self.directives(&operation.directives);
        self.selections(&operation.selection_set);
        self.errors
    }

    fn selections(&mut self, set: &'a SelectionSet) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => {
                    self.directives(&field.directives);
                    self.arguments(&field.definition.arguments, &field.arguments);
                    self.selections(&field.selection_set);
                }
                Selection::InlineFragment(inline) => {
                    self.directives(&inline.directives);
                    self.selections(&inline.selection_set);
                }
                Selection::FragmentSpread(spread) => {
                    self.directives(&spread.directives);
                    let document = self.document;
                    if let Some(fragment) = document.fragments.get(&spread.fragment_name)
                        && self.fragments.insert(&fragment.name)
                    {
                        self.directives(&fragment.directives);
                        self.selections(&fragment.selection_set);
                    }
                }
            }
        }
    }

    fn directives(&mut self, directives: &'a DirectiveList) {
        for directive in directives.iter() {
            let definition = self.schema.directive_definitions.get(&directive.name);
            let arguments = definition.map_or(&[][..], |it| &it.arguments);
            self.arguments(arguments, &directive.arguments);
        }
    }

    fn arguments(&mut self, known: &'a [Node<InputValueDefinition>], given: &'a [Node<Argument>]) {
        for argument in given {
            if let Some(definition) = known.iter().find(|it| it.name == argument.name) {
                let position = InputPosition::of(definition, false);
                match &*argument.value {
                    Value::Variable(name) => self.variable(position, name, argument.location()),
                    _ => self.value(position, &argument.value),
                }
            }
        }
    }

    fn value(&mut self, position: InputPosition<'a>, value: &'a Node<Value>) {
        match (&**value, position.item()) {
            (Value::Variable(name), _) => self.variable(position, name, value.location()),
            (Value::Null, _) => {}
            (Value::List(items), Some(item)) => items.iter().for_each(|it| self.value(item, it)),
            // A single value is coerced to a list of one value.
            (_, Some(item)) => self.value(item, value),
            (_, None) => self.named(position.of.inner_named_type(), value),
        }
    }

    fn named(&mut self, name: &'a Name, value: &'a Node<Value>) {
        match (self.schema.types.get(name), &**value) {
            (Some(ExtendedType::InputObject(object)), Value::Object(fields)) => {
                let one_of = object.directives.has("oneOf");
                if one_of && !matches!(&fields[..], [(_, value)] if !value.is_null()) {
                    self.error(
                        value.location(),
                        format!("'{name}' takes exactly one field, which is not null."),
                    );
                }
                let mut seen = HashSet::new();
                for (field, value) in fields {
                    if !seen.insert(field) {
                        let message = format!("The field '{field}' of '{name}' occurs twice.");
                        self.error(value.location(), message);
                    }
                    if let Some(definition) = object.fields.get(field) {
                        self.value(InputPosition::of(definition, one_of), value);
                    }
                }
            }
            (Some(ExtendedType::Scalar(scalar)), literal) if !scalar.is_built_in() => {
                let wrong = match constant(literal) {
                    Some(value) => scalar::check(name, &value).err(),
                    None => Some("a variable cannot be a part of it".to_owned()),
                };
                if let Some(wrong) = wrong {
                    self.error(value.location(), format!("This is not a '{name}': {wrong}."));
                }
            }
            _ => {}
        }
    }

    fn variable(&mut self, position: InputPosition<'a>, name: &'a Name, at: Option<SourceSpan>) {
        let Some(definition) = self.variables.get(name) else { return };
        let (of, default) = (&definition.ty, &definition.default_value);
        let fits = if position.of.is_non_null() && !of.is_non_null() {
            let has_value = default.as_ref().is_some_and(|default| !default.is_null());
            (has_value || position.has_default)
                && of.is_assignable_to(&position.of.clone().nullable())
        } else {
            of.is_assignable_to(position.of) && (!position.one_of || of.is_non_null())
        };
        if !fits {
            let (expected, bang) = (position.of, if position.one_of { "!" } else { "" });
            self.error(
                at,
                format!("The variable '${name}' is a '{of}', which does not fit where a '{expected}{bang}' is expected."),
            );
        }
    }

    fn error(&mut self, at: Option<SourceSpan>, message: String) {
        self.errors.push((at.map_or(0, |span| span.offset()), message));
    }
}

//! From the syntax tree that is validated to the one that is executed.

use std::collections::HashMap;

use apollo_compiler::{Name as SourceName, ast, parser::SourceSpan};
use async_graphql::{
    Name, Positioned, Value as ConstValue,
    parser::types::{
        BaseType, Directive, DocumentOperations, ExecutableDocument, Field, FragmentDefinition,
        FragmentSpread, InlineFragment, OperationDefinition, OperationType, Selection,
        SelectionSet, Type, TypeCondition, VariableDefinition,
    },
};
use async_graphql_value::{Number, Value};

use super::position::Positions;
use crate::graphql::error::RequestError;

/// A document of which every part is executable and every name is there once.
pub(super) fn document(
    text: &str,
    syntax: &ast::Document,
) -> Result<ExecutableDocument, RequestError> {
    let mut converter = Converter(Positions::new(text));
    let mut fragments = HashMap::new();
    let mut named = HashMap::new();
    let mut unnamed = None;
    for definition in &syntax.definitions {
        let (at, twice) = match definition {
            ast::Definition::OperationDefinition(source) => {
                let operation = converter.operation(source);
                let at = operation.pos;
                let twice = match &source.name {
                    Some(name) => {
                        named.insert(Name::new(name), operation).map(|_| format!("'{name}'"))
                    }
                    None => unnamed.replace(operation).map(|_| "no name".to_owned()),
                };
                (at, twice.map(|name| format!("There is more than one operation with {name}.")))
            }
            ast::Definition::FragmentDefinition(source) => {
                let (name, fragment) = (&source.name, converter.fragment(source));
                let at = fragment.pos;
                let twice = fragments.insert(Name::new(name), fragment);
                (at, twice.map(|_| format!("There is more than one fragment '{name}'.")))
            }
            other => {
                let name = other.name().map_or("schema", SourceName::as_str);
                let at = converter.position(other.location());
                (
                    at,
                    Some(format!(
                        "A request cannot define '{name}': it has operations and fragments."
                    )),
                )
            }
        };
        if let Some(message) = twice {
            return Err(RequestError::at(at, message));
        }
    }
    let operations = match unnamed {
        None => DocumentOperations::Multiple(named),
        Some(operation) if named.is_empty() => DocumentOperations::Single(operation),
        Some(operation) => {
            let message = "An operation without a name must be the only one of its document.";
            return Err(RequestError::at(operation.pos, message));
        }
    };
    Ok(ExecutableDocument { operations, fragments })
}

/// A type of input.
pub(in crate::graphql::document) fn input_type(source: &ast::Type) -> Type {
    let base = match source {
        ast::Type::Named(name) | ast::Type::NonNullNamed(name) => BaseType::Named(Name::new(name)),
        ast::Type::List(item) | ast::Type::NonNullList(item) => {
            BaseType::List(Box::new(input_type(item)))
        }
    };
    Type { base, nullable: !source.is_non_null() }
}

/// A value without variables; none where it has any.
pub(in crate::graphql::document) fn constant(source: &ast::Value) -> Option<ConstValue> {
    value(source).into_const()
}

fn value(source: &ast::Value) -> Value {
    match source {
        ast::Value::Null => Value::Null,
        ast::Value::Enum(word) => Value::Enum(Name::new(word)),
        ast::Value::Variable(name) => Value::Variable(Name::new(name)),
        ast::Value::String(text) => Value::String(text.clone()),
        ast::Value::Float(number) => {
            let number = number.try_to_f64().ok().and_then(Number::from_f64);
            number.map_or(Value::Null, Value::Number)
        }
        // Beyond 64 bits, only an id can be meant, which is a text.
        ast::Value::Int(number) => match number.as_str().parse::<i64>() {
            Ok(number) => Value::Number(number.into()),
            Err(_) => Value::String(number.as_str().to_owned()),
        },
        ast::Value::Boolean(flag) => Value::Boolean(*flag),
        ast::Value::List(items) => Value::List(items.iter().map(|it| value(it)).collect()),
        ast::Value::Object(fields) => {
            Value::Object(fields.iter().map(|(name, it)| (Name::new(name), value(it))).collect())
        }
    }
}

struct Converter<'a>(Positions<'a>);

type Arguments = Vec<(Positioned<Name>, Positioned<Value>)>;

impl Converter<'_> {
    fn position(&mut self, span: Option<SourceSpan>) -> async_graphql::Pos {
        span.map_or_else(Default::default, |span| self.0.of(span.offset()))
    }

    fn at<T>(&mut self, span: Option<SourceSpan>, node: T) -> Positioned<T> {
        Positioned::new(node, self.position(span))
    }

    fn name(&mut self, source: &SourceName) -> Positioned<Name> {
        self.at(source.location(), Name::new(source))
    }

    fn operation(
        &mut self,
        source: &apollo_compiler::Node<ast::OperationDefinition>,
    ) -> Positioned<OperationDefinition> {
        let at = self.position(source.location());
        let operation = OperationDefinition {
            ty: match source.operation_type {
                ast::OperationType::Query => OperationType::Query,
                ast::OperationType::Mutation => OperationType::Mutation,
                ast::OperationType::Subscription => OperationType::Subscription,
            },
            variable_definitions: source.variables.iter().map(|it| self.variable(it)).collect(),
            directives: self.directives(&source.directives),
            selection_set: self.selections(&source.selection_set),
        };
        Positioned::new(operation, at)
    }

    fn variable(
        &mut self,
        source: &apollo_compiler::Node<ast::VariableDefinition>,
    ) -> Positioned<VariableDefinition> {
        let at = self.position(source.location());
        let default = source.default_value.as_ref();
        let definition = VariableDefinition {
            name: self.name(&source.name),
            var_type: self.at(source.ty.location(), input_type(&source.ty)),
            default_value: default.and_then(|it| Some(self.at(it.location(), constant(it)?))),
            directives: self.directives(&source.directives),
        };
        Positioned::new(definition, at)
    }

    fn fragment(
        &mut self,
        source: &apollo_compiler::Node<ast::FragmentDefinition>,
    ) -> Positioned<FragmentDefinition> {
        let at = self.position(source.location());
        let fragment = FragmentDefinition {
            type_condition: self.condition(&source.type_condition),
            directives: self.directives(&source.directives),
            selection_set: self.selections(&source.selection_set),
        };
        Positioned::new(fragment, at)
    }

    fn condition(&mut self, source: &SourceName) -> Positioned<TypeCondition> {
        let on = self.name(source);
        Positioned::new(TypeCondition { on: on.clone() }, on.pos)
    }

    fn directives(&mut self, source: &ast::DirectiveList) -> Vec<Positioned<Directive>> {
        let directive = |it: &apollo_compiler::Node<ast::Directive>| {
            let at = self.position(it.location());
            let (name, arguments) = (self.name(&it.name), self.arguments(&it.arguments));
            Positioned::new(Directive { name, arguments }, at)
        };
        source.iter().map(directive).collect()
    }

    fn arguments(&mut self, source: &[apollo_compiler::Node<ast::Argument>]) -> Arguments {
        let argument = |it: &apollo_compiler::Node<ast::Argument>| {
            (self.name(&it.name), self.at(it.value.location(), value(&it.value)))
        };
        source.iter().map(argument).collect()
    }

    fn selections(&mut self, source: &[ast::Selection]) -> Positioned<SelectionSet> {
        let items = source.iter().map(|selection| self.selection(selection)).collect();
        let set = SelectionSet { items };
        let start = set.items.first().map(|it: &Positioned<Selection>| it.pos);
        Positioned::new(set, start.unwrap_or_default())
    }

    fn selection(&mut self, source: &ast::Selection) -> Positioned<Selection> {
        let at = self.position(source.location());
        let selection = match source {
            ast::Selection::Field(field) => Selection::Field(Positioned::new(
                Field {
                    alias: field.alias.as_ref().map(|alias| self.name(alias)),
                    name: self.name(&field.name),
                    arguments: self.arguments(&field.arguments),
                    directives: self.directives(&field.directives),
                    selection_set: self.selections(&field.selection_set),
                },
                at,
            )),
            ast::Selection::FragmentSpread(spread) => Selection::FragmentSpread(Positioned::new(
                FragmentSpread {
                    fragment_name: self.name(&spread.fragment_name),
                    directives: self.directives(&spread.directives),
                },
                at,
            )),
            ast::Selection::InlineFragment(inline) => Selection::InlineFragment(Positioned::new(
                InlineFragment {
                    type_condition: inline.type_condition.as_ref().map(|it| self.condition(it)),
                    directives: self.directives(&inline.directives),
                    selection_set: self.selections(&inline.selection_set),
                },
                at,
            )),
        };
        Positioned::new(selection, at)
    }
}

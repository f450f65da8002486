//! Whether the values of variables are of the types that an operation declares for them.
//!
//! A document's own validity does not depend on its variables, so that it is found once; the
//! variables are looked at for each request. What a scalar of our own means is left to its reader.

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned, Value, Variables,
    parser::{
        parse_schema,
        types::{BaseType, Type, TypeKind, TypeSystemDefinition, VariableDefinition},
    },
};

use crate::error::{Error, Result};

/// The input types of the schema, by name. Those that are not there are scalars of its own.
#[derive(Debug)]
pub(super) struct InputTypes(HashMap<Name, InputKind>);

#[derive(Debug)]
enum InputKind {
    Enum(Vec<Name>),
    Object(HashMap<Name, Field>),
}

#[derive(Debug)]
struct Field {
    of: Type,
    optional: bool,
}

impl InputTypes {
    /// Those of a schema in its definition language.
    pub(super) fn of(sdl: &str) -> Self {
        let definitions = parse_schema(sdl).map(|schema| schema.definitions).unwrap_or_default();
        let types = definitions.into_iter().filter_map(|definition| {
            let TypeSystemDefinition::Type(definition) = definition else { return None };
            let definition = definition.node;
            let kind = match definition.kind {
                TypeKind::Enum(of) => {
                    InputKind::Enum(of.values.into_iter().map(|it| it.node.value.node).collect())
                }
                TypeKind::InputObject(of) => {
                    let fields = of.fields.into_iter().map(|field| {
                        let field = field.node;
                        let optional = field.default_value.is_some() || field.ty.node.nullable;
                        (field.name.node, Field { of: field.ty.node, optional })
                    });
                    InputKind::Object(fields.collect())
                }
                _ => return None,
            };
            Some((definition.name.node, kind))
        });
        Self(types.collect())
    }

    /// Refuses values that are not of the declared types.
    pub(super) fn check(
        &self,
        definitions: &[Positioned<VariableDefinition>],
        variables: &Variables,
    ) -> Result<()> {
        for definition in definitions {
            let definition = &definition.node;
            let name = &definition.name.node;
            let Some(value) = variables.get(name) else { continue };
            self.value(&definition.var_type.node, value).map_err(|what| {
                Error::input(format!("The value of the variable '${name}' {what}."))
            })?;
        }
        Ok(())
    }

    fn value(&self, of: &Type, value: &Value) -> Result<(), String> {
        match (&of.base, value) {
            (_, Value::Null) if of.nullable => Ok(()),
            (_, Value::Null) => Err("has a null where none may be".to_owned()),
            (BaseType::List(item), Value::List(items)) => {
                items.iter().try_for_each(|value| self.value(item, value))
            }
            // A single value stands for a list of it.
            (BaseType::List(item), value) => self.value(item, value),
            (BaseType::Named(name), value) => self.named(name, value),
        }
    }

    fn named(&self, name: &Name, value: &Value) -> Result<(), String> {
        let fits = match (self.0.get(name), value) {
            (Some(InputKind::Object(fields)), Value::Object(given)) => {
                return Self::object(self, name, fields, given);
            }
            (Some(InputKind::Enum(words)), Value::String(word)) => {
                words.iter().any(|known| known.as_str() == word)
            }
            (Some(InputKind::Enum(words)), Value::Enum(word)) => words.contains(word),
            (Some(_), _) => false,
            (None, value) => is_scalar(name, value),
        };
        if fits { Ok(()) } else { Err(format!("has something else where '{name}' is expected")) }
    }

    fn object(
        &self,
        name: &Name,
        fields: &HashMap<Name, Field>,
        given: &async_graphql::indexmap::IndexMap<Name, Value>,
    ) -> Result<(), String> {
        for (key, value) in given {
            let field =
                fields.get(key).ok_or_else(|| format!("has a field that '{name}' has not"))?;
            self.value(&field.of, value)?;
        }
        let missing = fields.iter().find(|(key, it)| !it.optional && !given.contains_key(*key));
        match missing {
            Some((key, _)) => Err(format!("lacks the field '{key}' of '{name}'")),
            None => Ok(()),
        }
    }
}

fn is_scalar(name: &Name, value: &Value) -> bool {
    let whole = || matches!(value, Value::Number(it) if it.is_i64());
    match name.as_str() {
        "Int" => {
            matches!(value, Value::Number(it) if it.as_i64().is_some_and(|it| i32::try_from(it).is_ok()))
        }
        "Float" => matches!(value, Value::Number(_)),
        "String" => matches!(value, Value::String(_)),
        "Boolean" => matches!(value, Value::Boolean(_)),
        "ID" => matches!(value, Value::String(_)) || whole(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{Value, parser::types::Type};
    use serde_json::json;

    use super::InputTypes;

    #[test]
    fn values_are_of_the_types_of_the_schema_or_refused() {
        let types = InputTypes::of(&crate::graphql::sdl());
        let fits = |of: &str, value| {
            types.value(&Type::new(of).unwrap(), &Value::from_json(value).unwrap()).is_ok()
        };
        assert!(fits("SessionFilter", json!({ "startMethod": { "in": ["AGENT"] } })));
        assert!(fits("SessionFilter", json!({ "and": { "answered": true } })));
        assert!(!fits("SessionFilter", json!({ "startMethod": { "eq": "agent" } })));
        assert!(!fits("SessionFilter", json!({ "answred": true })));
        assert!(!fits("SessionFilter", json!("AGENT")));
        assert!(fits("SessionOrder", json!("STARTED_AT_ASC")) && !fits("SessionOrder", json!(1)));
        assert!(fits("[ID!]!", json!(["a", 1])) && !fits("[ID!]!", json!(["a", null])));
        assert!(fits("Int", json!(null)) && !fits("Int!", json!(null)));
        assert!(fits("Int", json!(-1)) && !fits("Int", json!(3_000_000_000_u64)));
        assert!(!fits("Int", json!(1.5)) && !fits("Boolean", json!("true")));
    }
}

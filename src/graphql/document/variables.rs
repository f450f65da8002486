//! The values of variables, coerced to the types that an operation declares for them.

use std::collections::HashMap;

use apollo_compiler::{Schema, schema::ExtendedType};
use async_graphql::{
    Name, Positioned, Value, Variables,
    indexmap::IndexMap,
    parser::types::{BaseType, Type, VariableDefinition},
};
use async_graphql_value::Number;

use super::{
    super::{error::RequestError, scalar},
    syntax::input_type,
};

/// The input types of the schema, by name. Those that are not there are scalars.
#[derive(Debug)]
pub(in crate::graphql) struct InputTypes(HashMap<Name, InputKind>);

#[derive(Debug)]
enum InputKind {
    Enum(Vec<Name>),
    Object { fields: HashMap<Name, Field>, one_of: bool },
}

#[derive(Debug)]
struct Field {
    of: Type,
    required: bool,
}

/// The error of a value, and the path to the wrong part of it, the innermost step first.
struct ValueError {
    path: Vec<String>,
    message: String,
}

type Coerced<T = Value> = Result<T, ValueError>;

fn value_error(message: impl Into<String>) -> ValueError {
    ValueError { path: Vec::new(), message: message.into() }
}

fn at_step(step: impl ToString) -> impl FnOnce(ValueError) -> ValueError {
    move |mut error| {
        error.path.push(step.to_string());
        error
    }
}

impl InputTypes {
    /// The input types of a schema.
    pub(in crate::graphql) fn new(schema: &Schema) -> Self {
        let kind = |of: &ExtendedType| match of {
            ExtendedType::Enum(of) => {
                Some(InputKind::Enum(of.values.keys().map(Name::new).collect()))
            }
            ExtendedType::InputObject(of) => {
                let field = |name, field: &apollo_compiler::ast::InputValueDefinition| {
                    (
                        Name::new(name),
                        Field { of: input_type(&field.ty), required: field.is_required() },
                    )
                };
                let fields = of.fields.iter().map(|(name, it)| field(name, it)).collect();
                Some(InputKind::Object { fields, one_of: of.directives.has("oneOf") })
            }
            _ => None,
        };
        let types = schema.types.iter();
        Self(types.filter_map(|(name, of)| Some((Name::new(name), kind(of)?))).collect())
    }

    /// The values of an operation's variables: those that are given, and else the defaults. Where
    /// there is neither, the variable has no value.
    ///
    /// # Errors
    /// When a value is missing or is not of the type of its variable.
    pub(in crate::graphql) fn coerce(
        &self,
        definitions: &[Positioned<VariableDefinition>],
        mut given: Variables,
    ) -> Result<Variables, RequestError> {
        let mut coerced = Variables::default();
        for Positioned { node: definition, pos } in definitions {
            let (name, of) = (&definition.name.node, &definition.var_type.node);
            let value = match (given.remove(name), &definition.default_value) {
                (Some(value), _) => self.coerce_value(of, value).map_err(|reason| {
                    RequestError::at(*pos, format!("The value of '${name}' is wrong{reason}."))
                })?,
                (None, Some(default)) => default.node.clone(),
                (None, None) if of.nullable => continue,
                (None, None) => {
                    let message = format!("The variable '${name}' of type '{of}' has no value.");
                    return Err(RequestError::at(*pos, message));
                }
            };
            coerced.insert(name.clone(), value);
        }
        Ok(coerced)
    }

    /// A value as one of this type.
    ///
    /// # Errors
    /// When it is not of this type: where it is wrong, and why.
    pub(in crate::graphql) fn coerce_value(
        &self,
        of: &Type,
        value: Value,
    ) -> Result<Value, String> {
        self.value(of, value).map_err(|ValueError { path, message }| {
            let path: Vec<_> = path.into_iter().rev().collect();
            let at = if path.is_empty() { "" } else { " at " };
            format!("{at}{}: {message}", path.join("."))
        })
    }

    fn value(&self, of: &Type, value: Value) -> Coerced {
        match (&of.base, value) {
            (_, Value::Null) if of.nullable => Ok(Value::Null),
            (_, Value::Null) => Err(value_error(format!("a '{of}' cannot be null"))),
            (BaseType::List(item), Value::List(items)) => {
                let items = items.into_iter().enumerate();
                let item = |(at, value)| self.value(item, value).map_err(at_step(at));
                items.map(item).collect::<Coerced<_>>().map(Value::List)
            }
            // A single value is coerced to a list of one value.
            (BaseType::List(item), value) => Ok(Value::List(vec![self.value(item, value)?])),
            (BaseType::Named(name), value) => self.named(name, value),
        }
    }

    fn named(&self, name: &Name, value: Value) -> Coerced {
        match (self.0.get(name), value) {
            (Some(InputKind::Object { fields, one_of }), Value::Object(given)) => {
                if *one_of && (given.len() != 1 || given.values().any(|it| *it == Value::Null)) {
                    return Err(value_error(format!(
                        "a '{name}' has exactly one field, which is not null"
                    )));
                }
                self.object(name, fields, given)
            }
            (Some(InputKind::Enum(words)), Value::String(word))
                if words.iter().any(|known| known.as_str() == word) =>
            {
                Ok(Value::Enum(Name::new(word)))
            }
            (Some(_), value) => Err(not(name, &value)),
            (None, value) => scalar(name, value),
        }
    }

    fn object(
        &self,
        name: &Name,
        fields: &HashMap<Name, Field>,
        given: IndexMap<Name, Value>,
    ) -> Coerced {
        let missing = fields.iter().find(|(key, it)| it.required && !given.contains_key(*key));
        if let Some((key, _)) = missing {
            return Err(value_error(format!("a '{name}' needs the field '{key}'")));
        }
        let field = |(key, value): (Name, Value)| match fields.get(&key) {
            Some(field) => match self.value(&field.of, value) {
                Ok(value) => Ok((key, value)),
                Err(error) => Err(at_step(key)(error)),
            },
            None => Err(value_error(format!("a '{name}' has no field '{key}'"))),
        };
        given.into_iter().map(field).collect::<Coerced<_>>().map(Value::Object)
    }
}

/// The maximum length of a value in a message.
const MAX_SHOWN_CHARS: usize = 60;

fn not(name: &str, value: &Value) -> ValueError {
    let shown = value.to_string();
    let cut = shown.chars().count() > MAX_SHOWN_CHARS;
    let shown: String = shown.chars().take(MAX_SHOWN_CHARS).collect();
    value_error(format!("{shown}{} is not of the type '{name}'", if cut { "…" } else { "" }))
}

fn scalar(name: &Name, value: Value) -> Coerced {
    // JSON has one kind of number: 2.0 is whole.
    let whole = |number: &Number| {
        let float = number.as_f64().filter(|it| it.fract() == 0.0);
        number.as_i64().or_else(|| float.filter(|it| it.abs() < 9e15).map(|it| it as i64))
    };
    match (name.as_str(), value) {
        ("Int", Value::Number(number)) => match whole(&number).map(i32::try_from) {
            Some(Ok(whole)) => Ok(whole.into()),
            _ => Err(not(name, &Value::Number(number))),
        },
        ("ID", Value::Number(number)) => match whole(&number) {
            Some(whole) => Ok(whole.to_string().into()),
            None if number.is_u64() => Ok(number.to_string().into()),
            None => Err(not(name, &Value::Number(number))),
        },
        ("Float", value @ Value::Number(_))
        | ("String" | "ID", value @ Value::String(_))
        | ("Boolean", value @ Value::Boolean(_)) => Ok(value),
        ("Int" | "Float" | "String" | "ID" | "Boolean", value) => Err(not(name, &value)),
        (_, value) => scalar::check(name, &value).map(|()| value).map_err(value_error),
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{Value, parser::types::Type};
    use serde_json::{Value as Json, json};

    use super::InputTypes;
    use crate::graphql::{document::validation::Validator, sdl};

    fn coerced(of: &str, value: Json) -> Result<Json, String> {
        let types = InputTypes::new(Validator::new(&sdl()).schema());
        let value = types.value(&Type::new(of).unwrap(), Value::from_json(value).unwrap());
        value.map(|value| value.into_json().unwrap()).map_err(|error| error.message)
    }

    fn assert_refused(of: &str, values: &[Json]) {
        for value in values {
            assert!(coerced(of, value.clone()).is_err(), "{of} {value}");
        }
    }

    #[test]
    fn numbers_are_coerced_by_their_value_and_not_by_their_spelling() {
        for number in [json!(2), json!(2.0), json!(2e0)] {
            assert_eq!(coerced("Int", number.clone()), Ok(json!(2)));
            assert_eq!(coerced("ID", number), Ok(json!("2")));
        }
        assert_eq!(coerced("ID", json!(u64::MAX)), Ok(json!("18446744073709551615")));
        assert_eq!(coerced("Float", json!(2)), Ok(json!(2)));
        assert_refused(
            "Int",
            &[json!(1.5), json!(3e9), json!(2_147_483_648_u64), json!("1"), json!(true)],
        );
        assert_refused("ID", &[json!(1.5), json!(true), json!([["a"]]), json!({})]);
    }

    #[test]
    fn a_single_value_is_coerced_to_a_list() {
        assert_eq!(coerced("[ID!]!", json!(1)), Ok(json!(["1"])));
        assert_eq!(coerced("[[Int]]", json!([1, [2]])), Ok(json!([[1], [2]])));
        assert_eq!(coerced("SessionFilter", json!({ "and": {} })), Ok(json!({ "and": [{}] })));
        assert_refused("[ID!]!", &[json!(null), json!([null])]);
        assert_refused("[Int]", &[json!([[1]])]);
    }

    #[test]
    fn values_of_other_types_are_refused() {
        assert_eq!(coerced("SessionOrder", json!("STARTED_AT_ASC")), Ok(json!("STARTED_AT_ASC")));
        assert_refused(
            "SessionOrder",
            &[json!("started_at_asc"), json!(1), json!(["STARTED_AT_ASC"])],
        );
        assert_refused("SessionFilter", &[json!({ "answred": true }), json!("AGENT"), json!([])]);
        assert_refused("Boolean!", &[json!("true"), json!(0), json!(null)]);
        assert_refused("String", &[json!(1), json!(false), json!(["a"])]);
    }
}

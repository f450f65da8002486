//! The arguments of fields: their declaration, and their values.

use std::marker::PhantomData;

use async_graphql::{
    InputType, Positioned, Value as Const, Variables, parser::types::Field, registry::Registry,
};
use async_graphql_value::Value;

use super::super::{context::RequestContext, limits::Limits};
use crate::{
    domain::viewer::CursorKey,
    error::{Error, Result},
};

/// An argument of type `T`.
#[derive(Debug)]
pub(in crate::graphql) struct Argument<T> {
    pub(in crate::graphql) name: &'static str,
    pub(in crate::graphql) description: &'static str,
    /// The default value, as the schema writes it.
    pub(in crate::graphql) default: Option<&'static str>,
    of: PhantomData<fn() -> T>,
}

/// An argument of a field.
#[derive(Debug)]
pub(in crate::graphql) struct ArgumentDefinition {
    pub(in crate::graphql) name: &'static str,
    pub(in crate::graphql) description: &'static str,
    /// The default value, as the schema writes it.
    pub(in crate::graphql) default: Option<&'static str>,
    pub(in crate::graphql) register: RegisterType,
}

/// Adds a type to the schema and returns its name, perhaps with `!` at its end.
pub(in crate::graphql) type RegisterType = fn(&mut Registry) -> String;

/// The arguments of a field of a request, and what they are read with.
#[derive(Clone, Copy)]
pub(in crate::graphql) struct FieldArguments<'a> {
    pub(in crate::graphql) field: &'a Positioned<Field>,
    pub(in crate::graphql) variables: &'a Variables,
    pub(in crate::graphql) request: &'a RequestContext,
}

impl<T> Argument<T> {
    /// An argument.
    pub(in crate::graphql) const fn new(name: &'static str, description: &'static str) -> Self {
        Self { name, description, default: None, of: PhantomData }
    }

    /// The argument with a default value, as the schema writes it.
    pub(in crate::graphql) const fn default(self, default: &'static str) -> Self {
        Self { default: Some(default), ..self }
    }
}

impl<T: InputType> Argument<T> {
    /// The argument as a part of a field.
    pub(in crate::graphql) const fn definition(&self) -> ArgumentDefinition {
        ArgumentDefinition {
            name: self.name,
            description: self.description,
            default: self.default,
            register: T::create_type_info,
        }
    }

    /// The value of this argument of a field.
    fn coerce(&self, field: &Field, variables: &Variables) -> Result<T> {
        let given = field.get_argument(self.name);
        // An absent argument and an absent variable both mean the default.
        let value = given.and_then(|value| constant(&value.node, variables));
        T::parse(value.or_else(|| self.default.map(default_value))).map_err(|error| {
            Error::input(error.into_server_error(async_graphql::Pos::default()).message)
        })
    }
}

impl FieldArguments<'_> {
    /// The value of an argument.
    pub(in crate::graphql) fn get<T: InputType>(&self, argument: &Argument<T>) -> Result<T> {
        argument.coerce(&self.field.node, self.variables)
    }

    /// What the cursors of the account that the caller may read begin with.
    pub(in crate::graphql) fn cursor_key(&self) -> Result<CursorKey> {
        Ok(self.request.reader()?.cursor_key)
    }

    /// The request, which knows the caller and the time.
    pub(in crate::graphql) fn request(&self) -> &RequestContext {
        self.request
    }

    pub(in crate::graphql) fn limits(&self) -> &Limits {
        self.request.limits()
    }
}

/// A default value: JSON writes it as the schema does, unless it is an enum value.
fn default_value(text: &str) -> Const {
    serde_json::from_str(text).unwrap_or_else(|_| Const::Enum(async_graphql::Name::new(text)))
}

/// A value with the values of its variables; none if it is a variable without a value.
pub(in crate::graphql) fn constant(value: &Value, variables: &Variables) -> Option<Const> {
    Some(match value {
        Value::Variable(name) => variables.get(name)?.clone(),
        Value::Null => Const::Null,
        Value::Number(number) => Const::Number(number.clone()),
        Value::String(text) => Const::String(text.clone()),
        Value::Boolean(flag) => Const::Boolean(*flag),
        Value::Binary(bytes) => Const::Binary(bytes.clone()),
        Value::Enum(word) => Const::Enum(word.clone()),
        Value::List(items) => {
            // An item that is a variable without a value is null.
            let item = |item| constant(item, variables).unwrap_or_default();
            Const::List(items.iter().map(item).collect())
        }
        Value::Object(fields) => {
            let field = |(name, value): (&async_graphql::Name, &Value)| {
                Some((name.clone(), constant(value, variables)?))
            };
            Const::Object(fields.iter().filter_map(field).collect())
        }
    })
}

#[cfg(test)]
mod tests {
    use async_graphql::{
        Name, Value, Variables,
        parser::{parse_query, types::Selection},
    };

    use super::Argument;

    fn coerce<T: async_graphql::InputType>(
        argument: &Argument<T>,
        call: &str,
        n: Option<Value>,
    ) -> T {
        let document = parse_query(format!("query($n: Int) {{ {call} }}")).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let Selection::Field(field) = &operation.node.selection_set.node.items[0].node else {
            panic!("a field");
        };
        let mut variables = Variables::default();
        variables.extend(n.map(|value| (Name::new("n"), value)));
        argument.coerce(&field.node, &variables).unwrap()
    }

    #[test]
    fn an_absent_variable_takes_the_default_of_the_argument() {
        let first = Argument::<i32>::new("first", "").default("100");
        assert_eq!(coerce(&first, "a", None), 100);
        assert_eq!(coerce(&first, "a(first: $n)", None), 100);
        assert_eq!(coerce(&first, "a(first: $n)", Some(5.into())), 5);
        let zone = Argument::<Option<String>>::new("zone", "").default("\"UTC\"");
        assert_eq!(coerce(&zone, "a(zone: $n)", None).as_deref(), Some("UTC"));
        assert_eq!(coerce(&zone, "a(zone: null)", None), None);
        assert_eq!(coerce(&zone, "a(zone: $n)", Some(Value::Null)), None);
        let dry_run = Argument::<bool>::new("dryRun", "").default("true");
        assert!(coerce(&dry_run, "a(dryRun: $n)", None));
    }
}

//! The arguments of fields: their declaration, and their values.

use std::marker::PhantomData;

use async_graphql::{InputType, Positioned, Value as Const, Variables, parser::types::Field};
use async_graphql_value::Value;

use super::super::{context::RequestContext, limits::Limits};
use crate::{
    domain::viewer::AccountId,
    error::{Error, Result},
};

/// An argument of type `T`.
#[derive(Debug)]
pub(in crate::graphql) struct Argument<T> {
    pub(in crate::graphql) name: &'static str,
    pub(in crate::graphql) description: &'static str,
    /// The enum value that stands for an absent argument.
    pub(in crate::graphql) default: Option<&'static str>,
    of: PhantomData<fn() -> T>,
}

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

    /// The argument with an enum value as its default.
    pub(in crate::graphql) const fn default(self, default: &'static str) -> Self {
        Self { default: Some(default), ..self }
    }
}

impl FieldArguments<'_> {
    /// The value of an argument.
    pub(in crate::graphql) fn get<T: InputType>(&self, argument: &Argument<T>) -> Result<T> {
        let value = match self.field.node.get_argument(argument.name) {
            Some(value) => constant(&value.node, self.variables),
            None => argument.default.map(|word| Const::Enum(async_graphql::Name::new(word))),
        };
        T::parse(value).map_err(|error| {
            Error::input(error.into_server_error(async_graphql::Pos::default()).message)
        })
    }

    /// The account that the caller may read.
    pub(in crate::graphql) fn account(&self) -> Result<AccountId> {
        Ok(self.request.reader()?.account)
    }

    pub(in crate::graphql) fn limits(&self) -> &Limits {
        self.request.limits()
    }
}

/// A value with its variables replaced; none where it is a variable without a value.
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

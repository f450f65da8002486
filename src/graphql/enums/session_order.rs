//! The orders of sessions, as the store's table has them.

use std::borrow::Cow;

use async_graphql::{
    InputType, InputValueError, InputValueResult, Name, Value,
    indexmap::IndexMap,
    registry::{EnumBuilder, MetaEnumValue, MetaTypeId, Registry},
};

use crate::store::order::{DEFAULT_SESSION_ORDER, Order, SESSION_ORDERS};

const DESCRIPTION: &str =
    "The order of a list of sessions. Sessions with the same value are ordered by their number.";

/// The order of sessions.
#[derive(Clone, Copy, Debug)]
pub(in crate::graphql) struct SessionOrder(pub(in crate::graphql) &'static Order);

impl Default for SessionOrder {
    fn default() -> Self {
        Self(DEFAULT_SESSION_ORDER)
    }
}

impl InputType for SessionOrder {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed("SessionOrder")
    }

    fn create_type_info(registry: &mut Registry) -> String {
        registry.create_input_type::<Self, _>(MetaTypeId::Enum, |_| {
            let values = SESSION_ORDERS.iter().map(|order| {
                let description = Some(order.description.to_owned());
                let value = MetaEnumValue { description, ..MetaEnumValue::new(order.name) };
                (order.name.to_owned(), value)
            });
            EnumBuilder::new("SessionOrder", values.collect::<IndexMap<_, _>>())
                .description(Some(DESCRIPTION.to_owned()))
                .rust_typename(std::any::type_name::<Self>())
                .build()
        })
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        let value = value.unwrap_or_default();
        let name = match &value {
            Value::Enum(name) => name.as_str(),
            Value::String(name) => name.as_str(),
            _ => return Err(InputValueError::expected_type(value)),
        };
        let found = SESSION_ORDERS.iter().find(|order| order.name == name);
        found
            .map(Self)
            .ok_or_else(|| InputValueError::custom(format!("SessionOrder has no value '{name}'.")))
    }

    fn to_value(&self) -> Value {
        Value::Enum(Name::new(self.0.name))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}

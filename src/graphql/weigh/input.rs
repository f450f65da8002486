//! The lists of a request's input, in variables and in the document.

use async_graphql::{Value as ConstValue, Variables, parser::types::Field};
use async_graphql_value::Value;

use super::{super::context::Limits, too_complex};
use crate::error::Result;

/// Refuses variables that hold too long a list.
pub(super) fn check_variables(variables: &Variables, limits: &Limits) -> Result<()> {
    variables.values().try_for_each(|value| check_value(value, limits))
}

/// Refuses arguments that hold too long a list.
pub(super) fn check_arguments(field: &Field, limits: &Limits) -> Result<()> {
    field.arguments.iter().try_for_each(|(_, value)| check_literal(&value.node, limits))
}

fn check_value(value: &ConstValue, limits: &Limits) -> Result<()> {
    match value {
        ConstValue::List(items) => {
            check_length(items.len(), limits)?;
            items.iter().try_for_each(|item| check_value(item, limits))
        }
        ConstValue::Object(fields) => {
            fields.values().try_for_each(|value| check_value(value, limits))
        }
        _ => Ok(()),
    }
}

fn check_literal(value: &Value, limits: &Limits) -> Result<()> {
    match value {
        Value::List(items) => {
            check_length(items.len(), limits)?;
            items.iter().try_for_each(|item| check_literal(item, limits))
        }
        Value::Object(fields) => fields.values().try_for_each(|value| check_literal(value, limits)),
        _ => Ok(()),
    }
}

fn check_length(length: usize, limits: &Limits) -> Result<()> {
    if length > limits.max_list as usize {
        return Err(too_complex(format!(
            "A list of the input has more than {} items.",
            limits.max_list
        )));
    }
    Ok(())
}

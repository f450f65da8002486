//! The input of a request, in variables and in the document: its lists and its depth.

use async_graphql::{
    Name, Positioned, Value as ConstValue, Variables,
    parser::types::{Directive, OperationDefinition, VariableDefinition},
};
use async_graphql_value::Value;

use super::{super::error::RequestError, Limits, at, too_complex, too_deep};
use crate::error::Result;

/// Refuses values of an operation's variables that contain too long a list or are too deep.
pub(in crate::graphql) fn check_variables(
    operation: &OperationDefinition,
    variables: &Variables,
    limits: &Limits,
) -> Result<(), RequestError> {
    let declared = operation.variable_definitions.iter();
    let mut values = declared.filter_map(|it| Some((variables.get(&it.node.name.node)?, it.pos)));
    values.try_for_each(|(value, position)| check_value(value, limits, 0).map_err(at(position)))
}

/// Refuses arguments that contain too long a list or are too deep.
pub(super) fn check_arguments(
    arguments: &[(Positioned<Name>, Positioned<Value>)],
    limits: &Limits,
) -> Result<(), RequestError> {
    let mut values = arguments.iter().map(|(_, value)| value);
    values.try_for_each(|it| check_literal(&it.node, limits, 0).map_err(at(it.pos)))
}

/// Refuses directives whose arguments contain too long a list or are too deep.
pub(super) fn check_directives(
    directives: &[Positioned<Directive>],
    limits: &Limits,
) -> Result<(), RequestError> {
    directives.iter().try_for_each(|it| check_arguments(&it.node.arguments, limits))
}

/// Refuses too many definitions, and those whose default contains too long a list or is too deep.
pub(super) fn check_definitions(
    definitions: &[Positioned<VariableDefinition>],
    limits: &Limits,
) -> Result<(), RequestError> {
    let max = limits.max_list;
    if let Some(excess) = definitions.get(max as usize) {
        let error = too_complex(format!("An operation has more than {max} variables."));
        return Err(at(excess.pos)(error));
    }
    let mut defaults = definitions.iter().filter_map(|it| it.node.default_value.as_ref());
    defaults.try_for_each(|it| check_value(&it.node, limits, 0).map_err(at(it.pos)))
}

fn check_value(value: &ConstValue, limits: &Limits, depth: u32) -> Result<()> {
    match value {
        ConstValue::List(items) => {
            check_size(items.len(), limits, depth)?;
            items.iter().try_for_each(|item| check_value(item, limits, depth + 1))
        }
        ConstValue::Object(fields) => {
            check_size(0, limits, depth)?;
            fields.values().try_for_each(|value| check_value(value, limits, depth + 1))
        }
        _ => Ok(()),
    }
}

fn check_literal(value: &Value, limits: &Limits, depth: u32) -> Result<()> {
    match value {
        Value::List(items) => {
            check_size(items.len(), limits, depth)?;
            items.iter().try_for_each(|item| check_literal(item, limits, depth + 1))
        }
        Value::Object(fields) => {
            check_size(0, limits, depth)?;
            fields.values().try_for_each(|value| check_literal(value, limits, depth + 1))
        }
        _ => Ok(()),
    }
}

fn check_size(length: usize, limits: &Limits, depth: u32) -> Result<()> {
    if length > limits.max_list as usize {
        return Err(too_complex(format!(
            "A list in the input has more than {} items.",
            limits.max_list
        )));
    }
    let max = Limits::MAX_INPUT_DEPTH;
    if depth == max {
        return Err(too_deep(format!("The input nests more than {max} lists and objects.")));
    }
    Ok(())
}

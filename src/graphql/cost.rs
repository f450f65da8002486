//! The cost of an operation: its fields, times the page sizes around them.

use std::collections::HashMap;

use async_graphql::{
    Value as ConstValue, Variables,
    parser::types::{ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet},
};
use async_graphql_value::Value;

use super::types::statistics::{DEFAULT_GROUPS, MAX_GROUPS_OF_A_PAGE};
use super::{
    definition::Cost,
    error::RequestError,
    limits::{Limits, too_complex},
};
use crate::domain::number::grouped;

mod composite;

use composite::Composite;

/// The cost of a text of many lines.
const LONG_TEXT: u64 = 2;
/// The cost of a session or a message that is written.
const WRITTEN: u64 = 20;

struct CostWalker<'a> {
    document: &'a ExecutableDocument,
    variables: &'a Variables,
    limits: &'a Limits,
    fragments: HashMap<&'a str, u64>,
}

/// Refuses an operation that is too expensive with these variables, and returns its cost. Its document
/// has been measured, so it is not too deep for this.
pub(super) fn check_cost(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
    limits: &Limits,
) -> Result<u64, RequestError> {
    let cost = cost_of(document, operation, variables, limits);
    if cost > u64::from(limits.max_cost) {
        let error = too_complex(format!(
            "The request costs {}; the limit is {}. Ask for fewer items per page.",
            grouped(cost),
            grouped(limits.max_cost.into())
        ));
        return Err(RequestError::located(&error, operation.selection_set.pos));
    }
    Ok(cost)
}

/// The cost of an operation with these variables.
pub(super) fn cost_of(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
    limits: &Limits,
) -> u64 {
    let mut walker = CostWalker { document, variables, limits, fragments: HashMap::new() };
    walker.set(&operation.selection_set.node, Composite::root(operation.ty))
}

impl<'a> CostWalker<'a> {
    fn set(&mut self, set: &'a SelectionSet, of: Composite) -> u64 {
        let costs = set.items.iter().map(|selection| match &selection.node {
            Selection::Field(field) => {
                let (cost, inner) = of.field(&field.node.name.node);
                let inner = self.set(&field.node.selection_set.node, inner);
                let own = match cost {
                    Cost::LongText => LONG_TEXT,
                    Cost::Recorded(list) | Cost::Appended(list) => {
                        self.length(&field.node, list).unwrap_or(1).saturating_mul(WRITTEN)
                    }
                    _ => 1,
                };
                inner.saturating_mul(self.rows(&field.node, cost)).saturating_add(own)
            }
            Selection::InlineFragment(inline) => {
                let condition = inline.node.type_condition.as_ref();
                let of = condition.map_or(of, |it| Composite::named(&it.node.on.node));
                self.set(&inline.node.selection_set.node, of)
            }
            Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node),
        });
        costs.fold(0, u64::saturating_add)
    }

    fn fragment(&mut self, name: &'a str) -> u64 {
        if let Some(cost) = self.fragments.get(name) {
            return *cost;
        }
        let fragment = self.document.fragments.get(name);
        let cost = fragment.map_or(0, |it| {
            let of = Composite::named(&it.node.type_condition.node.on.node);
            self.set(&it.node.selection_set.node, of)
        });
        self.fragments.insert(name, cost);
        cost
    }

    /// The expected number of rows of a field.
    fn rows(&self, field: &Field, cost: Cost) -> u64 {
        match cost {
            Cost::One | Cost::LongText | Cost::Appended(_) => 1,
            Cost::Rows(rows) => rows,
            Cost::LengthOf(argument) | Cost::Recorded(argument) => {
                self.length(field, argument).unwrap_or(1).max(1)
            }
            Cost::Groups => {
                let size = self.number(field, "first").unwrap_or(DEFAULT_GROUPS.into());
                size.clamp(1, MAX_GROUPS_OF_A_PAGE.into())
            }
            Cost::Page => {
                let size = ["first", "last"].into_iter().find_map(|size| self.number(field, size));
                let size = size.unwrap_or_else(|| self.limits.default_page_size.into());
                // A larger page is refused where it is asked for, with a better message.
                let max_size = self.limits.max_page_size.max(self.limits.max_child_page_size);
                size.clamp(1, max_size.into())
            }
        }
    }

    fn number(&self, field: &Field, argument: &str) -> Option<u64> {
        match &field.get_argument(argument)?.node {
            Value::Number(number) => number.as_u64(),
            Value::Variable(name) => match self.variables.get(name)? {
                ConstValue::Number(number) => number.as_u64(),
                _ => None,
            },
            _ => None,
        }
    }

    fn length(&self, field: &Field, argument: &str) -> Option<u64> {
        let length = match &field.get_argument(argument)?.node {
            Value::List(items) => items.len(),
            Value::Variable(name) => match self.variables.get(name)? {
                ConstValue::List(items) => items.len(),
                _ => return None,
            },
            _ => return None,
        };
        Some(length as u64)
    }
}

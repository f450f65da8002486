//! The cost of an operation: its fields, times the page sizes around them.

use std::collections::HashMap;

use async_graphql::{
    Value as ConstValue, Variables,
    parser::types::{ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet},
};
use async_graphql_value::Value;

use super::{Limits, grouped, too_complex};
use crate::error::Result;

/// Fields that answer a page, whose cost is multiplied by its size.
const PAGED: [&str; 4] = ["sessions", "technicians", "chatMessages", "videos"];
/// How many custom fields a session is taken to have; they come without pages.
const CUSTOM_FIELDS: u64 = 10;

struct CostWalker<'a> {
    document: &'a ExecutableDocument,
    variables: &'a Variables,
    limits: &'a Limits,
    fragments: HashMap<&'a str, u64>,
}

/// Refuses an operation that is too expensive with these variables. Its document has been measured,
/// so it is not too deep for this.
pub(in crate::graphql) fn check_cost(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
    limits: &Limits,
) -> Result<()> {
    let mut walker = CostWalker { document, variables, limits, fragments: HashMap::new() };
    let cost = walker.set(&operation.selection_set.node);
    if cost > u64::from(limits.max_cost) {
        return Err(too_complex(format!(
            "The request costs {}; the limit is {}. Ask for fewer items per page.",
            grouped(cost),
            grouped(limits.max_cost.into())
        )));
    }
    Ok(())
}

impl<'a> CostWalker<'a> {
    fn set(&mut self, set: &'a SelectionSet) -> u64 {
        let costs = set.items.iter().map(|selection| match &selection.node {
            Selection::Field(field) => {
                let inner = self.set(&field.node.selection_set.node);
                inner.saturating_mul(self.rows(&field.node)).saturating_add(1)
            }
            Selection::InlineFragment(inline) => self.set(&inline.node.selection_set.node),
            Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node),
        });
        costs.fold(0, u64::saturating_add)
    }

    fn fragment(&mut self, name: &'a str) -> u64 {
        if let Some(cost) = self.fragments.get(name) {
            return *cost;
        }
        let fragment = self.document.fragments.get(name);
        let cost = fragment.map_or(0, |it| self.set(&it.node.selection_set.node));
        self.fragments.insert(name, cost);
        cost
    }

    /// How many rows a field may answer.
    fn rows(&self, field: &Field) -> u64 {
        match field.name.node.as_str() {
            name if PAGED.contains(&name) => {
                let size = ["first", "last"].into_iter().find_map(|size| self.number(field, size));
                let size = size.unwrap_or_else(|| self.limits.default_page_size.into());
                // A larger page is refused where it is asked for, with a better word.
                let most = self.limits.max_page_size.max(self.limits.max_child_page_size);
                size.clamp(1, most.into())
            }
            "customFields" => CUSTOM_FIELDS,
            "nodes" => self.length(field, "ids").unwrap_or(1).max(1),
            _ => 1,
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

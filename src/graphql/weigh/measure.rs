//! The weight of a document: selections, depth and repetitions, fragments expanded.

use std::collections::HashMap;

use async_graphql::{
    Name,
    parser::types::{ExecutableDocument, Field, OperationType, Selection, SelectionSet},
};

use super::{super::context::Limits, input, too_complex, too_deep};
use crate::error::Result;

/// Fields of the introspection that answer lists which lead back to themselves.
const LOOPING: [&str; 4] = ["fields", "inputFields", "interfaces", "possibleTypes"];
/// The most of those inside one another. The usual query of tools has two.
const MAX_LOOPING: u32 = 2;
/// The deepest nesting of the introspection, which the usual depth does not count.
const MAX_INTROSPECTION_DEPTH: u32 = 20;
/// Fields of the introspection that answer lists, and about how long those are.
const SCHEMA_LISTS: [(&str, u64); 8] = [
    ("types", 50),
    ("fields", 10),
    ("inputFields", 8),
    ("directives", 6),
    ("enumValues", 4),
    ("possibleTypes", 4),
    ("args", 3),
    ("interfaces", 1),
];
/// The highest cost of the introspection. The usual query of tools has less than half.
const MAX_INTROSPECTION_COST: u64 = 200_000;
/// The most selection sets inside one another. The library follows them on its stack.
const MAX_LEVELS: u32 = 32;

/// The weight of a whole document.
pub(super) struct DocumentWeight {
    pub(super) only_introspection: bool,
}

/// The weight of a selection set, fragments expanded.
#[derive(Clone, Default)]
struct Weight {
    /// Selections, fragments expanded.
    selections: u64,
    /// Levels of fields, the introspection aside.
    depth: u32,
    /// Levels of fields of the introspection.
    introspection_depth: u32,
    /// Looping fields of the introspection inside one another.
    looping: u32,
    /// Fields times the lengths of the introspection's lists around them.
    introspection_cost: u64,
    /// Selection sets inside one another.
    levels: u32,
    /// How often each field stands in this place itself.
    fields: HashMap<Name, u32>,
}

enum Fragment {
    BeingWeighed,
    Weighed(Weight),
}

struct Scale<'a> {
    document: &'a ExecutableDocument,
    limits: &'a Limits,
    fragments: HashMap<&'a str, Fragment>,
    level: u32,
}

/// Weighs all operations of a document, since all are validated, and all its fragments.
pub(super) fn document(document: &ExecutableDocument, limits: &Limits) -> Result<DocumentWeight> {
    let mut selections = 0;
    let mut only_introspection = true;
    for (_, operation) in document.operations.iter() {
        input::check_definitions(&operation.node.variable_definitions, limits)?;
        let mut scale = Scale { document, limits, fragments: HashMap::new(), level: 0 };
        let weight = scale.set(&operation.node.selection_set.node)?;
        only_introspection &= operation.node.ty == OperationType::Query
            && weight.fields.keys().all(|name| name.starts_with("__"));
        selections += weight.selections;
        // A fragment that the operation does not use is still validated.
        for name in document.fragments.keys() {
            if !scale.fragments.contains_key(name.as_str()) {
                selections += scale.fragment(name)?.selections;
            }
        }
        scale.check(&Weight { selections, ..Weight::default() })?;
    }
    Ok(DocumentWeight { only_introspection })
}

impl<'a> Scale<'a> {
    fn set(&mut self, set: &'a SelectionSet) -> Result<Weight> {
        let mut weight = Weight::default();
        if set.items.is_empty() {
            return Ok(weight);
        }
        self.level += 1;
        check_levels(self.level)?;
        for selection in &set.items {
            let directives = selection.node.directives();
            input::check_directives(directives, self.limits)?;
            weight.selections += 1 + directives.len() as u64;
            match &selection.node {
                Selection::Field(field) => self.field(&mut weight, &field.node)?,
                Selection::InlineFragment(inline) => {
                    let inner = self.set(&inline.node.selection_set.node)?;
                    self.add(&mut weight, &inner)?;
                }
                Selection::FragmentSpread(spread) => {
                    let inner = self.fragment(&spread.node.fragment_name.node)?;
                    self.add(&mut weight, &inner)?;
                }
            }
        }
        self.level -= 1;
        weight.levels += 1;
        self.check(&weight)?;
        Ok(weight)
    }

    fn field(&mut self, weight: &mut Weight, field: &'a Field) -> Result<()> {
        input::check_arguments(&field.arguments, self.limits)?;
        let name = &field.name.node;
        let mut inner = self.set(&field.selection_set.node)?;
        inner.fields = HashMap::from([(name.clone(), 1)]);
        let length = SCHEMA_LISTS.iter().find(|(list, _)| name == list).map_or(1, |(_, it)| *it);
        inner.introspection_cost =
            inner.introspection_cost.saturating_mul(length).saturating_add(1);
        if name == "__schema" || name == "__type" {
            inner.introspection_depth = inner.depth;
            inner.depth = 0;
        } else if name != "__typename" {
            inner.depth += 1;
        }
        if LOOPING.contains(&name.as_str()) {
            inner.looping += 1;
        }
        self.add(weight, &inner)
    }

    fn fragment(&mut self, name: &'a Name) -> Result<Weight> {
        match self.fragments.get(name.as_str()) {
            Some(Fragment::Weighed(weight)) => return Ok(weight.clone()),
            // It contains itself, which the validation refuses.
            Some(Fragment::BeingWeighed) => return Ok(Weight::default()),
            None => {}
        }
        let Some(fragment) = self.document.fragments.get(name) else {
            return Ok(Weight::default());
        };
        self.fragments.insert(name, Fragment::BeingWeighed);
        let weight = self.set(&fragment.node.selection_set.node)?;
        self.fragments.insert(name, Fragment::Weighed(weight.clone()));
        Ok(weight)
    }

    fn add(&self, to: &mut Weight, other: &Weight) -> Result<()> {
        to.selections += other.selections;
        to.introspection_cost = to.introspection_cost.saturating_add(other.introspection_cost);
        to.levels = to.levels.max(other.levels);
        to.depth = to.depth.max(other.depth);
        to.introspection_depth = to.introspection_depth.max(other.introspection_depth);
        to.looping = to.looping.max(other.looping);
        for (name, count) in &other.fields {
            let times = to.fields.entry(name.clone()).or_default();
            *times += count;
            if *times > self.limits.max_aliases {
                return Err(too_complex(format!(
                    "The field '{name}' stands {times} times in one place, and {} is the most.",
                    self.limits.max_aliases
                )));
            }
        }
        self.check(to)
    }

    fn check(&self, weight: &Weight) -> Result<()> {
        let limits = self.limits;
        if weight.selections > u64::from(limits.max_selections) {
            let most = limits.max_selections;
            return Err(too_complex(format!("The document has more than {most} selections.")));
        }
        if weight.depth > limits.max_depth {
            let most = limits.max_depth;
            return Err(too_deep(format!("The document is more than {most} fields deep.")));
        }
        check_levels(weight.levels)?;
        if weight.introspection_cost > MAX_INTROSPECTION_COST {
            return Err(too_complex("The introspection asks for too much at once."));
        }
        if weight.introspection_depth > MAX_INTROSPECTION_DEPTH || weight.looping > MAX_LOOPING {
            return Err(too_deep("The introspection is nested too deeply."));
        }
        Ok(())
    }
}

fn check_levels(levels: u32) -> Result<()> {
    if levels > MAX_LEVELS {
        return Err(too_deep(format!("The document is more than {MAX_LEVELS} levels deep.")));
    }
    Ok(())
}

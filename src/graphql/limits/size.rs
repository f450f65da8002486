//! The size of a document: selections, depth and repetitions, fragments expanded.

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned,
    parser::types::{ExecutableDocument, Field, OperationType, Selection, SelectionSet},
};

use super::{super::error::RequestError, Limits, at, input, too_complex, too_deep};
use crate::{domain::number::grouped, error::Result};

/// Fields of the introspection that lead back to their own type.
const LOOPING: [&str; 4] = ["fields", "inputFields", "interfaces", "possibleTypes"];
/// Lists of the introspection, and their approximate lengths.
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

/// The size of a document.
pub(in crate::graphql) struct DocumentSize {
    /// Whether its only root fields are those of the introspection.
    pub(in crate::graphql) only_introspection: bool,
    /// Whether it has a root field that returns the schema.
    pub(in crate::graphql) has_introspection: bool,
}

/// The size of a selection set, fragments expanded.
#[derive(Clone, Default)]
struct Size {
    /// Selections, fragments expanded.
    selections: u64,
    /// Nested fields, without introspection.
    depth: u32,
    /// Nested fields of the introspection.
    introspection_depth: u32,
    /// Nested fields of the introspection that lead back to their own type.
    looping: u32,
    /// Fields, multiplied by the lengths of the introspection's lists around them.
    introspection_cost: u64,
    /// Nested selection sets.
    levels: u32,
    /// How often each field is selected in this selection set itself.
    fields: HashMap<Name, u32>,
}

enum Fragment {
    InProgress,
    Measured(Size),
}

struct SizeWalker<'a> {
    document: &'a ExecutableDocument,
    limits: &'a Limits,
    fragments: HashMap<&'a str, Fragment>,
    level: u32,
}

/// Measures all operations of a document, since all are validated, and all its fragments.
///
/// # Errors
/// When it exceeds a limit.
pub(in crate::graphql) fn measure(
    document: &ExecutableDocument,
    limits: &Limits,
) -> Result<DocumentSize, RequestError> {
    let mut selections = 0;
    let (mut only_introspection, mut has_introspection) = (true, false);
    for (_, operation) in document.operations.iter() {
        let limits = &*limits.of(operation.node.ty);
        input::check_definitions(&operation.node.variable_definitions, limits)?;
        let mut walker = SizeWalker { document, limits, fragments: HashMap::new(), level: 0 };
        let size = walker.set(&operation.node.selection_set)?;
        only_introspection &= operation.node.ty == OperationType::Query
            && size.fields.keys().all(|name| name.starts_with("__"));
        has_introspection |= size.fields.keys().any(|name| name == "__schema" || name == "__type");
        selections += size.selections;
        // A fragment that the operation does not use is still validated.
        for name in document.fragments.keys() {
            if !walker.fragments.contains_key(name.as_str()) {
                selections += walker.fragment(name)?.selections;
            }
        }
        walker.check(&Size { selections, ..Size::default() }).map_err(at(operation.pos))?;
    }
    Ok(DocumentSize { only_introspection, has_introspection })
}

impl<'a> SizeWalker<'a> {
    fn set(&mut self, set: &'a Positioned<SelectionSet>) -> Result<Size, RequestError> {
        let mut size = Size::default();
        if set.node.items.is_empty() {
            return Ok(size);
        }
        self.level += 1;
        check_levels(self.level).map_err(at(set.pos))?;
        for selection in &set.node.items {
            let directives = selection.node.directives();
            input::check_directives(directives, self.limits)?;
            size.selections += 1 + directives.len() as u64;
            let inner = match &selection.node {
                Selection::Field(field) => self.field(&field.node)?,
                Selection::InlineFragment(inline) => self.set(&inline.node.selection_set)?,
                Selection::FragmentSpread(spread) => {
                    self.fragment(&spread.node.fragment_name.node)?
                }
            };
            self.add(&mut size, &inner).map_err(at(selection.pos))?;
        }
        self.level -= 1;
        size.levels += 1;
        self.check(&size).map_err(at(set.pos))?;
        Ok(size)
    }

    fn field(&mut self, field: &'a Field) -> Result<Size, RequestError> {
        input::check_arguments(&field.arguments, self.limits)?;
        let name = &field.name.node;
        let mut inner = self.set(&field.selection_set)?;
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
        Ok(inner)
    }

    fn fragment(&mut self, name: &'a Name) -> Result<Size, RequestError> {
        match self.fragments.get(name.as_str()) {
            Some(Fragment::Measured(size)) => return Ok(size.clone()),
            // It contains itself, which the validation refuses.
            Some(Fragment::InProgress) => return Ok(Size::default()),
            None => {}
        }
        let Some(fragment) = self.document.fragments.get(name) else {
            return Ok(Size::default());
        };
        self.fragments.insert(name, Fragment::InProgress);
        let size = self.set(&fragment.node.selection_set)?;
        self.fragments.insert(name, Fragment::Measured(size.clone()));
        Ok(size)
    }

    fn add(&self, to: &mut Size, other: &Size) -> Result<()> {
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
                    "The field '{name}' is selected more than {} times in one selection set.",
                    self.limits.max_aliases
                )));
            }
        }
        self.check(to)
    }

    fn check(&self, size: &Size) -> Result<()> {
        let limits = self.limits;
        if size.selections > u64::from(limits.max_selections) {
            let max = grouped(limits.max_selections.into());
            return Err(too_complex(format!(
                "The document has more than {max} selections, fragments expanded. Select less."
            )));
        }
        if size.depth > limits.max_depth {
            let max = limits.max_depth;
            return Err(too_deep(format!("The document nests more than {max} fields.")));
        }
        check_levels(size.levels)?;
        if size.introspection_cost > Limits::MAX_INTROSPECTION_COST {
            return Err(too_complex(
                "The introspection selects too many lists inside one another.",
            ));
        }
        if size.introspection_depth > Limits::MAX_INTROSPECTION_DEPTH
            || size.looping > Limits::MAX_INTROSPECTION_LOOPS
        {
            return Err(too_deep("The introspection is nested too deeply."));
        }
        Ok(())
    }
}

fn check_levels(levels: u32) -> Result<()> {
    let max = Limits::MAX_LEVELS;
    if levels > max {
        return Err(too_deep(format!("The document nests more than {max} selection sets.")));
    }
    Ok(())
}

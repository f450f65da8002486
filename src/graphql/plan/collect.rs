//! From a selection to the fields that it selects: fragments, aliases and directives applied.

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned, Value as Const, Variables,
    parser::types::{
        Directive, Field, FragmentDefinition, Selection, SelectionSet, VariableDefinition,
    },
};

use super::super::definition::arguments::constant;

/// Selection sets of one object, whose fields belong together.
pub(super) type SelectionSets<'a> = Vec<&'a SelectionSet>;

/// A field of an answer. It may be selected in several places.
pub(super) struct CollectedField<'a> {
    /// The field's key in the answer.
    pub(super) key: &'a str,
    /// Where it is selected first.
    pub(super) first: &'a Positioned<Field>,
    /// Where it is selected again.
    more: Vec<&'a Positioned<Field>>,
}

/// What collecting needs of a request.
#[derive(Clone, Copy)]
pub(super) struct Collector<'a> {
    pub(super) fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    pub(super) variables: &'a Variables,
    pub(super) definitions: &'a [Positioned<VariableDefinition>],
}

impl<'a> CollectedField<'a> {
    /// The field's name in the schema.
    pub(super) fn name(&self) -> &'a str {
        self.first.node.name.node.as_str()
    }

    /// Where it is selected.
    pub(super) fn nodes(&self) -> impl Iterator<Item = &'a Positioned<Field>> {
        std::iter::once(self.first).chain(self.more.iter().copied())
    }

    /// What is selected of it.
    pub(super) fn sets(&self) -> SelectionSets<'a> {
        self.nodes().map(|field| &field.node.selection_set.node).collect()
    }
}

impl<'a> Collector<'a> {
    /// The fields that are selected of an object of a type with these interfaces, in the order in
    /// which their keys first appear.
    pub(super) fn fields(
        self,
        sets: SelectionSets<'a>,
        name: &str,
        interfaces: &[&str],
    ) -> Vec<CollectedField<'a>> {
        let mut collected = Vec::new();
        let applies = |condition: &str| condition == name || interfaces.contains(&condition);
        for set in sets {
            self.collect(set, &applies, &mut collected);
        }
        collected
    }

    fn collect(
        self,
        set: &'a SelectionSet,
        applies: &impl Fn(&str) -> bool,
        into: &mut Vec<CollectedField<'a>>,
    ) {
        for selection in &set.items {
            if self.is_skipped(selection.node.directives()) {
                continue;
            }
            let (condition, inner) = match &selection.node {
                Selection::Field(field) => {
                    let key = field.node.response_key().node.as_str();
                    match into.iter_mut().find(|known| known.key == key) {
                        Some(known) => known.more.push(field),
                        None => into.push(CollectedField { key, first: field, more: Vec::new() }),
                    }
                    continue;
                }
                Selection::InlineFragment(inline) => {
                    (inline.node.type_condition.as_ref(), &inline.node.selection_set)
                }
                Selection::FragmentSpread(spread) => {
                    // A valid document has all of its fragments.
                    let name = &spread.node.fragment_name.node;
                    let Some(fragment) = self.fragments.get(name) else { continue };
                    (Some(&fragment.node.type_condition), &fragment.node.selection_set)
                }
            };
            if condition.is_none_or(|condition| applies(&condition.node.on.node)) {
                self.collect(&inner.node, applies, into);
            }
        }
    }

    /// Whether a directive leaves a selection out.
    fn is_skipped(self, directives: &[Positioned<Directive>]) -> bool {
        directives.iter().any(|directive| {
            let condition = directive.node.get_argument("if");
            let value = condition.and_then(|it| constant(&it.node, self.variables));
            let holds = value == Some(Const::Boolean(true));
            match directive.node.name.node.as_str() {
                "skip" => holds,
                "include" => !holds,
                _ => false,
            }
        })
    }
}

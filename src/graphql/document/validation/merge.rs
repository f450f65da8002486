//! Fields that are merged into one have lists of the same length in their arguments, which
//! apollo-compiler compares only up to the end of the shorter list.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use apollo_compiler::{
    Name, Node, Schema,
    ast::Value,
    executable::{ExecutableDocument, Field, Selection, SelectionSet},
};

use super::errors::ValidationErrors;

/// The fields of a selection set by their keys in the answer, each with its parent's type.
type Fields<'a> = BTreeMap<&'a Name, Vec<(&'a Name, &'a Node<Field>)>>;

/// The errors of the fields of a document that is valid otherwise.
pub(super) fn errors(schema: &Schema, document: &ExecutableDocument) -> ValidationErrors {
    let mut errors = ValidationErrors::new();
    for operation in document.operations.iter() {
        merge(schema, document, &[&operation.selection_set], &mut errors);
    }
    errors
}

fn merge(
    schema: &Schema,
    document: &ExecutableDocument,
    sets: &[&SelectionSet],
    errors: &mut ValidationErrors,
) {
    let (mut fields, mut fragments) = (Fields::new(), HashSet::new());
    sets.iter().for_each(|set| collect(document, set, &mut fragments, &mut fields));
    for (key, same) in &fields {
        // Fields of different object types are never in the same object of a response.
        let is_object = |parent: &Name| schema.get_object(parent).is_some();
        let objects =
            same.iter().map(|(parent, _)| Some(*parent)).filter(|it| it.is_some_and(is_object));
        let mut objects: BTreeSet<Option<&Name>> = objects.collect();
        if objects.is_empty() {
            objects.insert(None);
        }
        for object in objects {
            let can_merge = |parent: &Name| Some(parent) == object || !is_object(parent);
            let group =
                same.iter().filter(|(parent, _)| can_merge(parent)).map(|(_, field)| *field);
            let group: Vec<_> = group.collect();
            if let [first, others @ ..] = &group[..]
                && let Some(other) = others.iter().find(|it| !has_same_lists(first, it))
            {
                let position = other.location().map_or(0, |span| span.offset());
                let message = format!(
                    "The fields '{key}' have different arguments: give them different aliases."
                );
                errors.push((position, message));
            }
            let inner: Vec<_> = group.iter().map(|field| &field.selection_set).collect();
            merge(schema, document, &inner, errors);
        }
    }
}

fn collect<'a>(
    document: &'a ExecutableDocument,
    set: &'a SelectionSet,
    fragments: &mut HashSet<&'a Name>,
    fields: &mut Fields<'a>,
) {
    for selection in &set.selections {
        match selection {
            Selection::Field(field) => {
                fields.entry(field.response_key()).or_default().push((&set.ty, field));
            }
            Selection::InlineFragment(inline) => {
                collect(document, &inline.selection_set, fragments, fields);
            }
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = document.fragments.get(&spread.fragment_name)
                    && fragments.insert(&fragment.name)
                {
                    collect(document, &fragment.selection_set, fragments, fields);
                }
            }
        }
    }
}

/// Whether two fields that have equal arguments otherwise have lists of the same length in them.
fn has_same_lists(left: &Field, right: &Field) -> bool {
    left.arguments.iter().all(|argument| {
        let other = right.arguments.iter().find(|other| other.name == argument.name);
        other.is_none_or(|other| is_same_list(&argument.value, &other.value))
    })
}

fn is_same_list(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::List(left), Value::List(right)) => {
            let mut pairs = left.iter().zip(right);
            left.len() == right.len() && pairs.all(|(left, right)| is_same_list(left, right))
        }
        (Value::Object(left), Value::Object(right)) => left.iter().all(|(key, value)| {
            let other = right.iter().find(|(other, _)| other == key);
            other.is_none_or(|(_, other)| is_same_list(value, other))
        }),
        _ => true,
    }
}

//! Every field of every filter of the schema is among the random filters.

use std::collections::BTreeSet;

use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};
use serde_json::Value;

use super::filter;
use crate::{
    model::history,
    support::graphql_schema::{SchemaType, TYPES},
};

/// Adds the fields of a filter that are not null, each with its type.
fn fields_of<'a>(filter: &'a Value, of: &SchemaType, into: &mut BTreeSet<(String, &'a str)>) {
    match filter {
        Value::Array(items) => items.iter().for_each(|item| fields_of(item, of, into)),
        Value::Object(fields) => {
            for (name, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
                into.insert((of.name.clone(), name));
                let field = of.field(name).unwrap();
                if let Some(of) = SchemaType::named(&field.item) {
                    fields_of(value, of, into);
                }
            }
        }
        _ => {}
    }
}

#[test]
fn every_field_of_every_filter_is_among_the_random_filters() {
    let mut runner = TestRunner::deterministic();
    let history = history::history().new_tree(&mut runner).unwrap().current();
    let filters = filter::sessions(&history);
    let session_filter = SchemaType::named("SessionFilter").unwrap();
    let filters: Vec<_> =
        (0..3_000).map(|_| filters.new_tree(&mut runner).unwrap().current()).collect();
    let mut known = BTreeSet::new();
    filters.iter().for_each(|it| fields_of(it, session_filter, &mut known));
    // The input of statistics is among the random statistics.
    let inputs = TYPES.iter().filter(|it| it.is_input && !it.name.starts_with("SessionStats"));
    // What mutations record is no filter.
    let inputs = inputs.filter(|it| it.name != "SessionGroupBy" && !it.name.ends_with("Input"));
    let declared =
        inputs.flat_map(|it| it.fields.iter().map(|field| (it.name.clone(), field.name.as_str())));
    let missing: Vec<_> = declared.filter(|field| !known.contains(field)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

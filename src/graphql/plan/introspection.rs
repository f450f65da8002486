//! The introspection, which the library answers from its schema.

use async_graphql::{
    Name, Positioned, Request, Value,
    parser::types::{
        DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, Selection,
        SelectionSet,
    },
};

use super::collect::{CollectedField, Collector};
use crate::{
    error::{Error, Result},
    graphql::register::Built,
};

/// The value of a field of the introspection, as JSON.
pub(super) async fn answer(
    schema: &Built,
    collector: Collector<'_>,
    field: &CollectedField<'_>,
) -> Result<String> {
    let position = field.first.pos;
    let items = field.nodes().map(|field| {
        let mut field = field.clone();
        // These have been applied.
        field.node.directives.clear();
        Positioned::new(Selection::Field(field), position)
    });
    let operation = OperationDefinition {
        ty: OperationType::Query,
        variable_definitions: collector.definitions.to_vec(),
        directives: Vec::new(),
        selection_set: Positioned::new(SelectionSet { items: items.collect() }, position),
    };
    let document = ExecutableDocument {
        operations: DocumentOperations::Single(Positioned::new(operation, position)),
        fragments: collector.fragments.clone(),
    };
    let mut request = Request::new("").variables(collector.variables.clone());
    request.set_parsed_query(document);
    let response = schema.execute(request).await;
    if let Some(error) = response.errors.first() {
        return Err(Error::internal(format!("introspection: {}", error.message)));
    }
    let Value::Object(mut data) = response.data else {
        return Err(Error::internal("introspection: there is no data"));
    };
    let mut value = data.swap_remove(field.key).unwrap_or_default();
    if let Value::Object(schema) = &mut value
        && field.name() == "__schema"
    {
        // The library describes what a schema is. This one has no description of its own.
        for inner in collector.fields(field.sets(), "__Schema", &[]) {
            if inner.name() == "description" {
                schema.insert(Name::new(inner.key), Value::Null);
            }
        }
    }
    serde_json::to_string(&value).map_err(Error::internal)
}

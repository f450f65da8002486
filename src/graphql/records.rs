//! The records of a list, for other formats than that of GraphQL's answers.

use async_graphql::{Request, parser::types::OperationType};

pub use super::plan::records::{
    ItemsAfter, ItemsPage, Record, RecordField, RecordItems, RecordList, RecordPage, RecordSizes,
    RecordValue, field_at,
};
use super::{
    Schema,
    context::RequestContext,
    cost,
    error::RequestError,
    execute::{GraphqlRequest, Outcome},
    limits::input::check_variables,
};
use crate::error::{Error, Result};

/// Compiles an internal query of a list, which is valid and within the limits. It costs what it costs
/// the caller.
///
/// # Errors
/// When the caller has spent too much.
pub fn compile_internal(
    schema: &Schema,
    context: &RequestContext,
    query: &Request,
) -> Result<RecordList> {
    let parts = &schema.0;
    let refused = |error: RequestError| {
        Error::internal(format!("an internal query was refused: {}", error.code().as_str()))
    };
    let found = parts.find_text(query.query.as_str().into(), context.limits());
    let mut found = found.map_err(refused)?;
    parts.validate(&mut found, context).map_err(refused)?;
    let operation = found.document.operation(None)?;
    let (variables, document) = (&query.variables, &found.document.parsed);
    if let Some(budget) = context.budget() {
        budget.spend(cost::cost_of(document, operation, variables, context.limits()))?;
    }
    RecordList::compile(document, operation, variables, context)
}

/// Compiles a caller's bulk request, and spends its cost.
///
/// # Errors
/// The outcome of a request that is not executed.
pub async fn compile_bulk(
    schema: &Schema,
    context: &RequestContext,
    request: GraphqlRequest,
) -> Result<RecordList, Outcome> {
    Ok(compile_or_refuse(schema, context, request).await?)
}

async fn compile_or_refuse(
    schema: &Schema,
    context: &RequestContext,
    request: GraphqlRequest,
) -> Result<RecordList, RequestError> {
    let (parts, limits) = (&schema.0, context.limits());
    let mut found = parts.find(&request.document, context)?;
    parts.validate(&mut found, context)?;
    let document = &found.document;
    let operation = document.operation(request.operation_name.as_deref())?;
    if operation.ty != OperationType::Query {
        return Err(Error::input("A bulk request is a query. Send a mutation without bulk.").into());
    }
    check_variables(operation, &request.variables, limits)?;
    let variables = parts.input_types.coerce(&operation.variable_definitions, request.variables)?;
    let cost = cost::check_cost(&document.parsed, operation, &variables, limits)?;
    let list = RecordList::compile_bulk(&document.parsed, operation, &variables, context, cost);
    list.await.map_err(|error| RequestError::located(&error, operation.selection_set.pos))
}

//! The records of a list, for other formats than that of GraphQL's answers.

use async_graphql::Request;

pub use super::plan::records::{
    ItemsAfter, ItemsPage, Record, RecordField, RecordItems, RecordList, RecordPage, RecordSizes,
    RecordValue, field_at,
};
use super::{Schema, context::RequestContext, cost, error::RequestError};
use crate::error::{Code, Error};

/// Compiles an internal query of a list, which is valid and within the limits. It costs what it costs
/// the caller.
///
/// # Errors
/// The code of the error. An internal error is logged.
pub fn compile_internal(
    schema: &Schema,
    context: RequestContext,
    query: &Request,
) -> Result<RecordList, Code> {
    let parts = &schema.0;
    let refused = |error: RequestError| error.code();
    let failed = |error: Error| {
        error.log();
        error.code()
    };
    let (document, syntax) = parts.read(&query.query, context.limits()).map_err(refused)?;
    parts.validate(&query.query, &document, syntax, &context).map_err(refused)?;
    let operation = document.operation(None).map_err(failed)?;
    let (variables, document) = (&query.variables, &document.parsed);
    if let Some(budget) = context.budget() {
        let cost = cost::cost_of(document, operation, variables, context.limits());
        budget.spend(cost).map_err(failed)?;
    }
    RecordList::compile(document, operation, variables, context).map_err(failed)
}

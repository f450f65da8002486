//! Running a request: its limits, its validation, its execution, and its errors.

use async_graphql::{
    Variables,
    parser::types::{OperationDefinition, OperationType},
};
use bytes::Bytes;

pub use super::document::reference::DocumentRef;
use super::{
    Parts, Schema,
    context::{RequestContext, Writes},
    cost,
    error::{FieldError, RequestError, field_errors, write_end},
    limits::input::check_variables,
    plan::{self, Chunks, DataText, Delivery},
    subscription::Subscription,
};
use crate::error::{Code, Error};

/// The error of a subscription that has no stream.
const NO_STREAM: &str = "A subscription needs a stream. Send it by POST with 'Accept: text/event-stream', or over a \
     WebSocket with the subprotocol 'graphql-transport-ws'.";
/// The error of an introspection that is not answered.
const NO_INTROSPECTION: &str =
    "This gateway does not answer the introspection. The schema is in its documentation.";
/// The beginning of an answer, up to its data.
const DATA: &[u8] = b"{\"data\":";

/// A request as a caller sends it.
#[derive(Debug)]
pub struct GraphqlRequest {
    /// The document.
    pub document: DocumentRef,
    /// Which of its operations.
    pub operation_name: Option<String>,
    /// The values of its variables.
    pub variables: Variables,
}

/// A response as JSON.
#[derive(Debug)]
pub enum ResponseText {
    /// The text.
    Whole(Bytes),
    /// A long text.
    Chunks(Box<Chunks>),
}

/// The result of a request.
#[derive(Debug)]
pub enum Outcome {
    /// It was executed; this is the response, as JSON. Fields can have failed.
    Executed(ResponseText),
    /// It was executed, but the database was unavailable, so the response has no data.
    Unavailable(Vec<u8>),
    /// It was not executed: it is not valid, exceeds a limit, or is not allowed. This is the response,
    /// as JSON.
    Refused {
        /// The response.
        body: Vec<u8>,
        /// The code of its errors.
        code: Code,
        /// How long the caller should wait before it tries again, in seconds.
        retry_after: Option<u32>,
    },
    /// It is another operation, but only queries are allowed.
    NotAQuery,
    /// It is a subscription, which is valid and within the limits.
    Subscribed(Box<Subscription>),
}

impl From<RequestError> for Outcome {
    fn from(error: RequestError) -> Self {
        let (code, retry_after) = (error.code(), error.retry_after());
        Self::Refused { body: error.body(), code, retry_after }
    }
}

impl From<Error> for Outcome {
    fn from(error: Error) -> Self {
        RequestError::from(error).into()
    }
}

/// What a request may do.
#[derive(Clone, Copy, Debug)]
pub struct Access<'a> {
    /// A mutation is not executed.
    pub queries_only: bool,
    /// A subscription has a stream for its events.
    pub has_stream: bool,
    /// A request without a key can read the schema.
    pub open_schema: bool,
    /// What mutations write with. A request without a key has none.
    pub writes: Option<Writes<'a>>,
}

/// Runs a caller's request.
pub async fn execute(
    schema: &Schema,
    context: RequestContext,
    request: GraphqlRequest,
    access: Access<'_>,
) -> Outcome {
    let outcome = execute_or_refuse(&schema.0, context, request, access);
    outcome.await.unwrap_or_else(Outcome::from)
}

async fn execute_or_refuse(
    parts: &Parts,
    context: RequestContext,
    request: GraphqlRequest,
    access: Access<'_>,
) -> Result<Outcome, RequestError> {
    let (name, limits) = (request.operation_name.as_deref(), context.limits());
    let mut found = parts.find(&request.document, &context)?;
    let document = found.document.clone();
    let is_query = |operation: &OperationDefinition| operation.ty == OperationType::Query;
    if access.queries_only && document.operation(name).is_ok_and(|operation| !is_query(operation)) {
        return Ok(Outcome::NotAQuery);
    }
    if context.viewer().is_err() && !(document.only_introspection && access.open_schema) {
        return Err(Error::no_key().into());
    }
    if document.has_introspection && !limits.introspection {
        return Err(Error::client(Code::Forbidden, NO_INTROSPECTION).into());
    }
    parts.validate(&mut found, &context)?;
    let operation = document.operation(name)?;
    check_variables(operation, &request.variables, &limits.of(operation.ty))?;
    let variables = parts.input_types.coerce(&operation.variable_definitions, request.variables)?;
    let cost = cost::check_cost(&document.parsed, operation, &variables, limits)?;
    if operation.ty == OperationType::Subscription {
        if !access.has_stream {
            return Err(Error::input(NO_STREAM).into());
        }
        let (text, name) = (&found.text, request.operation_name);
        let subscription = Subscription::new(document, text, name, variables, cost);
        return Ok(Outcome::Subscribed(Box::new(subscription)));
    }
    let delivery = Delivery { start: DATA, text: Vec::with_capacity(4096) };
    let (document, executor) = (&document.parsed, &parts.executor);
    let answer = match operation.ty {
        OperationType::Mutation => {
            let writes = access.writes.ok_or_else(Error::no_key)?;
            let request = (&context, writes);
            // In a box: the future of queries has no room for it.
            Box::pin(plan::answer_mutation(
                document, operation, &variables, request, cost, delivery,
            ))
            .await
        }
        _ => {
            plan::answer(executor, document, operation, &variables, &context, cost, delivery).await
        }
    };
    let (data, errors) =
        answer.map_err(|error| RequestError::located(&error, operation.selection_set.pos))?;
    match data {
        DataText::Whole(mut text) => {
            let no_data = text.get(DATA.len()..) == Some(b"null");
            let unavailable = |it: &FieldError| it.error.code() == Code::ServiceUnavailable;
            let is_unavailable = no_data && errors.iter().any(unavailable);
            write_end(&mut text, &field_errors(errors));
            if is_unavailable {
                return Ok(Outcome::Unavailable(text));
            }
            Ok(Outcome::Executed(ResponseText::Whole(held(&context, text)?)))
        }
        DataText::Chunks(mut chunks) => {
            let mut end = Vec::new();
            write_end(&mut end, &field_errors(errors));
            chunks.end_with(end)?;
            Ok(Outcome::Executed(ResponseText::Chunks(Box::new(chunks))))
        }
    }
}

/// Replaces the memory of a request by that of the text of its answer.
fn held(context: &RequestContext, text: Vec<u8>) -> Result<Bytes, Error> {
    match context.reads().memory() {
        Some(memory) => {
            memory.replace(text.capacity())?;
            Ok(memory.hold(text))
        }
        None => Ok(text.into()),
    }
}

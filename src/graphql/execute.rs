//! Running a request: weighed, allowed, executed, and its errors rendered.

use std::sync::Arc;

use async_graphql::{Request, Response, Value, Variables, parser::types::OperationType};

use super::{
    Built, Parts, Schema,
    context::{NO_KEY, RequestContext},
    error::{RequestError, code, finish, log},
    json,
    plan::{self, NoAnswer},
    weigh::{self, Document},
};
use crate::error::{Code, Error};

/// A request as a caller sends it.
#[derive(Debug, Default)]
pub struct Question {
    /// The document.
    pub query: String,
    /// Which of its operations.
    pub operation_name: Option<String>,
    /// The values of its variables.
    pub variables: Variables,
}

/// What came of a request.
#[derive(Debug)]
pub enum Outcome {
    /// It was run; this is the answer, as JSON. Fields of it may have failed.
    Executed(Vec<u8>),
    /// It was run, and the database could not be reached for any of it.
    Unavailable(Vec<u8>),
    /// It was not run: it is not valid, too heavy, or not allowed. This is the answer, as JSON.
    Refused(Vec<u8>, Code),
    /// It is a mutation, where only queries are taken.
    NotAQuery,
}

impl From<RequestError> for Outcome {
    fn from(error: RequestError) -> Self {
        Self::Refused(error.body(), error.code())
    }
}

impl From<Error> for Outcome {
    fn from(error: Error) -> Self {
        RequestError::from(error).into()
    }
}

/// Runs a caller's request.
///
/// `queries_only` is for requests that must not change anything; without a key, `open_schema` says
/// whether the schema may be asked for.
pub async fn execute(
    schema: &Schema,
    context: RequestContext,
    question: Question,
    queries_only: bool,
    open_schema: bool,
) -> Outcome {
    let parts = &schema.0;
    let name = question.operation_name.as_deref();
    let document = match parts.document(&question.query, &context, open_schema) {
        Ok(document) => document,
        Err(error) => return error.into(),
    };
    let operation = match document.operation(name) {
        Ok(operation) if queries_only && operation.ty != OperationType::Query => {
            return Outcome::NotAQuery;
        }
        Ok(operation) => operation,
        Err(error) => return error.into(),
    };
    let limits = context.limits();
    let variables = question.variables;
    let variables = match weigh::check_variables(operation, &variables, limits)
        .map_err(RequestError::from)
        .and_then(|()| parts.input_types.coerce(&operation.variable_definitions, variables))
    {
        Ok(variables) => variables,
        Err(error) => return error.into(),
    };
    if let Err(error) = document.check_cost(operation, &variables, limits) {
        return error.into();
    }
    let mut body = json::head();
    match plan::answer(&document.parsed, operation, &variables, &context, &mut body).await {
        Ok(()) => return Outcome::Executed(json::closed(body)),
        Err(NoAnswer::Unavailable(error)) => return error.into(),
        Err(NoAnswer::GiveUp) => {}
    }
    let response = run(&parts.executor, context, request(&document, name, variables)).await;
    let body = json::of(&response);
    let unavailable = |error| code(error) == Code::ServiceUnavailable;
    if response.data == Value::Null && response.errors.iter().any(unavailable) {
        Outcome::Unavailable(body)
    } else {
        Outcome::Executed(body)
    }
}

/// Runs a query of our own, which is valid and within the bounds, and answers its data as JSON,
/// which is likely to have so many bytes.
///
/// # Errors
/// The code of what went wrong, which is in the log where it is ours.
pub async fn execute_own(
    schema: &Schema,
    context: RequestContext,
    query: Request,
    length: usize,
) -> Result<Vec<u8>, Code> {
    let document = schema.0.document(&query.query, &context, false);
    let document = document.map_err(|error| error.code())?;
    let operation = document.operation(None).map_err(|error| error.code())?;
    let (variables, mut data) = (&query.variables, Vec::with_capacity(length));
    match plan::answer(&document.parsed, operation, variables, &context, &mut data).await {
        Ok(()) => return Ok(data),
        Err(NoAnswer::Unavailable(error)) => {
            log(&error);
            return Err(error.code());
        }
        Err(NoAnswer::GiveUp) => {}
    }
    let request = request(&document, None, query.variables);
    let response = run(&schema.0.executor, context, request).await;
    match response.errors.first() {
        Some(error) => Err(code(error)),
        None => Ok(json::of(&response.data)),
    }
}

impl Parts {
    /// A valid document within the limits, which the caller may have run.
    fn document(
        &self,
        query: &str,
        context: &RequestContext,
        open_schema: bool,
    ) -> Result<Arc<Document>, RequestError> {
        if let Some(known) = self.documents.get(query) {
            allow(&known, context, open_schema)?;
            return Ok(known);
        }
        let limits = context.limits();
        // The limits come before the validation, which takes longer the more a document expands.
        let (document, syntax) = weigh::read(query, limits)?;
        allow(&document, context, open_schema)?;
        self.validator.validate(&syntax, limits.max_errors as usize)?;
        let document = Arc::new(document);
        // A caller without a key cannot fill the cache.
        if context.viewer().is_ok() {
            self.documents.put(query, document.clone());
        }
        Ok(document)
    }
}

/// Refuses a caller without a key, except for the introspection where the schema is open.
fn allow(document: &Document, context: &RequestContext, open_schema: bool) -> Result<(), Error> {
    if context.viewer().is_err() && !(document.only_introspection && open_schema) {
        return Err(Error::client(Code::Unauthenticated, NO_KEY));
    }
    Ok(())
}

fn request(document: &Document, name: Option<&str>, variables: Variables) -> Request {
    let mut request = Request::new("").variables(variables);
    request.operation_name = name.map(str::to_owned);
    request.set_parsed_query(document.parsed.clone());
    request
}

/// Runs a request in the plain way, field by field.
async fn run(schema: &Built, mut context: RequestContext, request: Request) -> Response {
    let batches = context.start_loaders();
    let mut response = batches.beside(schema.execute(request.data(context))).await;
    finish(&mut response);
    response
}

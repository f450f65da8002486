//! Running a request: weighed, allowed, executed, and its errors rendered.

use std::sync::Arc;

use async_graphql::{Request, Response, Value, Variables, parser::types::OperationType};

use super::{
    Built, Schema,
    context::{NO_KEY, RequestContext},
    error::{code, finish, log, refusal},
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

impl From<Error> for Outcome {
    fn from(error: Error) -> Self {
        Self::Refused(refusal(&error), error.code())
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
    let Question { query, operation_name, mut variables } = question;
    let (name, limits) = (operation_name.as_deref(), context.limits());
    let known = parts.documents.get(&query);
    let is_new = known.is_none();
    let document = match known.map_or_else(|| weigh::read(&query, limits).map(Arc::new), Ok) {
        Ok(document) => document,
        Err(error) => return error.into(),
    };
    let operation = document.operation(name);
    match operation {
        Some(operation) => {
            if let Err(error) = document.weigh(operation, &mut variables, limits) {
                return error.into();
            }
        }
        // There is nothing to run, which the validator tells without them.
        None => variables = Variables::default(),
    }
    if queries_only && operation.is_some_and(|it| it.ty != OperationType::Query) {
        return Outcome::NotAQuery;
    }
    if context.viewer().is_err() && !(document.only_introspection && open_schema) {
        return Error::client(Code::Unauthenticated, NO_KEY).into();
    }
    if let Some(operation) = operation
        && let Err(error) = parts.input_types.check(&operation.variable_definitions, &variables)
    {
        return error.into();
    }
    if is_new || operation.is_none() {
        let request = request(&document, name, variables.clone());
        let mut response = parts.validator.execute(request).await;
        if !response.errors.is_empty() {
            finish(&mut response, limits.max_errors as usize);
            return Outcome::Refused(json::errors(&response.errors), Code::BadUserInput);
        }
        // The validator passes over what holds a variable without a value, and over operations
        // that are not to be run: only what it has looked at whole is known to be valid.
        if context.viewer().is_ok() && document.is_looked_at_whole(&variables) {
            parts.documents.put(&query, document.clone());
        }
    }
    if let Some(operation) = operation {
        let mut body = json::head();
        match plan::answer(&document.parsed, operation, &variables, &context, &mut body).await {
            Ok(()) => return Outcome::Executed(json::closed(body)),
            Err(NoAnswer::Unavailable(error)) => return error.into(),
            Err(NoAnswer::GiveUp) => {}
        }
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
    let documents = &schema.0.documents;
    let document = match documents.get(&query.query) {
        Some(document) => document,
        None => {
            let document = weigh::read(&query.query, context.limits());
            let document = Arc::new(document.map_err(|error| error.code())?);
            documents.put(&query.query, document.clone());
            document
        }
    };
    if let Some(operation) = document.operation(None) {
        let (variables, mut data) = (&query.variables, Vec::with_capacity(length));
        match plan::answer(&document.parsed, operation, variables, &context, &mut data).await {
            Ok(()) => return Ok(data),
            Err(NoAnswer::Unavailable(error)) => {
                log(&error);
                return Err(error.code());
            }
            Err(NoAnswer::GiveUp) => {}
        }
    }
    let request = request(&document, None, query.variables);
    let response = run(&schema.0.executor, context, request).await;
    match response.errors.first() {
        Some(error) => Err(code(error)),
        None => Ok(json::of(&response.data)),
    }
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
    finish(&mut response, usize::MAX);
    response
}

//! Running a request: weighed, allowed, executed, and its errors rendered.

use async_graphql::{Request, Response, Variables, parser::types::OperationType};

use super::{
    Schema,
    context::{NO_KEY, RequestContext},
    error::{code, finish, refusal},
    json,
    weigh::{Roots, weigh},
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
    /// It was run; fields of it may have failed.
    Executed(Response),
    /// It was not run: it is not valid, too heavy, or not allowed.
    Refused(Response, Code),
    /// It is a mutation, where only queries are taken.
    NotAQuery,
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
    let Question { query, operation_name, mut variables } = question;
    let limits = context.limits();
    let max_errors = limits.max_errors as usize;
    let weighed = match weigh(&query, operation_name.as_deref(), &variables, limits) {
        Ok(weighed) => weighed,
        Err(error) => return Outcome::Refused(refusal(&error), error.code()),
    };
    if queries_only && weighed.operation.is_some_and(|kind| kind != OperationType::Query) {
        return Outcome::NotAQuery;
    }
    if context.viewer().is_err() && !(weighed.only_introspection && open_schema) {
        let error = Error::client(Code::Unauthenticated, NO_KEY);
        return Outcome::Refused(refusal(&error), error.code());
    }
    // The library's `@skip` and `@include` do not know the defaults of variables.
    weighed.add_defaults(operation_name.as_deref(), &mut variables);
    let mut request = Request::new(query).variables(variables);
    request.operation_name = operation_name;
    request.set_parsed_query(weighed.document);
    let mut response = run(schema, context.with_roots(weighed.roots), request).await;
    finish(&mut response, max_errors);
    // Without data and without a path, nothing was run.
    let refused = response.data == async_graphql::Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|error| error.path.is_empty());
    if refused {
        Outcome::Refused(response, Code::BadUserInput)
    } else {
        Outcome::Executed(response)
    }
}

/// Runs a document of our own with one root field, which needs no weighing, and answers its data
/// as JSON.
///
/// # Errors
/// The code of what went wrong, which is in the log where it is ours.
pub async fn execute_own(
    schema: &Schema,
    context: RequestContext,
    request: Request,
) -> Result<Vec<u8>, Code> {
    let mut response = run(schema, context.with_roots(Roots::One), request).await;
    finish(&mut response, usize::MAX);
    match response.errors.first() {
        Some(error) => Err(code(error)),
        None => Ok(json::data(&response.data)),
    }
}

async fn run(schema: &Schema, mut context: RequestContext, request: Request) -> Response {
    let batches = context.take_batches();
    let answer = schema.execute(request.data(context));
    match batches {
        Some(batches) => batches.beside(answer).await,
        None => answer.await,
    }
}

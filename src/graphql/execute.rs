//! Running a request: weighed, allowed, executed, and its errors rendered.

use std::sync::Arc;

use async_graphql::{Request, Response, Variables, parser::types::OperationType};

use super::{
    Built, Schema,
    context::{NO_KEY, RequestContext},
    error::{code, finish, refusal},
    json,
    weigh::{Roots, parse, weigh},
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
    let max_errors = context.limits().max_errors as usize;
    let refuse = |error: Error| Outcome::Refused(refusal(&error), error.code());
    let known = schema.0.documents.get(&question.query);
    let is_new = known.is_none();
    let document = match known.map_or_else(|| parse(&question.query).map(Arc::new), Ok) {
        Ok(document) => document,
        Err(error) => return refuse(error),
    };
    let Question { query, operation_name, mut variables } = question;
    let name = operation_name.as_deref();
    let weighed = match weigh(&document, name, &variables, context.limits()) {
        Ok(weighed) => weighed,
        Err(error) => return refuse(error),
    };
    if queries_only && weighed.operation.is_some_and(|it| it.ty != OperationType::Query) {
        return Outcome::NotAQuery;
    }
    if context.viewer().is_err() && !(weighed.only_introspection && open_schema) {
        return refuse(Error::client(Code::Unauthenticated, NO_KEY));
    }
    let definitions = weighed.operation.map_or(&[][..], |it| &it.variable_definitions);
    if let Err(error) = schema.0.input_types.check(definitions, &variables) {
        return refuse(error);
    }
    // The library's `@skip` and `@include` do not know the defaults of variables.
    weighed.add_defaults(&mut variables);
    let context = context.with_roots(weighed.roots);
    let mut request = Request::new("").variables(variables);
    request.operation_name = operation_name;
    request.set_parsed_query((*document).clone());
    let built = if is_new { &schema.0.strict } else { &schema.0.trusting };
    let mut response = run(built, context, request).await;
    finish(&mut response, max_errors);
    // Without data and without a path, nothing was run.
    let refused = response.data == async_graphql::Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|error| error.path.is_empty());
    if refused {
        return Outcome::Refused(response, Code::BadUserInput);
    }
    if is_new {
        schema.0.documents.put(&query, document);
    }
    Outcome::Executed(response)
}

/// Runs a document of our own with one root field, which needs no weighing, and answers its data
/// as JSON.
///
/// # Errors
/// The code of what went wrong, which is in the log where it is ours.
pub async fn execute_own(
    schema: &Schema,
    context: RequestContext,
    mut request: Request,
) -> Result<Vec<u8>, Code> {
    let documents = &schema.0.documents;
    if let Some(document) = documents.get(&request.query) {
        request.set_parsed_query((*document).clone());
    } else if let Ok(document) = parse(&request.query) {
        documents.put(&request.query, Arc::new(document.clone()));
        request.set_parsed_query(document);
    }
    let mut response = run(&schema.0.trusting, context.with_roots(Roots::One), request).await;
    finish(&mut response, usize::MAX);
    match response.errors.first() {
        Some(error) => Err(code(error)),
        None => Ok(json::data(&response.data)),
    }
}

async fn run(schema: &Built, mut context: RequestContext, request: Request) -> Response {
    let batches = context.take_batches();
    let answer = schema.execute(request.data(context));
    match batches {
        Some(batches) => batches.beside(answer).await,
        None => answer.await,
    }
}

//! Documents as text: parsing them, and turning them into the syntax tree that is executed.
//!
//! A document is parsed once, by apollo-compiler, which also validates it; async-graphql executes
//! it. The second tree is made from the first and not from the text, since async-graphql's parser
//! refuses valid texts.

use std::borrow::Cow;

use apollo_compiler::{ast, diagnostic::ToCliReport, parser::Parser, validation::DiagnosticList};
use async_graphql::parser::types::ExecutableDocument;

use super::super::{error::RequestError, limits::Limits};
use crate::error::{Code, Error};

mod convert;
mod position;
mod scan;

pub(super) use convert::{constant, input_type};
pub(super) use position::position;

/// A document that could be parsed.
pub(super) struct Parsed {
    /// For its validation.
    pub(super) syntax: ast::Document,
    /// For its execution.
    pub(super) document: ExecutableDocument,
}

/// Parses a document.
///
/// # Errors
/// When it is no document, is nested too deeply or too long, defines types, or has two operations
/// or fragments of one name.
pub(super) fn parse(text: &str) -> Result<Parsed, RequestError> {
    let scan = scan::scan(text)?;
    if let Some(range) = scan.descriptions.iter().find(|it| !scan::is_text(&text[(*it).clone()])) {
        let message = "Syntax error: a description has a wrong escape sequence.";
        return Err(RequestError::at(position(text, range.start), message));
    }
    let text = without(text, &scan.blank);
    let mut parser =
        Parser::new().recursion_limit(Limits::MAX_BRACKETS * 4).token_limit(Limits::MAX_TOKENS);
    let syntax = parser.parse_ast(&*text, "").map_err(|it| syntax_error(&text, &it.errors))?;
    let document = convert::document(&text, &syntax)?;
    Ok(Parsed { syntax, document })
}

/// Replaces these ranges of a text by spaces, so that no line and no column changes.
fn without<'a>(text: &'a str, blank: &[std::ops::Range<usize>]) -> Cow<'a, str> {
    let mut blanked = String::new();
    let mut end = 0;
    for range in blank {
        blanked.push_str(&text[end..range.start]);
        let space = |sign| if matches!(sign, '\n' | '\r') { sign } else { ' ' };
        blanked.extend(text[range.clone()].chars().map(space));
        end = range.end;
    }
    match blank {
        [] => text.into(),
        _ => (blanked + &text[end..]).into(),
    }
}

/// The first error of a parser, which may have found others in what follows from it.
fn syntax_error(text: &str, errors: &DiagnosticList) -> RequestError {
    let Some(first) = errors.iter().next() else {
        return Error::internal("a document was refused without an error").into();
    };
    let start = first.error.location().map_or(text.len(), |it| it.offset().min(text.len()));
    let message = first.error.to_string();
    let Some(message) = message.strip_prefix("syntax error: ") else {
        let message = format!("The document has more than {} tokens.", Limits::MAX_TOKENS);
        let error = Error::client(Code::QueryTooComplex, message);
        return RequestError::located(&error, position(text, start));
    };
    // The token that was got is shown as it is written.
    let mut message = message.split(", got ").next().unwrap_or_default().to_owned();
    for (token, sign) in TOKENS {
        message = message.replace(token, sign);
    }
    scan::unexpected(text, start, &message)
}

/// How the parser names tokens, and how they are written.
const TOKENS: [(&str, &str); 10] = [
    ("L_PAREN", "'('"),
    ("R_PAREN", "')'"),
    ("L_CURLY", "'{'"),
    ("R_CURLY", "'}'"),
    ("L_BRACK", "'['"),
    ("R_BRACK", "']'"),
    ("COLON", "':'"),
    ("EOF", "the end"),
    ("StringValue, Name or OperationDefinition", "definition"),
    ("an Operation Type or a Selection Set", "an operation or a fragment"),
];

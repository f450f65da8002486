//! The limits of a request.
//!
//! A document of 900 bytes can expand to billions of selections, and no timeout interrupts what
//! follows its fragments. So a document is measured before it is validated. Each fragment is
//! measured once: the time grows with the length of the text, not with what it expands to.

use std::borrow::Cow;

use async_graphql::{Pos, parser::types::OperationType};

use super::error::RequestError;
use crate::error::{Code, Error};

pub(super) mod input;
mod service;
pub(super) mod size;

pub use service::ServiceLimits;

/// The limits of a request. A request that exceeds one of them is a client error. Most
/// fields are settings; the constants are not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Rows of a page when the request has no page size.
    pub default_page_size: u32,
    /// Rows of a page of sessions or technicians.
    pub max_page_size: u32,
    /// Rows of a page of chat messages or videos.
    pub max_child_page_size: u32,
    /// Selections of a document with its fragments expanded.
    pub max_selections: u32,
    /// Nested fields, without introspection.
    pub max_depth: u32,
    /// Cost of an operation: its fields, multiplied by the page sizes of the lists around them.
    pub max_cost: u32,
    /// Selections of the same field in one selection set, with or without aliases.
    pub max_aliases: u32,
    /// Items of a list in the input, and variables of an operation.
    pub max_list: u32,
    /// Validation errors in a response.
    pub max_errors: u32,
    /// Bytes of an answer.
    pub max_answer_bytes: u32,
    /// Bytes of an answer up to which its text is in memory as a whole.
    pub whole_answer: usize,
    /// Bytes of a chunk of a longer answer, which is written when it is sent. A single text may exceed it.
    pub answer_chunk: usize,
    /// Requests of one key a second. None is no limit.
    pub requests_per_second: Option<u32>,
    /// Cost of the requests of one key a second. None is no limit.
    pub cost_per_second: Option<u32>,
    /// Requests of one account in progress.
    pub max_account_requests: u32,
    /// Whether the introspection is answered.
    pub introspection: bool,
    /// What other parts of the gateway apply.
    pub service: ServiceLimits,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            default_page_size: 25,
            max_page_size: 200,
            max_child_page_size: 500,
            max_selections: 10_000,
            max_depth: 15,
            max_cost: 100_000,
            max_aliases: 30,
            max_list: 250,
            max_errors: 5,
            max_answer_bytes: 64 << 20,
            whole_answer: 256 << 10,
            answer_chunk: 64 << 10,
            requests_per_second: None,
            cost_per_second: None,
            max_account_requests: 200,
            introspection: true,
            service: ServiceLimits::default(),
        }
    }
}

impl Limits {
    /// Items of a list in the input of a mutation, unless more are allowed in queries.
    pub const MAX_MUTATION_LIST: u32 = 500;
    /// Nested brackets of any kind in a document. The parser is recursive.
    pub const MAX_BRACKETS: usize = 100;
    /// Tokens of a document, white space included.
    pub const MAX_TOKENS: usize = 200_000;
    /// Nested selection sets, fragments expanded. The executor is recursive.
    pub const MAX_LEVELS: u32 = 32;
    /// Nested lists and objects in the input. Their parser is recursive.
    pub const MAX_INPUT_DEPTH: u32 = 30;
    /// Conditions of a filter. Databases limit the depth of an expression and the values of a
    /// statement.
    pub const MAX_CONDITIONS: usize = 500;
    /// Characters of a text in a filter.
    pub const MAX_TEXT_CHARS: usize = 1_000;
    /// Nested fields of the introspection, which `max_depth` does not count.
    pub const MAX_INTROSPECTION_DEPTH: u32 = 20;
    /// Nested fields of the introspection that lead back to their own type. The usual query of
    /// tools has two.
    pub const MAX_INTROSPECTION_LOOPS: u32 = 2;
    /// Cost of the introspection. The usual query of tools has less than half.
    pub const MAX_INTROSPECTION_COST: u64 = 200_000;
}

impl Limits {
    /// The limits of an operation: mutations may have longer lists.
    pub(super) fn of(&self, operation: OperationType) -> Cow<'_, Self> {
        match operation {
            OperationType::Mutation => {
                let max_list = self.max_list.max(Self::MAX_MUTATION_LIST);
                Cow::Owned(Self { max_list, ..self.clone() })
            }
            _ => Cow::Borrowed(self),
        }
    }
}

/// Adds the position at which a document exceeds a limit.
fn at(position: Pos) -> impl Fn(Error) -> RequestError {
    move |error| RequestError::located(&error, position)
}

pub(super) fn too_complex(what: impl Into<String>) -> Error {
    Error::client(Code::QueryTooComplex, what.into())
}

fn too_deep(what: impl Into<String>) -> Error {
    Error::client(Code::QueryTooDeep, what.into())
}

//! The caller.

use async_graphql::{Enum, InputType};

use super::super::{
    definition::{
        FieldDefinition as Field, FieldSource,
        FieldSource::{Object, Request},
        ObjectDefinition, RequestValue,
    },
    error::int_overflow,
};
use crate::error::Result;

/// What a key may do.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "crate::domain::viewer::Scope")]
pub enum Scope {
    /// Read the account's history.
    Read,
    /// Change the account's history.
    Write,
}

pub(super) static VIEWER: ObjectDefinition = ObjectDefinition {
    name: "Viewer",
    description: "The caller, as the key identifies it.",
    interfaces: &[],
    fields: &[
        Field::required("account", "The account whose history the key opens.", Object(&ACCOUNT)),
        Field::required(
            "keyLabel",
            "The operator's label of the key.",
            text(|request| Ok(request.viewer()?.key_label.clone().into())),
        ),
        Field::required(
            "scopes",
            "What the key may do.",
            Request {
                register: Vec::<Scope>::create_type_info,
                value: |request| {
                    Ok(request
                        .viewer()?
                        .scopes
                        .iter()
                        .map(|scope| scope.as_str().to_uppercase())
                        .collect())
                },
            },
        ),
        Field::required("limits", "The limits of a request.", Object(&REQUEST_LIMITS)),
    ],
};

static ACCOUNT: ObjectDefinition = ObjectDefinition {
    name: "Account",
    description: "An account. Its history is separate from that of other accounts.",
    interfaces: &[],
    fields: &[Field::required(
        "name",
        "The account's name.",
        text(|request| Ok(request.viewer()?.account_name.clone().into())),
    )],
};

static REQUEST_LIMITS: ObjectDefinition = ObjectDefinition {
    name: "RequestLimits",
    description: "The limits of a request. A request beyond one of them is an error.",
    interfaces: &[],
    fields: &[
        limit("defaultPageSize", "The items of a page if the request does not say.", |request| {
            number(request.limits().default_page_size)
        }),
        limit(
            "maxPageSize",
            "The maximum number of sessions or technicians of a page.",
            |request| number(request.limits().max_page_size),
        ),
        limit(
            "maxChildPageSize",
            "The maximum number of chat messages or recordings of a page.",
            |request| number(request.limits().max_child_page_size),
        ),
        limit(
            "maxSelections",
            "The maximum number of selections of a document, with its fragments expanded.",
            |request| number(request.limits().max_selections),
        ),
        limit("maxDepth", "The maximum depth of fields, not counting introspection.", |request| {
            number(request.limits().max_depth)
        }),
        limit(
            "maxCost",
            "The maximum cost: the number of fields, multiplied by the page sizes around them.",
            |request| number(request.limits().max_cost),
        ),
        limit(
            "maxAliases",
            "The maximum number of times that one selection set selects the same field.",
            |request| number(request.limits().max_aliases),
        ),
        limit("maxListLength", "The maximum length of a list in the input.", |request| {
            number(request.limits().max_list)
        }),
        limit("maxAnswerBytes", "The maximum size of an answer, in bytes.", |request| {
            number(request.limits().max_answer_bytes)
        }),
    ],
};

const fn text(value: RequestValue) -> FieldSource {
    Request { register: String::create_type_info, value }
}

const fn limit(name: &'static str, description: &'static str, value: RequestValue) -> Field {
    Field::required(name, description, Request { register: i32::create_type_info, value })
}

fn number(limit: u32) -> Result<serde_json::Value> {
    Ok(i32::try_from(limit).map_err(|_| int_overflow(limit))?.into())
}

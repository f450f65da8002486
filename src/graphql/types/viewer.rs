//! The caller.

use async_graphql::{Enum, InputType};

use super::super::{
    definition::{
        FieldDefinition as Field, FieldSource,
        FieldSource::{Object, Request},
        ObjectDefinition, RequestValue,
    },
    error::int_overflow,
    limits::Limits,
};
use crate::error::Result;

/// What a key may do.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "crate::domain::viewer::Scope")]
pub enum Scope {
    /// Read the account's history.
    Read,
    /// Record sessions and chat messages.
    Write,
    /// Remove and hold sessions, and read the audit and the use of keys.
    Admin,
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
        Field::required("limits", "The limits of requests.", Object(&REQUEST_LIMITS)),
        Field::required("gateway", "The program that answers.", Object(&GATEWAY)),
    ],
};

static GATEWAY: ObjectDefinition = ObjectDefinition {
    name: "Gateway",
    description: "The program that answers requests.",
    interfaces: &[],
    fields: &[
        Field::required(
            "version",
            "The version of the program.",
            text(|_| Ok(env!("CARGO_PKG_VERSION").into())),
        ),
        Field::required(
            "database",
            "The database that has the history: SQLite, PostgreSQL, or MariaDB or MySQL.",
            text(|request| Ok(request.reads().database_name().into())),
        ),
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
    description: "The limits of requests. A request beyond one of them is an error.",
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
        limit(
            "maxListLength",
            "The maximum length of a list in the input. In a mutation it is at least 500.",
            |request| number(request.limits().max_list),
        ),
        limit("maxConditions", "The maximum number of conditions of all filters.", |_| {
            Ok(Limits::MAX_CONDITIONS.into())
        }),
        limit("maxInputDepth", "The maximum depth of lists and objects in the input.", |_| {
            number(Limits::MAX_INPUT_DEPTH)
        }),
        limit(
            "maxTokens",
            "The maximum number of tokens of a document, white space included.",
            |_| Ok(Limits::MAX_TOKENS.into()),
        ),
        limit("maxTextLength", "The maximum length of a text in a filter, in characters.", |_| {
            Ok(Limits::MAX_TEXT_CHARS.into())
        }),
        limit("maxAnswerBytes", "The maximum size of an answer, in bytes.", |request| {
            number(request.limits().max_answer_bytes)
        }),
        optional_limit(
            "requestsPerSecond",
            "The maximum number of requests of the key a second; twice as many at once after a pause. \
             Null is no limit.",
            |request| number_or_null(request.limits().requests_per_second),
        ),
        optional_limit(
            "costPerSecond",
            "The maximum cost of the key's requests a second; twice as much at once after a pause. \
             Null is no limit.",
            |request| number_or_null(request.limits().cost_per_second),
        ),
        limit(
            "maxAccountRequests",
            "The maximum number of requests of the account in progress. As many more wait.",
            |request| number(request.limits().max_account_requests),
        ),
        limit("maxBodyBytes", "The maximum size of the body of a request, in bytes.", |request| {
            number(request.limits().service.max_body_bytes)
        }),
        limit("requestTimeoutSeconds", "The maximum time of a request, in seconds.", |request| {
            number(request.limits().service.request_timeout)
        }),
        limit(
            "exportWaitSeconds",
            "The maximum time that a long answer waits for others to end, in seconds.",
            |request| number(request.limits().service.export_wait),
        ),
        limit(
            "maxAccountAnswerBytes",
            "The maximum memory of the answers of the account at the same time, in bytes. A \
             larger limit is shown as 2147483647.",
            |request| number(request.limits().service.max_account_answer_bytes),
        ),
        limit(
            "maxKeySubscriptions",
            "The maximum number of subscriptions of the key at the same time.",
            |request| number(request.limits().service.max_key_subscriptions),
        ),
        limit(
            "maxKeySockets",
            "The maximum number of WebSockets of the key at the same time.",
            |request| number(request.limits().service.max_key_sockets),
        ),
        limit(
            "maxSocketOperations",
            "The maximum number of operations of a WebSocket in progress.",
            |request| number(request.limits().service.max_socket_operations),
        ),
        limit(
            "keepAliveSeconds",
            "The time between two signs of life of a stream of events or a WebSocket, in \
             seconds. A WebSocket whose client is silent for twice this time is closed.",
            |request| number(request.limits().service.keep_alive),
        ),
        limit(
            "maxAddressConnections",
            "The maximum number of connections of an address.",
            |request| number(request.limits().service.max_address_connections),
        ),
        limit(
            "headTimeoutSeconds",
            "The maximum time until the head of a request is complete, in seconds.",
            |request| number(request.limits().service.head_timeout),
        ),
        limit(
            "bodyTimeoutSeconds",
            "The maximum time in which nothing of the body of a request arrives, in seconds.",
            |request| number(request.limits().service.body_timeout),
        ),
        limit(
            "idleTimeoutSeconds",
            "The maximum time between two requests of a connection, in seconds.",
            |request| number(request.limits().service.idle_timeout),
        ),
        limit(
            "stallTimeoutSeconds",
            "The maximum time in which a client reads nothing of an answer, in seconds.",
            |request| number(request.limits().service.stall_timeout),
        ),
        limit(
            "minReadBytesPerSecond",
            "The minimum rate at which a client reads a long answer, in bytes a second.",
            |request| number(request.limits().service.stall_rate),
        ),
    ],
};

const fn text(value: RequestValue) -> FieldSource {
    Request { register: String::create_type_info, value }
}

const fn limit(name: &'static str, description: &'static str, value: RequestValue) -> Field {
    Field::required(name, description, Request { register: i32::create_type_info, value })
}

const fn optional_limit(
    name: &'static str,
    description: &'static str,
    value: RequestValue,
) -> Field {
    Field::nullable(name, description, Request { register: i32::create_type_info, value })
}

fn number_or_null(limit: Option<u32>) -> Result<serde_json::Value> {
    limit.map_or(Ok(serde_json::Value::Null), number)
}

fn number(limit: u32) -> Result<serde_json::Value> {
    Ok(i32::try_from(limit).map_err(|_| int_overflow(limit))?.into())
}

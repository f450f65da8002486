//! The sessions in a GraphQL response. Their texts are borrowed from its JSON, not copied.

mod connection;
mod parse;
mod session;
mod text;
mod value;

pub(super) use parse::{
    MalformedResponse, json_text, parse_continuation, parse_head, parse_sessions,
};
pub(super) use session::SessionShape;
pub(super) use value::{ListItems, ListPage, NameAndValue, ResponseSession, VarValue};

//! The types of the schema, one file each.

pub(super) mod audit_event;
pub(super) mod chat_message;
pub(super) mod connection;
pub(super) mod custom_field;
mod hold;
pub(super) mod legacy_usage;
pub(super) mod mutation;
pub(super) mod node;
pub(super) mod page_arguments;
pub(super) mod query;
mod removal;
pub(super) mod session;
pub(super) mod session_change;
pub(super) mod statistics;
pub(super) mod subscription;
pub(super) mod technician;
pub(super) mod video;
pub(super) mod viewer;

use super::definition::ObjectDefinition;
use crate::store::query::RowKind;

/// The type of the nodes of a kind.
pub(super) fn node_type(kind: RowKind) -> &'static ObjectDefinition {
    match kind {
        RowKind::Session => &session::SESSION,
        RowKind::Technician => &technician::TECHNICIAN,
        RowKind::ChatMessage => &chat_message::CHAT_MESSAGE,
        RowKind::Video => &video::VIDEO,
    }
}

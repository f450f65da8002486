//! Chat messages.

use async_graphql::InputType;

use super::{
    super::{
        definition::{
            ConnectionDefinition, ConnectionKind, Cost, FieldDefinition as Field,
            FieldSource::{Enum, Text, Time},
            ObjectDefinition,
        },
        enums::SenderRole,
    },
    node::{NODE_NAME, id_field},
};
use crate::{
    domain::session as domain,
    store::{query::RowKind, table::ChatMessageTable as Row},
};

pub(in crate::graphql) static CHAT_MESSAGE: ObjectDefinition = ObjectDefinition {
    name: "ChatMessage",
    description: "A message of a session's chat.",
    interfaces: &[NODE_NAME],
    fields: &[
        id_field(RowKind::ChatMessage),
        Field::required("sentAt", "When the message was sent.", Time(Row::SENT_AT)),
        Field::nullable("sender", "The sender, as the chat shows it.", Text(Row::SENDER)),
        Field::required(
            "senderRole",
            "The role of the sender.",
            Enum {
                column: Row::SENDER_ROLE,
                register: SenderRole::create_type_info,
                is_known: |word| domain::SenderRole::ALL.iter().any(|role| role.as_str() == word),
            },
        ),
        Field::required("body", "The text of the message.", Text(Row::BODY)).costs(Cost::LongText),
    ],
};

pub(in crate::graphql) static CHAT_MESSAGE_CONNECTION: ConnectionDefinition =
    ConnectionDefinition {
        name: "ChatMessageConnection",
        description: "A page of chat messages.",
        edge_name: "ChatMessageEdge",
        edge_description: "A chat message of a page, with its cursor.",
        node: &CHAT_MESSAGE,
        kind: ConnectionKind::Rows,
    };

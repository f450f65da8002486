//! The change feed.

use async_graphql::InputType;

use super::{
    super::{
        definition::{
            ConnectionDefinition, ConnectionKind, FieldDefinition as Field,
            FieldSource::{Digits, Enum, Joined, Time},
            ListDefinition, ObjectDefinition,
        },
        enums::SessionChangeKind,
        input::FilterInput,
    },
    session::FILTER,
};
use crate::{
    domain::session_change::ChangeKind,
    store::{
        order,
        query::{ListQuery, Listing, RowKind},
        table::{SessionChangeTable as Row, SessionTable},
    },
};

pub(super) static SESSION_CHANGES: ListDefinition = ListDefinition {
    connection: &ConnectionDefinition {
        name: "SessionChangeConnection",
        description: "A page of the change feed.",
        edge_name: "SessionChangeEdge",
        edge_description: "A change of a page, with its cursor.",
        node: &SESSION_CHANGE,
        kind: ConnectionKind::Changes,
    },
    query: |arguments| {
        let filter = arguments.get(&FILTER)?.unwrap_or_default();
        let filter = filter.into_domain(arguments.request().now())?;
        let (page, _) = arguments.page(&order::CHANGES, arguments.limits().max_page_size)?;
        Ok((ListQuery::Changes(Listing { filter, order: &order::CHANGES }), page))
    },
};

static SESSION_CHANGE: ObjectDefinition = ObjectDefinition {
    name: "SessionChange",
    description: "The last change of a session.",
    interfaces: &[],
    fields: &[
        Field::required(
            "kind",
            "What happened to the session.",
            Enum {
                column: Row::KIND,
                register: SessionChangeKind::create_type_info,
                is_known: |word| ChangeKind::ALL.iter().any(|it| it.as_str() == word),
            },
        ),
        Field::required(
            "legacyId",
            "The session's number in the support tool.",
            Digits(Row::SESSION_ID),
        ),
        Field::required(
            "changedAt",
            "When the session was changed in this gateway. It is never less than that of an earlier change.",
            Time(Row::CHANGED_AT),
        ),
        Field::nullable(
            "session",
            "The session as it is now; null if it was deleted.",
            Joined(RowKind::Session, SessionTable::ID),
        ),
    ],
};

//! Holds.

use super::super::definition::{
    ConnectionDefinition, ConnectionKind, FieldDefinition as Field,
    FieldSource::{Digits, Int, Text, Time},
    ListDefinition, ObjectDefinition,
};
use crate::{
    domain::viewer::Scope,
    store::{order, query::ListQuery, table::HoldTable as Row},
};

pub(super) static HOLDS: ListDefinition = ListDefinition {
    connection: &ConnectionDefinition {
        name: "HoldConnection",
        description: "A page of holds.",
        edge_name: "HoldEdge",
        edge_description: "A hold of a page, with its cursor.",
        node: &HOLD,
        kind: ConnectionKind::Rows,
    },
    query: |arguments| {
        arguments.request().check_scope(Scope::Admin)?;
        let (page, _) = arguments.page(&order::HOLDS, arguments.limits().max_page_size)?;
        Ok((ListQuery::Holds, page))
    },
};

pub(super) static HOLD: ObjectDefinition = ObjectDefinition {
    name: "Hold",
    description: "A hold, which keeps sessions from being removed.",
    interfaces: &[],
    fields: &[
        Field::required("id", "The id of the hold, unique in the account.", Digits(Row::ID)),
        Field::required("reason", "Why the sessions are held.", Text(Row::REASON)),
        Field::required("sessions", "The number of sessions that were held.", Int(Row::SESSIONS)),
        Field::required("createdAt", "When the sessions were held.", Time(Row::CREATED_AT)),
        Field::nullable(
            "releasedAt",
            "When the hold was released; null while it is in force.",
            Time(Row::RELEASED_AT),
        ),
    ],
};

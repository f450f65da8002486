//! The change feed.

use async_graphql::InputType;

use super::{
    super::{
        definition::{
            ConnectionDefinition, ConnectionKind, FeedDefinition, FieldDefinition as Field,
            FieldSource::{Cursor, Digits, Enum, Joined, Time},
            ListDefinition, ObjectDefinition,
            arguments::FieldArguments,
        },
        enums::SessionChangeKind,
        input::FilterInput,
    },
    page_arguments::AFTER,
    session::FILTER,
};
use crate::{
    domain::session_change::ChangeKind,
    error::Result,
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
        let (page, _) = arguments.page(&order::CHANGES, arguments.limits().max_page_size)?;
        Ok((ListQuery::Changes(listing(arguments)?), page))
    },
};

pub(super) static SESSION_CHANGE_FEED: FeedDefinition = FeedDefinition {
    object: &SESSION_CHANGE,
    query: |arguments| {
        let after: Option<String> = arguments.get(&AFTER)?;
        let key = arguments.cursor_key()?;
        let after = after.map(|cursor| order::CHANGES.decode_cursor(key, &cursor)).transpose()?;
        Ok((listing(arguments)?, after.map(|(_, position)| position)))
    },
};

fn listing(arguments: &FieldArguments<'_>) -> Result<Listing> {
    let filter = arguments.get(&FILTER)?.unwrap_or_default();
    let filter = filter.into_domain(arguments.request().now())?;
    Ok(Listing { filter, order: &order::CHANGES })
}

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
        Field::required(
            "cursor",
            "The cursor of the change. A reader that continues with it as 'after' gets every later change.",
            Cursor(&order::CHANGES),
        ),
    ],
};

//! Support sessions.

use async_graphql::InputType;

use super::{
    super::{
        definition::{
            ChildrenDefinition, ChildrenShape, ConnectionDefinition, ConnectionKind, Cost,
            FieldDefinition as Field,
            FieldSource::{
                Children, Digits, Enum, Int, IsPositive, IsPresent, Joined, Object, Text, Time,
            },
            ObjectDefinition,
            arguments::{Argument, FieldArguments},
        },
        enums::{SessionOrder, StartMethod},
        input::{
            FilterInput, chat_message::ChatMessageFilter, session::SessionFilter,
            video::VideoFilter,
        },
    },
    chat_message::CHAT_MESSAGE_CONNECTION,
    custom_field::CUSTOM_FIELD,
    node::{NODE_NAME, id_field},
    video::VIDEO_CONNECTION,
};
use crate::{
    domain::{filter::Filter, page::PageRequest, session as domain, text},
    error::Result,
    store::{
        child::Child,
        order::Order,
        query::{ChildQuery, Listing, RowKind},
        table::{
            ChatMessageTable, CustomFieldTable, SessionTable as Row, TechnicianTable, VideoTable,
        },
    },
};

/// How many custom fields a session is expected to have.
const EXPECTED_CUSTOM_FIELDS: u64 = 10;

const CHAT_FILTER: Argument<Option<ChatMessageFilter>> =
    Argument::new("filter", "Returns only messages that match this filter.");
const VIDEO_FILTER: Argument<Option<VideoFilter>> =
    Argument::new("filter", "Returns only recordings that match this filter.");
const FIELD_NAME: Argument<Option<String>> =
    Argument::new("name", "Returns only fields with this name, whatever its letter case.");
pub(super) const FILTER: Argument<Option<SessionFilter>> =
    Argument::new("filter", "Returns only sessions that match this filter.");
pub(super) const ORDER: Argument<Option<SessionOrder>> =
    Argument::new("orderBy", "The order of the sessions.").default("STARTED_AT_DESC");

pub(in crate::graphql) static SESSION: ObjectDefinition = ObjectDefinition {
    name: "Session",
    description: "A remote-support session.",
    interfaces: &[NODE_NAME],
    fields: &[
        id_field(RowKind::Session),
        Field::required("legacyId", "The session's number in the support tool.", Digits(Row::ID)),
        Field::required("startedAt", "When the session began.", Time(Row::STARTED_AT)),
        Field::nullable(
            "endedAt",
            "When the session ended; null while it is open.",
            Time(Row::ENDED_AT),
        ),
        Field::nullable(
            "durationSeconds",
            "The duration in whole seconds; null while the session is open.",
            Int(Row::DURATION_SECONDS),
        ),
        Field::required(
            "updatedAt",
            "When the session, or anything that belongs to it, last changed in this gateway.",
            Time(Row::UPDATED_AT),
        ),
        Field::required(
            "startMethod",
            "How the session began.",
            Enum {
                column: Row::START_METHOD,
                register: StartMethod::create_type_info,
                is_known: |word| domain::StartMethod::ALL.iter().any(|it| it.as_str() == word),
            },
        ),
        Field::required(
            "answered",
            "Whether a technician answered.",
            IsPresent(Row::TECHNICIAN_ID),
        ),
        Field::required("customer", "The customer.", Object(&CUSTOMER)),
        Field::required("computer", "The customer's computer.", Object(&COMPUTER)),
        Field::nullable(
            "technician",
            "The technician who helped; null if the session was not answered.",
            Joined(RowKind::Technician, TechnicianTable::ID),
        ),
        Field::nullable(
            "problemDescription",
            "The customer's description of the problem.",
            Text(Row::PROBLEM_DESCRIPTION),
        )
        .costs(Cost::LongText),
        Field::nullable("notes", "The technician's notes.", Text(Row::NOTES)).costs(Cost::LongText),
        Field::required(
            "hasVideos",
            "Whether there are recordings of the session.",
            IsPositive(Row::VIDEO_COUNT),
        ),
        Field::required("chatMessageCount", "The number of chat messages.", Int(Row::CHAT_COUNT)),
        Field::nullable(
            "firstResponseSeconds",
            "The whole seconds from the start of the session to the first message of a technician; null \
             without such a message. A message before the start counts as one at the start.",
            Int(Row::FIRST_RESPONSE_SECONDS),
        ),
        Field::required("chatMessages", "The chat messages, in order.", Children(&CHAT))
            .with(&[CHAT_FILTER.definition()]),
        Field::required("videos", "The recordings, in order.", Children(&VIDEOS))
            .with(&[VIDEO_FILTER.definition()]),
        Field::required(
            "customFields",
            "The fields that the account adds to its sessions, in order.",
            Children(&CUSTOM_FIELDS),
        )
        .with(&[FIELD_NAME.definition()])
        .costs(Cost::Rows(EXPECTED_CUSTOM_FIELDS)),
    ],
};

static CUSTOMER: ObjectDefinition = ObjectDefinition {
    name: "Customer",
    description: "The customer at the time of the session.",
    interfaces: &[],
    fields: &[
        Field::nullable("name", "The customer's name.", Text(Row::CUSTOMER_NAME)),
        Field::nullable("email", "The customer's e-mail address.", Text(Row::CUSTOMER_EMAIL)),
        Field::nullable(
            "number",
            "The customer's number in the account's own records.",
            Text(Row::CUSTOMER_NUMBER),
        ),
    ],
};

static COMPUTER: ObjectDefinition = ObjectDefinition {
    name: "Computer",
    description: "The customer's computer at the time of the session.",
    interfaces: &[],
    fields: &[
        Field::nullable("name", "The computer's name.", Text(Row::COMPUTER_NAME)),
        Field::nullable(
            "domain",
            "The domain or workgroup of the computer.",
            Text(Row::COMPUTER_DOMAIN),
        ),
        Field::nullable("os", "The computer's operating system.", Text(Row::COMPUTER_OS)),
    ],
};

pub(in crate::graphql) static SESSION_CONNECTION: ConnectionDefinition = ConnectionDefinition {
    name: "SessionConnection",
    description: "A page of sessions.",
    edge_name: "SessionEdge",
    edge_description: "A session of a page, with its cursor.",
    node: &SESSION,
    kind: ConnectionKind::Rows,
};

static CHAT: ChildrenDefinition = ChildrenDefinition {
    shape: ChildrenShape::Connection(&CHAT_MESSAGE_CONNECTION),
    query: |arguments| {
        page_of::<ChatMessageTable, _>(arguments, &CHAT_FILTER, ChildQuery::ChatMessages)
    },
    parent: Row::ID,
    count: Some(Row::CHAT_COUNT),
};

static VIDEOS: ChildrenDefinition = ChildrenDefinition {
    shape: ChildrenShape::Connection(&VIDEO_CONNECTION),
    query: |arguments| page_of::<VideoTable, _>(arguments, &VIDEO_FILTER, ChildQuery::Videos),
    parent: Row::ID,
    count: Some(Row::VIDEO_COUNT),
};

/// A page of children of a session, and the only parent that it may be read for, if a cursor says so.
fn page_of<T: Child, F: InputType + FilterInput<Condition = T::Condition> + Default>(
    arguments: &FieldArguments<'_>,
    filter: &Argument<Option<F>>,
    query: fn(Filter<T::Condition>, PageRequest) -> ChildQuery,
) -> Result<(ChildQuery, Option<i64>)> {
    let filter = arguments.get(filter)?.unwrap_or_default();
    let filter = filter.into_domain(arguments.request().now())?;
    let (page, parent) = arguments.page(T::ORDER, arguments.limits().max_child_page_size)?;
    Ok((query(filter, page), parent))
}

static CUSTOM_FIELDS: ChildrenDefinition = ChildrenDefinition {
    shape: ChildrenShape::List {
        object: &CUSTOM_FIELD,
        matching: (CustomFieldTable::NAME_FOLDED, |arguments| {
            Ok(arguments.get(&FIELD_NAME)?.map(|name| text::fold(&name)))
        }),
    },
    query: |_| Ok((ChildQuery::CustomFields, None)),
    parent: Row::ID,
    count: None,
};

/// The page of the sessions of a group that the arguments of a field ask for, and the group that they may be
/// read for, if a cursor says so.
pub(in crate::graphql) fn sessions_page_in_group(
    arguments: &FieldArguments<'_>,
) -> Result<(&'static Order, PageRequest, Option<i64>)> {
    let order = arguments.get(&ORDER)?.unwrap_or_default().0.in_groups();
    let (page, group) = arguments.page(order, arguments.limits().max_page_size)?;
    Ok((order, page, group))
}

/// The sessions that the arguments of a field ask for.
pub(super) fn listing(arguments: &FieldArguments<'_>) -> Result<(Listing, PageRequest)> {
    let order = arguments.get(&ORDER)?.unwrap_or_default().0;
    let filter = arguments.get(&FILTER)?.unwrap_or_default();
    let filter = filter.into_domain(arguments.request().now())?;
    let (page, _) = arguments.page(order, arguments.limits().max_page_size)?;
    Ok((Listing { filter, order }, page))
}

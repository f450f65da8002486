//! The root of all queries.

use async_graphql::ID;

use super::{
    super::{
        definition::{
            Cost, FieldDefinition as Field,
            FieldSource::{Groups, List, Node, Nodes, Object, Row, RowByKey, Rows, Texts},
            ListDefinition, ObjectDefinition,
            arguments::Argument,
        },
        input::{FilterInput, technician::TechnicianFilter},
        node_id::session_number,
    },
    audit_event::AUDIT_EVENTS,
    hold::HOLDS,
    legacy_usage::LEGACY_USAGE,
    session::{FILTER, ORDER, SESSION, SESSION_CONNECTION, listing},
    session_change::SESSION_CHANGES,
    statistics::{SESSION_STATS, STATISTICS_ARGUMENTS},
    technician::{TECHNICIAN, TECHNICIAN_CONNECTION},
    viewer::VIEWER,
};
use crate::{
    domain::{legacy_usage::day, viewer::Scope},
    error::Error,
    store::{
        order,
        query::{ListQuery, RowKind, RowQuery},
        table::CustomFieldTable,
    },
};

const SESSION_ID: Argument<ID> =
    Argument::new("id", "The session's id, or its number in the support tool.");
const USERNAME: Argument<String> = Argument::new("username", "The technician's user name.");
const TECHNICIAN_FILTER: Argument<Option<TechnicianFilter>> =
    Argument::new("filter", "Returns only technicians that match this filter.");
const DAYS: Argument<i32> =
    Argument::new("days", "The number of days, with today, in UTC: 1 to 400.").default("30");
const NODE_ID: Argument<ID> = Argument::new("id", "The object's id.");
const NODE_IDS: Argument<Vec<ID>> = Argument::new("ids", "The objects' ids.");

pub(in crate::graphql) static QUERY: ObjectDefinition = ObjectDefinition {
    name: "Query",
    description: "The history of the account that the key opens.",
    interfaces: &[],
    fields: &[
        Field::nullable(
            "session",
            "A session, by its id or its number in the support tool.",
            RowByKey {
                object: &SESSION,
                kind: RowKind::Session,
                key: |arguments| Ok([session_number(&arguments.get(&SESSION_ID)?)?, 0]),
            },
        )
        .with(&[SESSION_ID.definition()]),
        Field::required("sessions", "The account's sessions.", List(&SESSIONS))
            .with(&[FILTER.definition(), ORDER.definition()]),
        Field::nullable(
            "technician",
            "A technician, by user name, whatever its letter case.",
            Row {
                object: &TECHNICIAN,
                query: |arguments| {
                    Ok(RowQuery::TechnicianByUsername(arguments.get(&USERNAME)?))
                },
            },
        )
        .with(&[USERNAME.definition()]),
        Field::required(
            "technicians",
            "The account's technicians, by user name.",
            List(&TECHNICIANS),
        )
        .with(&[TECHNICIAN_FILTER.definition()]),
        Field::required(
            "sessionStats",
            "Statistics of the account's sessions, by groups.",
            Groups(&SESSION_STATS),
        )
        .with(STATISTICS_ARGUMENTS)
        .costs(Cost::Groups),
        Field::required(
            "sessionChanges",
            "The last change of each session, in the order in which changes were committed. Whatever was committed \
             before the request is on its pages, or was on those before 'after'. A filter leaves out stored \
             sessions that do not match now; deletions are always returned. Then a page tests 1,000 changes at \
             most, so it can have fewer items than requested, or none, although there are more pages.",
            List(&SESSION_CHANGES),
        )
        .with(&[FILTER.definition()]),
        Field::nullable(
            "node",
            "An object, by its id; null if the account does not have it.",
            Node(|arguments| Ok(arguments.get(&NODE_ID)?.0)),
        )
        .with(&[NODE_ID.definition()]),
        Field::required(
            "nodes",
            "Objects, by their ids, in the order of the ids; null for each that the account does not have.",
            Nodes(|arguments| {
                Ok(arguments.get(&NODE_IDS)?.into_iter().map(|id| id.0).collect())
            }),
        )
        .with(&[NODE_IDS.definition()])
        .costs(Cost::LengthOf("ids")),
        Field::required(
            "customFieldNames",
            "The names of the custom fields that the account's sessions have, sorted without letter case. Of \
             several spellings of a name, it is that of the session with the lowest number. Returns at most \
             1,000 items.",
            Texts { column: CustomFieldTable::NAME, query: |_| Ok(RowQuery::CustomFieldNames) },
        )
        .costs(Cost::Rows(100)),
        Field::nullable(
            "legacyUsage",
            "Returns the calls of the legacy URL, sorted by key, then by number of calls, the largest number \
             first. Returns at most 1,000 items. The key needs the scopes 'read' and 'admin'.",
            Rows {
                object: &LEGACY_USAGE,
                query: |arguments| {
                    let request = arguments.request();
                    request.check_scope(Scope::Admin)?;
                    let days = arguments.get(&DAYS)?;
                    if !(1..=400).contains(&days) {
                        return Err(Error::input(format!("days is {days}; it must be 1 to 400.")));
                    }
                    Ok(RowQuery::LegacyUsage(day(request.now()) - i64::from(days) + 1))
                },
            },
        )
        .with(&[DAYS.definition()])
        .costs(Cost::Rows(100)),
        Field::nullable(
            "auditEvents",
            "Returns what changed the data and the keys of the account, the newest first. The key needs the \
             scopes 'read' and 'admin'.",
            List(&AUDIT_EVENTS),
        ),
        Field::nullable(
            "holds",
            "Returns the holds of the account, the newest first, released ones too. The key needs the \
             scopes 'read' and 'admin'.",
            List(&HOLDS),
        ),
        Field::required("viewer", "The caller.", Object(&VIEWER)),
    ],
};

static SESSIONS: ListDefinition = ListDefinition {
    connection: &SESSION_CONNECTION,
    query: |arguments| {
        let (listing, page) = listing(arguments)?;
        Ok((ListQuery::Sessions(listing), page))
    },
};

static TECHNICIANS: ListDefinition = ListDefinition {
    connection: &TECHNICIAN_CONNECTION,
    query: |arguments| {
        let (page, _) = arguments.page(&order::TECHNICIANS, arguments.limits().max_page_size)?;
        let filter = arguments.get(&TECHNICIAN_FILTER)?.unwrap_or_default();
        let filter = filter.into_domain(arguments.request().now())?;
        Ok((ListQuery::Technicians(filter), page))
    },
};

//! The root of all queries.

use async_graphql::ID;

use super::{
    super::{
        definition::{
            Cost, FieldDefinition as Field,
            FieldSource::{List, Node, Nodes, Object, Row, RowByKey, Rows},
            ListDefinition, ObjectDefinition,
            arguments::Argument,
        },
        input::{FilterInput, technician::TechnicianFilter},
        node_id::session_number,
    },
    legacy_usage::LEGACY_USAGE,
    session::{FILTER, ORDER, SESSION, SESSION_CONNECTION, listing},
    technician::{TECHNICIAN, TECHNICIAN_CONNECTION},
    viewer::VIEWER,
};
use crate::{
    domain::legacy_usage::day,
    error::Error,
    store::{
        order,
        query::{ListQuery, RowKind, RowQuery},
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
        Field::nullable(
            "legacyUsage",
            "Returns the calls of the legacy URL, sorted by key, then by number of calls, the largest number \
             first. Returns at most 1,000 items. The key needs the scope 'admin'.",
            Rows {
                object: &LEGACY_USAGE,
                query: |arguments| {
                    let request = arguments.request();
                    request.check_admin()?;
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
        let filter = arguments.get(&TECHNICIAN_FILTER)?.unwrap_or_default().into_domain()?;
        Ok((ListQuery::Technicians(filter), page))
    },
};

//! Technicians.

use super::{
    super::definition::{
        ChildrenDefinition, ChildrenShape, ConnectionDefinition, ConnectionKind,
        FieldDefinition as Field,
        FieldSource::{Children, Text},
        ObjectDefinition,
    },
    node::{NODE_NAME, id_field},
    session::{FILTER, ORDER, SESSION_CONNECTION, listing},
};
use crate::store::{
    query::{ChildQuery, RowKind},
    table::TechnicianTable as Row,
};

pub(in crate::graphql) static TECHNICIAN: ObjectDefinition = ObjectDefinition {
    name: "Technician",
    description: "A person who helps customers.",
    interfaces: &[NODE_NAME],
    fields: &[
        id_field(RowKind::Technician),
        Field::required(
            "username",
            "The user name, usually an e-mail address; unique in the account.",
            Text(Row::USERNAME),
        ),
        Field::nullable("name", "The technician's name.", Text(Row::NAME)),
        Field::required(
            "sessions",
            "The sessions that the technician answered.",
            Children(&SESSIONS),
        )
        .with(&[FILTER.definition(), ORDER.definition()]),
    ],
};

pub(in crate::graphql) static TECHNICIAN_CONNECTION: ConnectionDefinition = ConnectionDefinition {
    name: "TechnicianConnection",
    description: "A page of technicians.",
    edge_name: "TechnicianEdge",
    edge_description: "A technician of a page, with its cursor.",
    node: &TECHNICIAN,
    kind: ConnectionKind::Rows,
};

static SESSIONS: ChildrenDefinition = ChildrenDefinition {
    shape: ChildrenShape::Connection(&SESSION_CONNECTION),
    query: |arguments| {
        let (listing, page) = listing(arguments)?;
        Ok((ChildQuery::SessionsOfTechnician(listing, page), None))
    },
    parent: Row::ID,
    count: None,
};

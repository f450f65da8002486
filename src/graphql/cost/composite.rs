//! The types that have fields, by name, and what each of their fields costs.

use std::{collections::HashMap, sync::LazyLock};

use async_graphql::parser::types::OperationType;

use super::super::{
    definition::{ChildrenShape, ConnectionDefinition, Cost, FieldSource, ObjectDefinition},
    types::{
        connection::{CONNECTION_FIELDS, ConnectionField, EDGE_FIELDS, EdgeField, field_named},
        mutation::MUTATION,
        node::NODE_NAME,
        node_type,
        query::QUERY,
        session::SESSION_CONNECTION,
        subscription::SUBSCRIPTION,
    },
};
use crate::store::query::RowKind;

/// A type that has fields.
#[derive(Clone, Copy, Debug)]
pub(super) enum Composite {
    Object(&'static ObjectDefinition),
    Connection(&'static ConnectionDefinition),
    Edge(&'static ConnectionDefinition),
    /// A type whose fields lead to no other type of the history.
    Other,
}

static BY_NAME: LazyLock<HashMap<&'static str, Composite>> = LazyLock::new(|| {
    let mut found = HashMap::new();
    add(Composite::Object(&QUERY), &mut found);
    add(Composite::Object(&MUTATION), &mut found);
    add(Composite::Object(&SUBSCRIPTION), &mut found);
    for kind in RowKind::ALL.iter().copied() {
        add(Composite::Object(node_type(kind)), &mut found);
    }
    found
});

fn add(composite: Composite, found: &mut HashMap<&'static str, Composite>) {
    let fields: Vec<&str> = match composite {
        Composite::Object(object) => object.fields.iter().map(|field| field.name).collect(),
        Composite::Connection(_) => CONNECTION_FIELDS.iter().map(|(name, ..)| *name).collect(),
        Composite::Edge(_) => EDGE_FIELDS.iter().map(|(name, ..)| *name).collect(),
        Composite::Other => return,
    };
    if found.insert(composite.name(), composite).is_none() {
        for field in fields {
            add(composite.field(field).1, found);
        }
    }
}

impl Composite {
    /// The root of an operation.
    pub(super) fn root(operation: OperationType) -> Self {
        match operation {
            OperationType::Query => Self::Object(&QUERY),
            OperationType::Mutation => Self::Object(&MUTATION),
            OperationType::Subscription => Self::Object(&SUBSCRIPTION),
        }
    }

    /// The type with this name.
    pub(super) fn named(name: &str) -> Self {
        BY_NAME.get(name).copied().unwrap_or(Self::Other)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Object(object) => object.name,
            Self::Connection(connection) => connection.name,
            Self::Edge(connection) => connection.edge_name,
            Self::Other => NODE_NAME,
        }
    }

    /// What a field costs, and the type of its value.
    pub(super) fn field(self, name: &str) -> (Cost, Self) {
        let found = match self {
            Self::Object(object) => {
                object.field(name).map(|field| (field.cost, of_source(&field.source)))
            }
            Self::Connection(connection) => {
                let of = |field| match field {
                    ConnectionField::Edges => Self::Edge(connection),
                    ConnectionField::Nodes | ConnectionField::Total => {
                        Self::Object(connection.node)
                    }
                    ConnectionField::PageInfo
                    | ConnectionField::TotalCount
                    | ConnectionField::Cursor => Self::Other,
                };
                field_named(&CONNECTION_FIELDS, name).map(|field| (Cost::One, of(field)))
            }
            Self::Edge(connection) => {
                let of = |field| match field {
                    EdgeField::Node => Self::Object(connection.node),
                    EdgeField::Cursor => Self::Other,
                };
                field_named(&EDGE_FIELDS, name).map(|field| (Cost::One, of(field)))
            }
            Self::Other => None,
        };
        found.unwrap_or((Cost::One, Self::Other))
    }
}

fn of_source(source: &FieldSource) -> Composite {
    match source {
        FieldSource::Joined(kind, _) => Composite::Object(node_type(*kind)),
        FieldSource::SessionByNumber(_) => Composite::Object(node_type(RowKind::Session)),
        FieldSource::Feed(feed) => Composite::Object(feed.object),
        FieldSource::Mutation(mutation) => Composite::Object(mutation.payload.object()),
        FieldSource::SessionsOfGroup => Composite::Connection(&SESSION_CONNECTION),
        FieldSource::TechnicianOfGroup => Composite::Object(node_type(RowKind::Technician)),
        FieldSource::Groups(groups) => Composite::Connection(groups.connection),
        FieldSource::Object(object)
        | FieldSource::ObjectOfGroup { object, .. }
        | FieldSource::Row { object, .. }
        | FieldSource::Rows { object, .. }
        | FieldSource::Results(object)
        | FieldSource::RowByKey { object, .. } => Composite::Object(object),
        FieldSource::List(list) => Composite::Connection(list.connection),
        FieldSource::Children(children) => match &children.shape {
            ChildrenShape::Connection(connection) => Composite::Connection(connection),
            ChildrenShape::List { object, .. } => Composite::Object(object),
        },
        _ => Composite::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::{BY_NAME, Composite};
    use crate::graphql::definition::{ChildrenShape, Cost, FieldSource, Payload};

    #[test]
    fn a_field_of_many_rows_costs_as_many_times_and_no_other_field_does() {
        for composite in BY_NAME.values() {
            let Composite::Object(object) = composite else { continue };
            for field in object.fields {
                let is_right = match (&field.source, field.cost) {
                    (FieldSource::List(_) | FieldSource::SessionsOfGroup, cost) => {
                        cost == Cost::Page
                    }
                    (FieldSource::Groups(_), cost) => cost == Cost::Groups,
                    (FieldSource::Children(children), cost) => match children.shape {
                        ChildrenShape::Connection(_) => cost == Cost::Page,
                        ChildrenShape::List { .. } => matches!(cost, Cost::Rows(2..)),
                    },
                    (FieldSource::Rows { .. } | FieldSource::Texts { .. }, cost) => {
                        matches!(cost, Cost::Rows(2..))
                    }
                    (FieldSource::Nodes(_), cost) => matches!(cost, Cost::LengthOf(_)),
                    (FieldSource::Mutation(mutation), cost) => match mutation.payload {
                        Payload::Results(_) => matches!(cost, Cost::Recorded(_)),
                        Payload::Session(_) => matches!(cost, Cost::Appended(_)),
                        Payload::Row { .. } => cost == Cost::One,
                    },
                    (FieldSource::Text(column), cost) => {
                        (cost == Cost::LongText) == column.is_long_text()
                    }
                    (_, cost) => cost == Cost::One,
                };
                assert!(is_right, "{}.{} costs {:?}", object.name, field.name, field.cost);
            }
        }
    }

    #[test]
    fn lists_of_the_account_stand_only_at_the_root() {
        for composite in BY_NAME.values() {
            let Composite::Object(object) = composite else { continue };
            for field in object.fields {
                let at_root = matches!(
                    field.source,
                    FieldSource::List(_)
                        | FieldSource::Groups(_)
                        | FieldSource::Row { .. }
                        | FieldSource::RowByKey { .. }
                        | FieldSource::Node(_)
                        | FieldSource::Nodes(_)
                );
                assert!(!at_root || object.name == "Query", "{}.{}", object.name, field.name);
            }
        }
    }
}

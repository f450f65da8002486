//! Screen recordings.

use super::{
    super::definition::{
        ConnectionDefinition, ConnectionKind, FieldDefinition as Field,
        FieldSource::{Float, Int, Text, Time},
        ObjectDefinition,
    },
    node::{NODE_NAME, id_field},
};
use crate::store::{query::RowKind, table::VideoTable as Row};

pub(in crate::graphql) static VIDEO: ObjectDefinition = ObjectDefinition {
    name: "Video",
    description: "A screen recording of a session.",
    interfaces: &[NODE_NAME],
    fields: &[
        id_field(RowKind::Video),
        Field::required("url", "The address of the recording.", Text(Row::URL)),
        Field::nullable(
            "recordedAt",
            "When the recording began; null if it is not known.",
            Time(Row::RECORDED_AT),
        ),
        Field::nullable(
            "durationSeconds",
            "The length in seconds; null if it is not known.",
            Int(Row::DURATION_SECONDS),
        ),
        Field::nullable(
            "sizeBytes",
            "The size in bytes; null if it is not known.",
            Float(Row::SIZE_BYTES),
        ),
    ],
};

pub(in crate::graphql) static VIDEO_CONNECTION: ConnectionDefinition = ConnectionDefinition {
    name: "VideoConnection",
    description: "A page of recordings.",
    edge_name: "VideoEdge",
    edge_description: "A recording of a page, with its cursor.",
    node: &VIDEO,
    kind: ConnectionKind::Rows,
};

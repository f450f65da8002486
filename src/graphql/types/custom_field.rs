//! Custom fields.

use super::super::definition::{FieldDefinition as Field, FieldSource::Text, ObjectDefinition};
use crate::store::table::CustomFieldTable as Row;

pub(in crate::graphql) static CUSTOM_FIELD: ObjectDefinition = ObjectDefinition {
    name: "CustomField",
    description: "A field that the account adds to its sessions.",
    interfaces: &[],
    fields: &[
        Field::required("name", "The field's name.", Text(Row::NAME)),
        Field::nullable("value", "The field's value; null if it is empty.", Text(Row::VALUE)),
    ],
};

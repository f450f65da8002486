//! Objects that can be fetched again by their id.

use super::super::definition::{FieldDefinition as Field, FieldSource};
use crate::store::query::RowKind;

/// The name of the interface.
pub(in crate::graphql) const NODE_NAME: &str = "Node";

/// The description of the interface.
pub(in crate::graphql) const NODE_DESCRIPTION: &str =
    "An object that can be fetched again by its id.";

/// The field of the interface.
pub(in crate::graphql) const fn id_field(kind: RowKind) -> Field {
    Field::required("id", "The object's id, unique in the account.", FieldSource::NodeId(kind))
}

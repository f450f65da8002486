//! Custom fields.

use std::sync::Arc;

use async_graphql::Object;

use crate::store::custom_field::Row;

/// A field that the account adds to its sessions.
#[derive(Clone, Debug)]
pub struct CustomField(pub(super) Arc<Row>);

/// A field that the account adds to its sessions.
#[Object]
impl CustomField {
    /// The field's name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The field's value; null where it is empty.
    async fn value(&self) -> Option<&str> {
        self.0.value.as_deref()
    }
}

//! Screen recordings.

use std::sync::Arc;

use async_graphql::{ID, Object};

use super::{node::NodeId, scalar::DateTime};
use crate::store::video::Row;

/// A screen recording of a session.
#[derive(Clone, Debug)]
pub struct Video(pub(super) Arc<Row>);

/// A screen recording of a session.
#[Object]
impl Video {
    /// The object's id, unique in the account.
    pub(super) async fn id(&self) -> ID {
        NodeId::Video(self.0.session_id, self.0.seq).into()
    }

    /// Where it can be watched.
    async fn url(&self) -> &str {
        &self.0.url
    }

    /// When the recording began, where that is known.
    async fn recorded_at(&self) -> Option<DateTime> {
        self.0.recorded_at.and_then(DateTime::from_micros)
    }

    /// How long it is, in seconds, where that is known.
    async fn duration_seconds(&self) -> Option<i32> {
        self.0.duration_seconds.and_then(|seconds| i32::try_from(seconds).ok())
    }

    /// How large it is, in bytes, where that is known.
    #[expect(clippy::cast_precision_loss, reason = "exact up to 9 petabytes")]
    async fn size_bytes(&self) -> Option<f64> {
        self.0.size_bytes.map(|bytes| bytes as f64)
    }
}

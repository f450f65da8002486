//! Work on a connection that goes on to its end, though nobody waits for it any more.
//!
//! A caller who hangs up ends what was done for them, wherever that is. The driver of MySQL then
//! loses its place in what the database says, and the connection answers nothing but errors from
//! there on. The other drivers keep their place.

use sea_orm::DbBackend;
use tracing::Instrument;

use crate::error::{Error, Result};

/// Whether work has to go on to its end.
pub(super) fn is_needed(backend: DbBackend) -> bool {
    backend == DbBackend::MySql
}

/// Does some work on a connection.
pub(super) async fn unbroken<T: Send + 'static>(
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    tokio::spawn(work.in_current_span()).await.map_err(Error::internal)?
}

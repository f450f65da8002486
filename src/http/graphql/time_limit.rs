//! The time limit of a request.

use futures_util::FutureExt;

use crate::{
    app::App,
    error::{Error, Outage, Result},
};

/// Runs a part of a request within its time limit.
///
/// Not an async function, whose future would have room for `run` twice.
pub(super) fn within_time<T>(
    app: &App,
    run: impl Future<Output = Result<T>>,
) -> impl Future<Output = Result<T>> {
    tokio::time::timeout(app.settings.request_timeout, run).map(|outcome| {
        outcome.unwrap_or_else(|timeout| Err(Error::unavailable(Outage::Timeout, timeout)))
    })
}

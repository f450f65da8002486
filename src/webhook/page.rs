//! The changes that a webhook sends: pages of the change feed, read as a subscription reads them.

use std::sync::Arc;

use async_graphql::Variables;
use bytes::Bytes;
use serde_json::json;

use crate::{
    app::App,
    domain::viewer::Viewer,
    error::{Error, Result},
    graphql::subscription::Subscription,
};

/// What a message tells about a change.
const DOCUMENT: &str = "subscription Webhook($filter: SessionFilter) {
  sessionChanges(filter: $filter) {
    cursor kind legacyId changedAt
    session {
      startMethod startedAt endedAt durationSeconds firstResponseSeconds updatedAt
      customer { name email number }
      computer { name domain os }
      technician { username name }
      problemDescription notes chatMessageCount hasVideos
      customFields { name value }
    }
  }
}";

/// Changes after a position.
pub(super) struct ChangePage {
    /// The position and the event of each change.
    pub(super) events: Vec<(i64, Bytes)>,
    /// The position after which the next page begins.
    pub(super) next: i64,
    /// Whether more changes were there when the page was read.
    pub(super) has_more: bool,
}

/// Reads the changes of an account after a position. The filter is in JSON. It is read again for each page, because it
/// may depend on the time.
///
/// # Errors
/// When the filter is not valid, or the database fails.
pub(super) async fn read_page(
    app: &App,
    viewer: &Arc<Viewer>,
    filter: Option<&str>,
    after: i64,
) -> Result<ChangePage> {
    let filter = filter.map(serde_json::from_str::<serde_json::Value>).transpose();
    let filter =
        filter.map_err(|error| Error::input(format!("The filter is not JSON: {error}")))?;
    let variables = Variables::from_json(json!({ "filter": filter }));
    let request = app.webhook_request(viewer);
    let subscription = Subscription::internal(&app.schema, &request, DOCUMENT, variables)
        .map_err(|body| refused(&body))?;
    let feed = subscription.open(&request).await.map_err(|body| refused(&body))?;
    let page = feed.page(|| app.feed_reads(viewer), after).await?;
    let events = feed.positions(&page).zip(feed.events(&page));
    let events = events.map(|(position, event)| Ok((position?, event?))).collect::<Result<_>>()?;
    Ok(ChangePage { events, next: page.next, has_more: page.has_more() })
}

/// The first message of an answer with errors.
fn refused(body: &[u8]) -> Error {
    let answer: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let message = answer["errors"][0]["message"].as_str().unwrap_or("the filter is not valid");
    Error::input(message.to_owned())
}

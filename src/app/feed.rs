//! Following the change feed for a subscription. While it waits it holds no connection to the database and no
//! slot of its account.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use tokio::time::{Instant, sleep, timeout};

use super::{App, caller::Caller, feed_pages::PageKey, keys::KeyState};
use crate::{
    domain::viewer::Scope,
    error::{Code, Error},
    graphql::subscription::{Feed, Subscription},
    metrics::Raised,
    store::follow::LastChange,
};

/// The time between two checks of a key whose subscription waits.
const CHECK_INTERVAL: Duration = Duration::from_secs(5);
/// The pause after a failure that may pass.
const RETRY_PAUSE: Duration = Duration::from_secs(1);
/// The pause before a host of the database is read again that is behind another one.
const LAG_PAUSE: Duration = Duration::from_millis(100);

/// Why a subscription ended.
#[derive(Debug)]
pub enum FeedEnd {
    /// It was refused. This is the answer, as JSON.
    Refused(Vec<u8>),
    /// The key is not valid any more, or must not read.
    Forbidden,
    /// The file of the database was replaced. The caller should subscribe again.
    OtherFile,
    /// It cannot go on.
    Failed(Error),
    /// Its caller has left.
    Left,
}

/// When the key of a caller is checked again.
struct KeyCheck<'a> {
    app: &'a App,
    caller: &'a Caller,
    last: Instant,
}

/// Gives each event of a subscription to `emit`, until that returns false. An event waits until the one before it
/// is taken. Calls `on_open` when every later change will be an event.
pub async fn follow<F: Future<Output = bool>>(
    app: &App,
    caller: &Arc<Caller>,
    subscription: &Subscription,
    on_open: impl FnOnce(),
    mut emit: impl FnMut(Bytes) -> F,
) -> FeedEnd {
    let metrics = app.metrics.as_deref().map(|metrics| &metrics.callers);
    let _open = metrics.map(|metrics| Raised::new(&metrics.subscriptions));
    let emit = |event| {
        metrics.iter().for_each(|metrics| metrics.subscription_events.inc());
        emit(event)
    };
    let request = app.request(Some(caller), app.store.reads());
    let feed = match subscription.open(&request).await {
        Ok(feed) => feed,
        Err(answer) => return FeedEnd::Refused(answer),
    };
    let viewer = &caller.viewer;
    // Before the first read, so that no change is missed.
    let last_change = app.store.follow_changes(viewer.generation, viewer.account);
    let check = KeyCheck { app, caller, last: Instant::now() };
    match follow_feed(&feed, last_change, check, on_open, emit).await {
        Err(end) => end,
    }
}

/// The result of what goes on until it ends.
type Endless = std::result::Result<std::convert::Infallible, FeedEnd>;

async fn follow_feed<F: Future<Output = bool>>(
    feed: &Feed<'_>,
    mut last_change: LastChange,
    mut check: KeyCheck<'_>,
    on_open: impl FnOnce(),
    mut emit: impl FnMut(Bytes) -> F,
) -> Endless {
    let (app, viewer) = (check.app, &check.caller.viewer.clone());
    let reads = || app.feed_reads(viewer);
    let mut position = loop {
        match feed.start(&reads()).await {
            Ok(start) => break start,
            Err(error) => check.pause_after(error).await?,
        }
    };
    on_open();
    loop {
        let key = PageKey {
            generation: viewer.generation,
            account: viewer.account,
            question: feed.question,
            after: position,
            last_change: last_change.known(),
        };
        let page = match app.feed_pages.page(key, || feed.page(reads, position)).await {
            Ok(page) => page,
            Err(error) => {
                check.pause_after(error).await?;
                continue;
            }
        };
        for event in feed.events(&page) {
            check.check_if_due().await?;
            let event = event.map_err(FeedEnd::Failed)?;
            if !emit(event).await {
                return Err(FeedEnd::Left);
            }
        }
        let is_behind = page.next == position && last_change.known() > position;
        position = page.next;
        if page.has_more() {
            continue;
        }
        if is_behind {
            sleep(LAG_PAUSE).await;
        }
        // Waiting takes no memory for rows.
        drop(page);
        while timeout(CHECK_INTERVAL, last_change.beyond(position)).await.is_err() {
            check.check().await?;
        }
    }
}

impl KeyCheck<'_> {
    /// Waits after a failure that may pass. Any other ends the subscription.
    async fn pause_after(&mut self, error: Error) -> Result<(), FeedEnd> {
        if !may_pass(&error) {
            return Err(FeedEnd::Failed(error));
        }
        sleep(RETRY_PAUSE).await;
        self.check().await
    }

    /// Checks the key, unless it was checked a moment ago.
    async fn check_if_due(&mut self) -> Result<(), FeedEnd> {
        match self.last.elapsed() < self.app.settings.key_cache {
            true => Ok(()),
            false => self.check().await,
        }
    }

    /// Checks the key. Waits for a database that does not answer.
    async fn check(&mut self) -> Result<(), FeedEnd> {
        loop {
            self.last = Instant::now();
            match self.app.keys.check(self.caller).await {
                Ok(KeyState::Valid(caller)) if caller.viewer.may(Scope::Read) => return Ok(()),
                Ok(KeyState::Valid(_) | KeyState::Invalid) => return Err(FeedEnd::Forbidden),
                Ok(KeyState::OtherFile) => return Err(FeedEnd::OtherFile),
                Err(error) if may_pass(&error) => sleep(RETRY_PAUSE).await,
                Err(error) => return Err(FeedEnd::Failed(error)),
            }
        }
    }
}

/// Whether a later attempt may succeed.
fn may_pass(error: &Error) -> bool {
    matches!(error.code(), Code::ServiceUnavailable | Code::RateLimited)
}

//! Sends the changes of accounts to their webhooks, each as long as it is there.

use std::{collections::HashMap, sync::Arc, time::Duration};

use tokio::{task::JoinHandle, time::sleep};
use tracing::{Instrument, field::Empty};

use super::{
    message::Message,
    page::{ChangePage, read_page},
    send::{Failure, Receiver, Sender},
};
use crate::{
    app::App,
    domain::viewer::AccountId,
    error::{Error, Result},
    store::webhook::Webhook,
};

/// The time between two looks for added and removed webhooks.
const LOOK_INTERVAL: Duration = Duration::from_secs(2);
/// The longest pause between two attempts, unless the receiver asks for more.
const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);

/// What identifies a webhook: the generation of the database file, the account, the number, and when it was added, because
/// the number of one that was removed is given to another.
type Key = (u64, AccountId, i64, i64);

/// Sends until it fails.
///
/// # Errors
/// When the webhooks cannot be read.
pub async fn send_changes(app: &App) -> Result<()> {
    let sender = Sender::new(app.clock())?;
    let mut running = HashMap::<Key, Running>::new();
    loop {
        let generation = app.store.generation();
        let webhooks = app.store.webhooks(None).await?;
        let key =
            |webhook: &Webhook| (generation, webhook.account(), webhook.0.id, webhook.0.created_at);
        running.retain(|known, _| webhooks.iter().any(|webhook| key(webhook) == *known));
        for webhook in webhooks {
            let (app, sender) = (app.clone(), sender.clone());
            running.entry(key(&webhook)).or_insert_with(|| {
                Running(tokio::spawn(async move { Delivery { app, sender, webhook }.run().await }))
            });
        }
        sleep(LOOK_INTERVAL).await;
    }
}

/// A task that ends with this value.
struct Running(JoinHandle<()>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A webhook, and what it is served with.
struct Delivery {
    app: App,
    sender: Sender,
    webhook: Webhook,
}

impl Delivery {
    async fn run(mut self) {
        let store = self.app.store.clone();
        // Before the first read, so that no change is missed.
        let mut last_change = store.follow_changes(store.generation(), self.webhook.account());
        let mut failures = 0;
        loop {
            match self.send_page().await {
                Ok(has_more) => {
                    failures = 0;
                    if !has_more {
                        last_change.beyond(self.webhook.0.position).await;
                    }
                }
                Err(error) => {
                    failures += 1;
                    let reason = error.to_string();
                    tracing::warn!(webhook = ?self.webhook, cause = ?error.cause(), "{reason}");
                    self.store_failure(failures, &reason).await;
                    sleep(pause(failures, None)).await;
                }
            }
        }
    }

    /// Sends the changes of the next page, one after the other. Returns whether there are more.
    async fn send_page(&mut self) -> Result<bool> {
        let row = &self.webhook.0;
        let viewer = self.app.store.account_viewer(self.webhook.account()).await?;
        let viewer = viewer.ok_or_else(|| Error::internal("the account of a webhook is gone"))?;
        let page =
            read_page(&self.app, &Arc::new(viewer), row.filter.as_deref(), row.position).await?;
        let ChangePage { events, next, has_more } = page;
        for (position, event) in events {
            let row = &self.webhook.0;
            let message = Message::of_change(row.id, row.created_at, &event)?;
            self.send(&message).await;
            self.move_to(position, true).await;
        }
        if next > self.webhook.0.position {
            self.move_to(next, false).await;
        }
        Ok(has_more)
    }

    /// Sends a message until the receiver takes it.
    async fn send(&self, message: &Message) {
        let row = &self.webhook.0;
        let receiver = Receiver { url: &row.url, internal: row.internal != 0, secret: &row.secret };
        let mut failures = 0;
        let mut failing = None;
        loop {
            let span = tracing::info_span!("webhook.send", webhook = row.id, delivered = Empty);
            let sent = self.sender.send(receiver, message).instrument(span.clone()).await;
            span.record("delivered", sent.is_ok());
            let jobs = self.app.metrics.as_deref().map(|metrics| &metrics.jobs);
            if let Some(jobs) = jobs {
                jobs.end_webhook_attempt(sent.is_ok());
            }
            let Err(Failure { reason, wait }) = sent else { return };
            failing = failing.or_else(|| Some(jobs?.begin_webhook_failure()));
            failures += 1;
            if failures == 1 {
                tracing::warn!(webhook = ?self.webhook, "a change was not delivered: {reason}");
            }
            self.store_failure(failures, &reason).await;
            sleep(pause(failures, wait)).await;
        }
    }

    async fn move_to(&mut self, position: i64, delivered: bool) {
        self.webhook.0.position = position;
        let store = &self.app.store;
        let stored = match delivered {
            true => store.store_delivery(&self.webhook, position, self.app.clock().now()).await,
            false => store.store_position(&self.webhook, position).await,
        };
        if let Err(error) = stored {
            // After a restart, changes are sent a second time, which the receiver knows by their ids.
            tracing::warn!(webhook = ?self.webhook, cause = ?error.cause(), "the position was not stored");
        }
    }

    async fn store_failure(&self, failures: u32, reason: &str) {
        let stored = self.app.store.store_failure(&self.webhook, failures.into(), reason).await;
        if let Err(error) = stored {
            tracing::warn!(webhook = ?self.webhook, cause = ?error.cause(), "the failure was not stored");
        }
    }
}

/// The pause after a number of failures one after the other: 1 s, then twice as long each time.
fn pause(failures: u32, wait: Option<Duration>) -> Duration {
    let pause = Duration::from_secs(1 << (failures.clamp(1, 10) - 1)).min(LONGEST_PAUSE);
    wait.map_or(pause, |wait| wait.max(pause))
}

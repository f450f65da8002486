//! Pages of the change feed that several subscriptions read at the same time.
//!
//! A change wakes all subscriptions of its account together. Those that ask the same question at the same position
//! share one page: it is read once, and its events are written once.

use std::{
    collections::HashMap,
    ops::Deref,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tokio::{sync::OnceCell, task::yield_now};

use crate::{
    domain::viewer::AccountId,
    error::Result,
    graphql::subscription::{FeedPage, FeedQuestion},
};

/// The pages that are read or sent now.
#[derive(Debug, Default)]
pub(super) struct FeedPages(Mutex<HashMap<PageKey, Weak<OnceCell<Arc<FeedPage>>>>>);

/// What makes two pages the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct PageKey {
    pub(super) generation: u64,
    pub(super) account: AccountId,
    pub(super) question: FeedQuestion,
    /// The position after which the page begins.
    pub(super) after: i64,
    /// The last known change: a page that was read before it is not shared any more.
    pub(super) last_change: i64,
}

/// A page, which others can use as long as this value is there.
pub(super) struct SharedPage {
    page: Arc<FeedPage>,
    _slot: Arc<OnceCell<Arc<FeedPage>>>,
}

impl Deref for SharedPage {
    type Target = FeedPage;

    fn deref(&self) -> &FeedPage {
        &self.page
    }
}

impl FeedPages {
    /// The page with a key, which is read unless somebody reads or sends it now.
    ///
    /// # Errors
    /// When the read fails. Those who wait for it read the page themselves.
    pub(super) async fn page<F: Future<Output = Result<FeedPage>>>(
        &self,
        key: PageKey,
        read: impl FnOnce() -> F,
    ) -> Result<SharedPage> {
        let slot = self.slot(key);
        let read = || async {
            // A read that the database answers at once never waits. Without this it would end, and be thrown away,
            // before the other subscriptions that the change woke run at all: each would read the page.
            yield_now().await;
            read().await.map(Arc::new)
        };
        let page = slot.get_or_try_init(read).await?.clone();
        Ok(SharedPage { page, _slot: slot })
    }

    fn slot(&self, key: PageKey) -> Arc<OnceCell<Arc<FeedPage>>> {
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = pages.get(&key).and_then(Weak::upgrade) {
            return slot;
        }
        pages.retain(|_, slot| slot.strong_count() > 0);
        let slot = Arc::default();
        pages.insert(key, Arc::downgrade(&slot));
        slot
    }
}

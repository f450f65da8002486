//! The plans of the searches of the last seconds, so that the sample of the sessions is read once for a caller that reads page
//! after page.

use std::{sync::Arc, time::Duration};

use quick_cache::{Weighter, sync::Cache};
use tokio::time::Instant;

use crate::domain::{
    search::{Search, SearchPlan, SearchTerm},
    viewer::AccountId,
};

/// How long a plan is used. It has an effect on the time of a search only, not on its result.
const KEPT_FOR: Duration = Duration::from_secs(30);
/// The number of plans, about.
const PLANS: usize = 1_000;
/// The maximum size of all searches, in bytes, about.
const MAX_BYTES: u64 = 1 << 20;

/// The plans, and when they were made. Clones share them.
#[derive(Clone, Debug)]
pub(super) struct SearchPlans(Arc<Cache<Key, (Instant, SearchPlan), BySize>>);

/// An account, and the terms of a search, whether it has a plan or not.
type Key = (AccountId, Vec<SearchTerm>);

#[derive(Clone, Debug)]
struct BySize;

impl Weighter<Key, (Instant, SearchPlan)> for BySize {
    fn weight(&self, (_, terms): &Key, _: &(Instant, SearchPlan)) -> u64 {
        let words = terms.iter().flat_map(|term| &term.words);
        words.map(|word| 64 + word.len() as u64).sum()
    }
}

impl Default for SearchPlans {
    fn default() -> Self {
        Self(Arc::new(Cache::with_weighter(PLANS, MAX_BYTES, BySize)))
    }
}

impl SearchPlans {
    /// The plan that was made for a search within the last seconds.
    pub(super) fn get(&self, account: AccountId, search: &Search) -> Option<SearchPlan> {
        let (made_at, plan) = self.0.get(&key(account, search))?;
        (made_at.elapsed() < KEPT_FOR).then_some(plan)
    }

    /// Keeps the plan of a search.
    pub(super) fn put(&self, account: AccountId, search: &Search, plan: SearchPlan) {
        self.0.insert(key(account, search), (Instant::now(), plan));
    }

    /// Forgets the plan of a search by which a page was not found.
    pub(super) fn remove(&self, account: AccountId, search: &Search) {
        self.0.remove(&key(account, search));
    }
}

fn key(account: AccountId, search: &Search) -> Key {
    (account, search.terms().to_vec())
}

//! Counting the calls of the legacy URL, so that an operator sees which programs still use it.
//!
//! The counts of a key are written to the database at most once a minute. What a gateway that is killed has
//! not written yet is lost.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, sleep_until};

use crate::{
    domain::{
        legacy_usage::{CallCount, CallShape, day},
        time::{Clock, Timestamp},
        viewer::{AccountId, Viewer},
    },
    store::Store,
};

/// The minimum time between two writes of a key.
const WRITE_EVERY: Duration = Duration::from_secs(60);
/// The maximum number of shapes that are counted separately for a key and a day. Calls of further shapes are
/// counted together, so that a caller cannot fill the table.
const MAX_SHAPES: usize = 200;

/// The counts of all keys. Clones share them.
#[derive(Clone, Debug)]
pub struct LegacyUsage(Arc<Counts>);

#[derive(Debug)]
struct Counts {
    store: Store,
    clock: Clock,
    /// By the generation of the database file, and the number of the key.
    keys: Mutex<HashMap<(u64, i64), KeyCounts>>,
}

#[derive(Debug)]
struct KeyCounts {
    account: AccountId,
    /// What is not written yet.
    unwritten: HashMap<(i64, CallShape), (u64, Timestamp)>,
    /// The day of the last call, and the shapes of that day.
    today: i64,
    shapes: Vec<CallShape>,
    /// Whether a task will write.
    is_scheduled: bool,
    next_write: Instant,
}

impl LegacyUsage {
    /// No calls yet.
    pub(super) fn new(store: Store, clock: Clock) -> Self {
        Self(Arc::new(Counts { store, clock, keys: Mutex::default() }))
    }

    /// Counts a call.
    pub fn count(&self, viewer: &Viewer, shape: CallShape) {
        let id = (viewer.generation, viewer.key_id);
        let is_first = self
            .keys()
            .entry(id)
            .or_insert_with(|| KeyCounts::new(viewer.account))
            .add(shape, self.0.clock.now());
        if is_first {
            tokio::spawn(self.clone().write_later(id));
        }
    }

    /// Writes everything that is not written yet.
    pub async fn flush(&self) {
        let ids: Vec<_> = self.keys().keys().copied().collect();
        for id in ids {
            self.write(id).await;
        }
    }

    /// Writes the counts of a key when it is time, as long as there are any.
    async fn write_later(self, id: (u64, i64)) {
        loop {
            let next = self.keys().get(&id).map(|counts| counts.next_write);
            sleep_until(next.unwrap_or_else(Instant::now)).await;
            self.write(id).await;
            if let Some(counts) = self.keys().get_mut(&id) {
                counts.next_write = Instant::now() + WRITE_EVERY;
                counts.is_scheduled = !counts.unwritten.is_empty();
                if counts.is_scheduled {
                    continue;
                }
            }
            return;
        }
    }

    async fn write(&self, id: (u64, i64)) {
        let taken =
            self.keys().get_mut(&id).map(|it| (it.account, std::mem::take(&mut it.unwritten)));
        let Some((account, unwritten)) = taken.filter(|(_, unwritten)| !unwritten.is_empty())
        else {
            return;
        };
        let (generation, key) = id;
        if self.0.store.generation() != generation {
            // The number of the key is of a file that was replaced.
            return;
        }
        let calls: Vec<_> = unwritten
            .into_iter()
            .map(|((day, shape), (calls, last))| CallCount { day, shape, calls, last })
            .collect();
        let Err(error) = self.0.store.add_legacy_calls(account, key, &calls).await else { return };
        tracing::warn!(cause = ?error.cause(), "the calls of the legacy URL were not written");
        if let Some(counts) = self.keys().get_mut(&id) {
            calls.into_iter().for_each(|it| counts.put_back(it));
        }
    }

    fn keys(&self) -> MutexGuard<'_, HashMap<(u64, i64), KeyCounts>> {
        self.0.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl KeyCounts {
    fn new(account: AccountId) -> Self {
        Self {
            account,
            unwritten: HashMap::new(),
            today: i64::MIN,
            shapes: Vec::new(),
            is_scheduled: false,
            next_write: Instant::now(),
        }
    }

    /// Adds a call. Returns whether a task has to write it.
    fn add(&mut self, shape: CallShape, now: Timestamp) -> bool {
        let today = day(now);
        if self.today != today {
            (self.today, self.shapes) = (today, Vec::new());
        }
        let is_refused = shape == CallShape::default();
        let is_known = self.shapes.contains(&shape);
        let shape = match is_refused || is_known || self.shapes.len() < MAX_SHAPES {
            true => shape,
            false => CallShape::other(),
        };
        if !is_known && !self.shapes.contains(&shape) {
            self.shapes.push(shape.clone());
        }
        self.put_back(CallCount { day: today, shape, calls: 1, last: now });
        !std::mem::replace(&mut self.is_scheduled, true)
    }

    fn put_back(&mut self, count: CallCount) {
        let sum = self.unwritten.entry((count.day, count.shape)).or_insert((0, count.last));
        *sum = (sum.0 + count.calls, sum.1.max(count.last));
    }
}

#[cfg(test)]
mod tests {
    use super::{CallShape, KeyCounts, MAX_SHAPES};
    use crate::domain::{time::Timestamp, viewer::AccountId};

    #[test]
    fn calls_of_too_many_shapes_are_counted_together_and_refused_calls_by_themselves() {
        let mut counts = KeyCounts::new(AccountId(1));
        let shape = |vars: usize| CallShape { vars: vars.to_string(), ..CallShape::other() };
        for vars in 0..MAX_SHAPES + 7 {
            counts.add(shape(vars), Timestamp::MIN);
        }
        for shape in [CallShape::default(), shape(3)] {
            counts.add(shape, Timestamp::MIN);
        }
        let calls = |shape: CallShape| {
            let mut all = counts.unwritten.iter();
            all.find(|((_, known), _)| *known == shape).map(|(_, (calls, _))| *calls)
        };
        assert_eq!(calls(CallShape::other()), Some(7));
        assert_eq!(calls(CallShape::default()), Some(1));
        assert_eq!((calls(shape(2)), calls(shape(3))), (Some(1), Some(2)));
        assert_eq!(calls(shape(MAX_SHAPES)), None);
    }
}

//! A queue for permits in which accounts take turns.
//!
//! A caller gets a permit at once while its account holds fewer permits than a multiple of the free
//! ones. So an account that wants all of them leaves some for other accounts. Of the accounts that wait,
//! the one that holds the fewest permits is next; those that hold the same number take turns, and an
//! account without permits is before those that have had their turn. The callers
//! of one account are served in the order of their arrival.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::oneshot, time::timeout};

use crate::domain::viewer::AccountId;

/// The account of a caller. The gateway's own reads, such as those of keys, have none. They count as
/// one account.
pub(in crate::store) type Account = Option<AccountId>;

/// A fixed number of permits.
#[derive(Debug)]
pub(super) struct FairQueue {
    share: Share,
    state: Mutex<State>,
}

/// The part of the permits that one account can hold while no other account holds any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Share {
    /// For permits that are held for a moment.
    TwoThirds,
    /// For permits that are held for minutes.
    Half,
}

/// A permit. It is released when it is dropped.
#[derive(Debug)]
pub(in crate::store) struct FairPermit {
    queue: Arc<FairQueue>,
    account: Account,
}

/// How many of the permits are used.
#[derive(Clone, Copy, Debug)]
pub struct PoolUsage {
    /// The permits that are held.
    pub in_use: usize,
    /// All permits.
    pub limit: usize,
    /// The callers that wait.
    pub waiting: usize,
}

/// Why there is no permit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoPermit {
    /// The queue is closed.
    Closed,
    /// The caller waited for the maximum time.
    TimedOut,
}

#[derive(Debug)]
struct State {
    is_closed: bool,
    free: usize,
    /// The number of permits of each account that holds any. These are few accounts.
    held: BTreeMap<Account, usize>,
    /// The accounts that wait. The next turn is that of the first one that holds the fewest permits.
    waiting: VecDeque<WaitingAccount>,
    next_ticket: u64,
}

#[derive(Debug)]
struct WaitingAccount {
    account: Account,
    /// In the order of their tickets. Never empty.
    callers: VecDeque<WaitingCaller>,
}

#[derive(Debug)]
struct WaitingCaller {
    ticket: u64,
    sender: oneshot::Sender<FairPermit>,
}

/// A caller's place in the queue. It is given up when the value is dropped.
struct Ticket<'a> {
    queue: &'a FairQueue,
    account: Account,
    number: u64,
}

impl FairQueue {
    /// A queue with a number of permits.
    pub(super) fn new(size: u32, share: Share) -> Arc<Self> {
        let state = State {
            is_closed: false,
            free: size as usize,
            held: BTreeMap::new(),
            waiting: VecDeque::new(),
            next_ticket: 0,
        };
        Arc::new(Self { share, state: Mutex::new(state) })
    }

    /// Returns a permit for an account, for which the caller waits for at most this time.
    ///
    /// # Errors
    /// When the time is over, or the queue is closed.
    pub(super) async fn acquire(
        self: &Arc<Self>,
        account: Account,
        longest: Duration,
    ) -> Result<FairPermit, NoPermit> {
        let (number, permit) = {
            let mut state = self.state();
            if state.is_closed {
                return Err(NoPermit::Closed);
            }
            if state.take(account, self.share) {
                return Ok(self.permit(account));
            }
            state.wait(account)
        };
        let _ticket = Ticket { queue: self, account, number };
        match timeout(longest, permit).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) => Err(NoPermit::Closed),
            Err(_) => Err(NoPermit::TimedOut),
        }
    }

    /// How many permits are used.
    pub(super) fn usage(&self) -> PoolUsage {
        let state = self.state();
        let in_use = state.held.values().sum();
        let waiting = state.waiting.iter().map(|account| account.callers.len()).sum();
        PoolUsage { in_use, limit: in_use + state.free, waiting }
    }

    /// Refuses all callers from now on, those that wait too.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.is_closed = true;
        state.waiting.clear();
    }

    /// Whether the queue is closed.
    pub(super) fn is_closed(&self) -> bool {
        self.state().is_closed
    }

    /// Serves callers that wait, as long as there are permits for them.
    fn serve(self: &Arc<Self>) {
        // A statement of its own, so that the lock is not held while the permit is sent.
        while let Some((account, sender)) = { self.state().next_caller(self.share) } {
            // The permit of a caller that has left is dropped, and so goes to the next.
            let _ = sender.send(self.permit(account));
        }
    }

    fn permit(self: &Arc<Self>, account: Account) -> FairPermit {
        FairPermit { queue: self.clone(), account }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Share {
    /// An account may hold another permit while it holds fewer than this multiple of the free ones.
    fn per_free(self) -> usize {
        match self {
            Self::TwoThirds => 2,
            Self::Half => 1,
        }
    }
}

impl State {
    /// Takes a free permit for an account, if it may hold another one.
    fn take(&mut self, account: Account, share: Share) -> bool {
        let held = self.held(account);
        if held >= self.free * share.per_free() {
            return false;
        }
        self.free -= 1;
        self.held.insert(account, held + 1);
        true
    }

    /// Returns whether callers wait.
    fn give_back(&mut self, account: Account) -> bool {
        self.free += 1;
        if let Some(held) = self.held.get_mut(&account) {
            *held -= 1;
            if *held == 0 {
                self.held.remove(&account);
            }
        }
        !self.waiting.is_empty()
    }

    /// Adds a caller to the queue.
    fn wait(&mut self, account: Account) -> (u64, oneshot::Receiver<FairPermit>) {
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        let (sender, permit) = oneshot::channel();
        let caller = WaitingCaller { ticket, sender };
        if let Some(waiting) = self.waiting.iter_mut().find(|it| it.account == account) {
            waiting.callers.push_back(caller);
            return (ticket, permit);
        }
        // Accounts that hold more than this one have had their turn.
        let (waiting, held) = (&self.waiting, self.held(account));
        let before = waiting.iter().rposition(|it| self.held(it.account) <= held);
        let waiting = WaitingAccount { account, callers: [caller].into() };
        self.waiting.insert(before.map_or(0, |index| index + 1), waiting);
        (ticket, permit)
    }

    /// The number of permits that an account holds.
    fn held(&self, account: Account) -> usize {
        self.held.get(&account).copied().unwrap_or(0)
    }

    /// Takes a permit for the caller whose turn it is.
    fn next_caller(&mut self, share: Share) -> Option<(Account, oneshot::Sender<FairPermit>)> {
        // The first of several that hold the same number.
        let accounts = self.waiting.iter().map(|it| it.account).enumerate();
        let (index, account) = accounts.min_by_key(|(_, account)| self.held(*account))?;
        if !self.take(account, share) {
            return None;
        }
        let mut waiting = self.waiting.remove(index)?;
        let caller = waiting.callers.pop_front()?;
        if !waiting.callers.is_empty() {
            self.waiting.push_back(waiting);
        }
        Some((account, caller.sender))
    }

    /// Removes a caller, unless it was served.
    fn leave(&mut self, account: Account, ticket: u64) {
        let Some(index) = self.waiting.iter().position(|it| it.account == account) else { return };
        let Some(waiting) = self.waiting.get_mut(index) else { return };
        if let Ok(place) = waiting.callers.binary_search_by_key(&ticket, |it| it.ticket) {
            waiting.callers.remove(place);
        }
        if waiting.callers.is_empty() {
            self.waiting.remove(index);
        }
    }
}

impl Drop for FairPermit {
    fn drop(&mut self) {
        if self.queue.state().give_back(self.account) {
            self.queue.serve();
        }
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        self.queue.state().leave(self.account, self.number);
    }
}

#[cfg(test)]
mod tests;

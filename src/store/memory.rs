//! The memory of answers: a limit for one answer, one for the answers of an account together, and one
//! for all answers of the process.
//!
//! An answer takes memory in steps, so that a small answer changes no shared counter.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, OnceLock, PoisonError, Weak,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use bytes::Bytes;

use crate::{
    domain::{number::grouped, viewer::AccountId},
    error::{Code, Error, Outage, Result},
};

/// An answer takes memory in multiples of this number of bytes. What is below is not counted.
const STEP: usize = 8 * 1024;

/// The memory of a page of a long answer, in bytes.
const PAGE: usize = 4 << 20;
/// The memory of a long answer that is read page by page: the JSON and the text of a page, and the next
/// page.
const PAGED_ANSWER: usize = 3 * PAGE;

/// The time after which a caller whose account has no memory left should try again.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// The memory of all answers of the process. Clones share it.
#[derive(Clone, Debug)]
pub struct MemoryBudget(Arc<Budget>);

/// The memory of one answer, which is released when the last clone is dropped.
#[derive(Clone, Debug)]
pub struct Reservation(Arc<Answer>);

#[derive(Debug)]
struct Budget {
    max_answer: usize,
    max_account: usize,
    max_process: usize,
    /// The bytes that all answers have taken.
    taken: AtomicUsize,
    /// The bytes that the answers of each account have taken, while there are any.
    accounts: Mutex<HashMap<AccountId, Weak<AtomicUsize>>>,
}

#[derive(Debug)]
struct Answer {
    budget: Arc<Budget>,
    account: AccountId,
    max: usize,
    page: Option<Page>,
    /// The bytes that the answer needs.
    needed: AtomicUsize,
    /// The bytes that are taken from the budget.
    taken: AtomicUsize,
    /// The bytes that all answers of the account have taken, once this one has taken any.
    account_taken: OnceLock<Arc<AtomicUsize>>,
    /// Why the answer was refused, if it was.
    refusal: OnceLock<Error>,
}

/// A page of a long answer, which is read again in smaller pages if it is too large.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Page {
    /// It takes its own memory.
    Single,
    /// The answer has taken the memory of its pages.
    OfAnswer,
}

/// A text and its memory.
struct HeldText<T> {
    text: T,
    _memory: Reservation,
}

impl MemoryBudget {
    /// The budget of a process, half of which one account can take. One answer can take at most
    /// `max_answer`.
    pub fn new(max_process: usize, max_answer: usize) -> Self {
        let max_account = max_process / 2;
        Self(Arc::new(Budget {
            max_answer,
            max_account,
            max_process,
            taken: AtomicUsize::default(),
            accounts: Mutex::default(),
        }))
    }

    /// The memory of a new answer to a caller of this account.
    pub fn reservation(&self, account: AccountId) -> Reservation {
        Reservation::new(&self.0, account, self.0.max_answer, None)
    }

    /// The memory of an answer of one page.
    pub fn page(&self, account: AccountId) -> Reservation {
        Reservation::new(&self.0, account, PAGE, Some(Page::Single))
    }

    /// The memory of a long answer that is read page by page.
    ///
    /// # Errors
    /// When it is not free.
    pub fn paged_answer(&self, account: AccountId) -> Result<Reservation> {
        let reservation = self.reservation(account);
        reservation.grow(PAGED_ANSWER)?;
        Ok(reservation)
    }

    /// The bytes that all answers can take.
    pub fn limit(&self) -> usize {
        self.0.max_process
    }

    /// The bytes that all answers have taken.
    pub fn taken(&self) -> usize {
        self.0.taken.load(Relaxed)
    }
}

impl Reservation {
    fn new(budget: &Arc<Budget>, account: AccountId, max: usize, page: Option<Page>) -> Self {
        Self(Arc::new(Answer {
            budget: budget.clone(),
            account,
            max,
            page,
            needed: AtomicUsize::default(),
            taken: AtomicUsize::default(),
            account_taken: OnceLock::new(),
            refusal: OnceLock::new(),
        }))
    }

    /// The memory of a page of this answer, which has taken it.
    pub fn page_of_answer(&self) -> Self {
        Self::new(&self.0.budget, self.0.account, PAGE, Some(Page::OfAnswer))
    }

    /// Whether a statement whose rows are refused is read to its end, so that its transaction goes on.
    pub fn is_page(&self) -> bool {
        self.0.page.is_some()
    }

    /// Takes memory for more bytes.
    ///
    /// # Errors
    /// When the answer is too large, its account has too many large answers at once, or the process has.
    /// The whole answer is then refused: all later calls have the same error.
    pub fn grow(&self, bytes: usize) -> Result<()> {
        match self.refusal() {
            Some(refusal) => Err(refusal),
            None => self.try_grow(bytes).map_err(|error| self.refuse(error)),
        }
    }

    /// The bytes that the answer needs until now.
    pub fn needed(&self) -> usize {
        self.0.needed.load(Relaxed)
    }

    /// Why the answer was refused, if it was.
    pub fn refusal(&self) -> Option<Error> {
        self.0.refusal.get().cloned()
    }

    /// Replaces what was taken before: the answer needs only this number of bytes from now on.
    ///
    /// # Errors
    /// When [`Self::grow`] would fail.
    pub fn replace(&self, bytes: usize) -> Result<()> {
        let before = self.0.needed.swap(0, Relaxed);
        if bytes < before {
            let target = bytes - bytes % STEP;
            self.0.needed.store(bytes, Relaxed);
            let taken = self.0.taken.fetch_min(target, Relaxed);
            if taken > target {
                self.0.release(taken - target);
            }
            return Ok(());
        }
        self.grow(bytes)
    }

    /// Bytes whose memory is released when they are dropped.
    pub fn hold<T: AsRef<[u8]> + Into<Bytes> + Send + 'static>(&self, text: T) -> Bytes {
        match self.0.taken.load(Relaxed) {
            0 => text.into(),
            _ => Bytes::from_owner(HeldText { text, _memory: self.clone() }),
        }
    }

    fn try_grow(&self, bytes: usize) -> Result<()> {
        let answer = &*self.0;
        let needed = answer.needed.fetch_add(bytes, Relaxed).saturating_add(bytes);
        self.check_size(needed)?;
        if answer.page == Some(Page::OfAnswer) {
            return Ok(());
        }
        let target = needed - needed % STEP;
        let mut taken = answer.taken.load(Relaxed);
        while taken < target {
            answer.take(target - taken)?;
            match answer.taken.compare_exchange(taken, target, Relaxed, Relaxed) {
                Ok(_) => return Ok(()),
                Err(now) => {
                    answer.release(target - taken);
                    taken = now;
                }
            }
        }
        Ok(())
    }

    fn refuse(&self, error: Error) -> Error {
        self.0.refusal.get_or_init(|| error).clone()
    }

    /// Checks the size of an answer of which not all is in memory at once.
    ///
    /// # Errors
    /// When the answer is too large.
    pub fn check_size(&self, bytes: usize) -> Result<()> {
        let max = self.0.max;
        if bytes > max {
            let message = format!(
                "The answer has more than {} bytes, the limit of an answer. Ask for fewer items per \
                 page, or for fewer long texts.",
                grouped(max as u64)
            );
            return Err(Error::client(Code::QueryTooComplex, message));
        }
        Ok(())
    }
}

impl<T: AsRef<[u8]>> AsRef<[u8]> for HeldText<T> {
    fn as_ref(&self) -> &[u8] {
        self.text.as_ref()
    }
}

impl Budget {
    /// The bytes that the answers of an account have taken.
    fn account_taken(&self, account: AccountId) -> Arc<AtomicUsize> {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = accounts.get(&account).and_then(Weak::upgrade) {
            return known;
        }
        accounts.retain(|_, counter| counter.strong_count() > 0);
        let counter = Arc::<AtomicUsize>::default();
        accounts.insert(account, Arc::downgrade(&counter));
        counter
    }
}

impl Answer {
    fn account_counter(&self) -> &AtomicUsize {
        self.account_taken.get_or_init(|| self.budget.account_taken(self.account))
    }

    fn take(&self, bytes: usize) -> Result<()> {
        let budget = &*self.budget;
        if !add_within(self.account_counter(), bytes, budget.max_account) {
            let message = format!(
                "The answers of this account need more than {} bytes of memory at the same time. Read \
                 the answers that you have asked for, then ask again; ask for fewer items per page.",
                grouped(budget.max_account as u64)
            );
            return Err(Error::client(Code::RateLimited, message).with_retry_after(RETRY_AFTER));
        }
        if !add_within(&budget.taken, bytes, budget.max_process) {
            self.account_counter().fetch_sub(bytes, Relaxed);
            return Err(Error::unavailable(
                Outage::Busy,
                "the memory of all answers is taken (--answer-memory)",
            ));
        }
        Ok(())
    }

    fn release(&self, bytes: usize) {
        self.account_counter().fetch_sub(bytes, Relaxed);
        self.budget.taken.fetch_sub(bytes, Relaxed);
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        let taken = *self.taken.get_mut();
        if taken > 0 {
            self.release(taken);
        }
    }
}

/// Adds to a counter, unless it would exceed a limit.
fn add_within(counter: &AtomicUsize, bytes: usize, max: usize) -> bool {
    let add = |taken: usize| taken.checked_add(bytes).filter(|sum| *sum <= max);
    counter.fetch_update(Relaxed, Relaxed, add).is_ok()
}

#[cfg(test)]
mod tests;

//! The sizes of accounts, counted now and then in the background.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use entity::session::{Column, Entity};
use sea_orm::{
    ColumnTrait, IntoSimpleExpr,
    sea_query::{Asterisk, Expr, Func, Query},
};
use tokio::{
    sync::watch,
    time::{Instant, timeout},
};

use super::{database::Store, reads::Reads};
use crate::{
    domain::{account_size::AccountSize, time::Timestamp, viewer::AccountId},
    error::Result,
};

/// The minimum time between two counts of an account.
const COUNT_EVERY: Duration = Duration::from_secs(60);
/// The time between two counts, in times of a count.
const COUNT_PAUSE: u32 = 100;
/// How long the first request that needs the size of an account waits for it.
const FIRST_WAIT: Duration = Duration::from_millis(250);

/// The sizes of all accounts. Clones share them.
#[derive(Clone, Debug)]
pub struct AccountSizes(Arc<Sizes>);

#[derive(Debug)]
struct Sizes {
    store: Store,
    /// By the generation of the file, and the account.
    known: Mutex<HashMap<(u64, AccountId), KnownSize>>,
}

#[derive(Debug)]
struct KnownSize {
    size: watch::Sender<Option<AccountSize>>,
    next_count: Instant,
}

impl AccountSizes {
    /// The sizes of the accounts of a database.
    pub fn new(store: Store) -> Self {
        Self(Arc::new(Sizes { store, known: Mutex::default() }))
    }

    /// The size of an account, as it was a while ago. None if it is not known yet.
    pub async fn size(&self, account: AccountId) -> Option<AccountSize> {
        let mut size = self.watch(account);
        let known = *size.borrow();
        if known.is_some() {
            return known;
        }
        let counted = timeout(FIRST_WAIT, size.wait_for(Option::is_some)).await;
        counted.ok()?.ok().and_then(|size| *size)
    }

    /// The size of an account, which is counted in the background if the last count is old.
    fn watch(&self, account: AccountId) -> watch::Receiver<Option<AccountSize>> {
        let (now, generation) = (Instant::now(), self.0.store.generation());
        let mut all = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        let known = all
            .entry((generation, account))
            .or_insert_with(|| KnownSize { size: watch::Sender::new(None), next_count: now });
        if known.next_count <= now {
            known.next_count = now + COUNT_EVERY;
            tokio::spawn(self.clone().count(generation, account));
        }
        known.size.subscribe()
    }

    async fn count(self, generation: u64, account: AccountId) {
        let start = Instant::now();
        let reads = self.0.store.reads().of_generation(generation);
        let size = match reads.account_size(account).await {
            Ok(size) => size,
            Err(error) => {
                tracing::debug!(cause = ?error.cause(), "an account was not counted");
                return;
            }
        };
        let pause = COUNT_EVERY.max(start.elapsed() * COUNT_PAUSE);
        let mut all = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = all.get_mut(&(generation, account)) {
            known.next_count = Instant::now() + pause;
            known.size.send_replace(Some(size));
        }
    }
}

impl Reads {
    async fn account_size(&self, account: AccountId) -> Result<AccountSize> {
        let start = || Column::StartedAt.into_simple_expr();
        let select = Query::select()
            .from(Entity)
            .expr(Func::count(Expr::col(Asterisk)))
            .expr(Func::min(start()))
            .expr(Func::max(start()))
            .and_where(Column::AccountId.eq(account.0))
            .take();
        let rows = self.rows(account, &select).await?;
        let Some(row) = rows.get(0) else { return Ok(AccountSize::default()) };
        let time = |micros: Option<i64>| micros.and_then(Timestamp::from_micros);
        Ok(AccountSize {
            sessions: row.i64(0)?.unsigned_abs(),
            first_start: time(row.opt_i64(1)?),
            last_start: time(row.opt_i64(2)?),
        })
    }
}

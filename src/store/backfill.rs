//! The pass over stored sessions that computes what a new step of the schema derives from them.

use entity::{
    account,
    backfill::{Column, Entity, Model},
    change_counter, chat_message, session,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait,
    IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, QueryTrait, sea_query::Expr,
};

use super::{
    database::Store,
    write_batch::{SessionAggregate, WriteBatch},
    writes::commit,
};
use crate::{
    domain::{indexed::Indexed, time::Timestamp, viewer::AccountId},
    error::Result,
};

/// The next sessions of the pass, in a transaction that has locked them.
#[derive(Debug)]
pub struct BackfillBatch {
    progress: Model,
    batch: WriteBatch,
    ids: Vec<i64>,
    /// Whether words of the account are stored.
    has_words: bool,
}

impl Store {
    /// Whether stored sessions lack what is derived from them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn needs_backfill(&self) -> Result<bool> {
        let unfinished = Entity::find().filter(Column::FinishedAt.is_null()).into_query();
        Ok(!self.primary_reads().internal_rows(&unfinished).await?.is_empty())
    }

    /// Begins a batch of the pass: at most this number of sessions of one account. Returns none when all
    /// sessions are done. Processes that do so at the same time wait for each other.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn backfill_batch(&self, size: u64, now: Timestamp) -> Result<Option<BackfillBatch>> {
        let transaction = self.begin().await?;
        let unfinished = Entity::find().filter(Column::FinishedAt.is_null());
        let Some(mut progress) = unfinished.lock_exclusive().one(&transaction).await? else {
            return Ok(None);
        };
        loop {
            let ids = lock_sessions(&transaction, &progress, size).await?;
            if !ids.is_empty() {
                let batch = WriteBatch::new(AccountId(progress.after_account), transaction);
                let has_words = has_words(batch.transaction(), batch.account()).await?;
                return Ok(Some(BackfillBatch { progress, batch, ids, has_words }));
            }
            match next_account(&transaction, progress.after_account).await? {
                Some(account) => (progress.after_account, progress.after_session) = (account, -1),
                None => {
                    progress.finished_at = Some(now.micros());
                    store_progress(&transaction, progress).await?;
                    commit(transaction).await?;
                    return Ok(None);
                }
            }
        }
    }
}

impl BackfillBatch {
    /// The transaction, which reads sessions of the account.
    pub fn transaction(&self) -> &WriteBatch {
        &self.batch
    }

    /// The numbers of the sessions.
    pub fn ids(&self) -> &[i64] {
        &self.ids
    }

    /// Stores what is derived from the sessions, and the position after them. Each session is given as it was
    /// and as it is now. Returns the number of sessions that are done.
    ///
    /// # Errors
    /// When the database fails. Then nothing of the batch is stored.
    pub async fn finish(
        mut self,
        sessions: &[(SessionAggregate, SessionAggregate)],
    ) -> Result<u64> {
        let transaction = self.batch.transaction();
        let changed = sessions.iter().filter(|(before, after)| before.session != after.session);
        let changed: Vec<_> = changed.map(|(_, after)| &after.session).collect();
        for rows in changed.chunks(ROWS_AT_ONCE) {
            transaction.execute_unprepared(&update_numbers(rows)).await?;
        }
        for (before, after) in sessions {
            update_roles(transaction, before, after).await?;
        }
        let after: Vec<_> = sessions.iter().map(|(_, after)| after).collect();
        if self.has_words {
            self.batch.replace_words(&after).await?;
        }
        self.progress.after_session = self.ids.last().copied().unwrap_or(-1);
        self.progress.sessions += i64::try_from(self.ids.len()).unwrap_or(i64::MAX);
        let done = self.progress.sessions.unsigned_abs();
        store_progress(transaction, self.progress).await?;
        self.batch.commit().await?;
        Ok(done)
    }
}

/// The number of sessions whose numbers one statement updates.
const ROWS_AT_ONCE: usize = 100;

/// The sessions after the position, in their order. Other transactions wait before they change them.
async fn lock_sessions(
    transaction: &DatabaseTransaction,
    after: &Model,
    size: u64,
) -> Result<Vec<i64>> {
    let sessions = session::Entity::find()
        .select_only()
        .column(session::Column::Id)
        .filter(session::Column::AccountId.eq(after.after_account))
        .filter(session::Column::Id.gt(after.after_session))
        .order_by_asc(session::Column::Id)
        .limit(size)
        .lock_exclusive();
    Ok(sessions.into_tuple().all(transaction).await?)
}

async fn next_account(transaction: &DatabaseTransaction, after: i64) -> Result<Option<i64>> {
    let next = account::Entity::find()
        .select_only()
        .column(account::Column::Id)
        .filter(account::Column::Id.gt(after))
        .order_by_asc(account::Column::Id)
        .limit(1);
    Ok(next.into_tuple().one(transaction).await?)
}

async fn has_words(transaction: &DatabaseTransaction, account: AccountId) -> Result<bool> {
    let counter = change_counter::Entity::find_by_id(account.0).one(transaction).await?;
    Ok(counter.is_none_or(|it| Indexed::of_stored(it.words_to) != Indexed::None))
}

async fn store_progress(transaction: &DatabaseTransaction, progress: Model) -> Result<()> {
    Entity::update(progress.into_active_model().reset_all()).exec(transaction).await?;
    Ok(())
}

/// One statement for the numbers of many sessions of an account. All values are numbers.
fn update_numbers(sessions: &[&session::Model]) -> String {
    let number = |of: fn(&session::Model) -> Option<i64>| {
        let cases = sessions.iter().filter_map(|session| Some((session.id, of(session)?)));
        let cases: String = cases.map(|(id, number)| format!(" WHEN {id} THEN {number}")).collect();
        if cases.is_empty() { "NULL".to_owned() } else { format!("CASE id{cases} END") }
    };
    let ids: Vec<_> = sessions.iter().map(|session| session.id.to_string()).collect();
    format!(
        "UPDATE session SET duration_seconds = {}, first_response_seconds = {}, chat_count = {} \
         WHERE account_id = {} AND id IN ({})",
        number(|session| session.duration_seconds),
        number(|session| session.first_response_seconds),
        number(|session| Some(session.chat_count)),
        sessions.first().map_or(0, |session| session.account_id),
        ids.join(", ")
    )
}

/// Stores the roles that a session's messages have now, one statement a role.
async fn update_roles(
    transaction: &DatabaseTransaction,
    before: &SessionAggregate,
    after: &SessionAggregate,
) -> Result<()> {
    use chat_message::Column;
    let pairs = before.chat.iter().zip(&after.chat);
    let changed = pairs.filter(|(before, after)| before.sender_role != after.sender_role);
    let mut changed: Vec<_> = changed.map(|(_, after)| after).collect();
    changed.sort_by_key(|message| &message.sender_role);
    for messages in changed.chunk_by(|one, other| one.sender_role == other.sender_role) {
        let role = messages.first().map(|message| message.sender_role.clone());
        chat_message::Entity::update_many()
            .col_expr(Column::SenderRole, Expr::value(role))
            .filter(Column::AccountId.eq(after.session.account_id))
            .filter(Column::SessionId.eq(after.session.id))
            .filter(Column::Seq.is_in(messages.iter().map(|message| message.seq)))
            .exec(transaction)
            .await?;
    }
    Ok(())
}

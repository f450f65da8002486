//! The audit of an account. An event is written in a transaction that has locked the account, so each has the
//! next number.

use entity::audit_event::{Column, Entity, Model};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    sea_query::{Expr, ExprTrait},
};

use super::{database::Store, next_number::next_number, write_batch::ChangeBatch};
use crate::{
    domain::{audit::NewAuditEvent, time::Timestamp, viewer::AccountId},
    error::Result,
};

impl Store {
    /// Writes an event that goes on: other transactions count what they change. Returns its number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_event(
        &self,
        account: AccountId,
        event: &NewAuditEvent,
        now: Timestamp,
    ) -> Result<i64> {
        self.retry_write(move || self.begin_event_once(account, event, now)).await
    }

    async fn begin_event_once(
        &self,
        account: AccountId,
        event: &NewAuditEvent,
        now: Timestamp,
    ) -> Result<i64> {
        let batch = self.batch(account).await?;
        let id = insert_event(batch.transaction(), account, event, now, None).await?;
        batch.commit().await?;
        Ok(id)
    }

    /// Ends an event, and sets the number of records that were read, if there is one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_event(
        &self,
        account: AccountId,
        id: i64,
        matched: Option<u64>,
        now: Timestamp,
    ) -> Result<()> {
        self.retry_write(move || self.end_event_once(account, id, matched, now)).await
    }

    async fn end_event_once(
        &self,
        account: AccountId,
        id: i64,
        matched: Option<u64>,
        now: Timestamp,
    ) -> Result<()> {
        let batch = self.batch(account).await?;
        batch.end_event(id, matched, now).await?;
        batch.commit().await
    }
}

impl ChangeBatch {
    /// Writes an event that has ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log_event(&self, event: &NewAuditEvent, now: Timestamp) -> Result<()> {
        let ended_at = Some(now);
        insert_event(self.transaction(), self.account(), event, now, ended_at).await.map(drop)
    }

    /// Adds sessions that this transaction changes to an event.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_changes(&self, event: i64, changed: u64) -> Result<()> {
        let added = Expr::col(Column::Changed).add(number(changed));
        self.update_event(event, &[(Column::Changed, added)]).await
    }

    /// How many sessions an event has changed in all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn changes_of(&self, event: i64) -> Result<u64> {
        let total = Entity::find_by_id((self.account().0, event)).one(self.transaction()).await?;
        Ok(total.map_or(0, |event| event.changed.unsigned_abs()))
    }

    /// Ends an event, and sets the number of records that were read, if there is one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_event(&self, event: i64, matched: Option<u64>, now: Timestamp) -> Result<()> {
        let mut values = vec![(Column::EndedAt, Expr::value(now.micros()))];
        values.extend(matched.map(|matched| (Column::Matched, Expr::value(number(matched)))));
        self.update_event(event, &values).await
    }

    async fn update_event(&self, event: i64, values: &[(Column, Expr)]) -> Result<()> {
        let mut update = Entity::update_many()
            .filter(Column::AccountId.eq(self.account().0))
            .filter(Column::Id.eq(event));
        for (column, value) in values {
            update = update.col_expr(*column, value.clone());
        }
        update.exec(self.transaction()).await?;
        Ok(())
    }
}

/// Writes an event of an account that the transaction has locked. Returns its number.
pub(super) async fn insert_event(
    transaction: &DatabaseTransaction,
    account: AccountId,
    event: &NewAuditEvent,
    now: Timestamp,
    ended_at: Option<Timestamp>,
) -> Result<i64> {
    let id = next_number::<Entity>(transaction, account, (Column::AccountId, Column::Id)).await?;
    let row = Model {
        account_id: account.0,
        id,
        started_at: now.micros(),
        ended_at: ended_at.map(Timestamp::micros),
        source: event.source.as_str().to_owned(),
        key_id: event.source.key(),
        action: event.action.as_str().to_owned(),
        fields: event.fields.clone(),
        subject: event.subject,
        matched: number(event.matched),
        changed: number(event.changed),
        held: number(event.held),
    };
    Entity::insert(row.into_active_model()).exec_without_returning(transaction).await?;
    Ok(id)
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

//! Webhooks: added, listed, removed, and how far each is.

use std::fmt;

use entity::webhook::{Column, Entity, Model};
use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QueryTrait, sea_query::Expr,
};

use super::{cluster::Row, database::Store, next_number::next_number, writes::commit};
use crate::{
    domain::{
        audit::{AuditAction, AuditSource, NewAuditEvent},
        time::Timestamp,
        viewer::AccountId,
    },
    error::Result,
};

/// The maximum length of the reason of a failure.
const MAX_ERROR_CHARS: usize = 200;

/// A webhook to be added.
pub struct NewWebhook {
    /// Where changes are sent.
    pub url: String,
    /// Whether the receiver may be in the internal network.
    pub internal: bool,
    /// The filter of the changes, in JSON.
    pub filter: Option<String>,
    /// The key of the signatures, in base64.
    pub secret: String,
    /// Whether what is stored now is sent, too.
    pub from_start: bool,
}

/// A webhook, and how far it is.
#[derive(Clone, PartialEq, Eq)]
pub struct Webhook(pub Model);

impl fmt::Debug for Webhook {
    /// Without the secret and the URL, which may have a token.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Webhook({}, {})", self.0.account_id, self.0.id)
    }
}

impl Webhook {
    /// The account whose changes are sent.
    pub fn account(&self) -> AccountId {
        AccountId(self.0.account_id)
    }
}

impl Store {
    /// Adds a webhook. Returns its number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_webhook(
        &self,
        account: AccountId,
        webhook: &NewWebhook,
        now: Timestamp,
    ) -> Result<i64> {
        self.retry_write(move || self.add_webhook_once(account, webhook, now)).await
    }

    async fn add_webhook_once(
        &self,
        account: AccountId,
        webhook: &NewWebhook,
        now: Timestamp,
    ) -> Result<i64> {
        let batch = self.batch(account).await?;
        let id =
            next_number::<Entity>(batch.transaction(), account, (Column::AccountId, Column::Id))
                .await?;
        let row = Model {
            account_id: account.0,
            id,
            url: webhook.url.clone(),
            internal: webhook.internal.into(),
            filter: webhook.filter.clone(),
            secret: webhook.secret.clone(),
            position: if webhook.from_start { 0 } else { batch.position() },
            created_at: now.micros(),
            delivered_at: None,
            failures: 0,
            error: None,
        };
        Entity::insert(row.into_active_model()).exec_without_returning(batch.transaction()).await?;
        batch.log_event(&event(AuditAction::AddWebhook, id), now).await?;
        batch.commit().await?;
        Ok(id)
    }

    /// Removes a webhook. Returns whether there was one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_webhook(
        &self,
        account: AccountId,
        id: i64,
        now: Timestamp,
    ) -> Result<bool> {
        self.retry_write(move || self.remove_webhook_once(account, id, now)).await
    }

    async fn remove_webhook_once(
        &self,
        account: AccountId,
        id: i64,
        now: Timestamp,
    ) -> Result<bool> {
        let batch = self.batch(account).await?;
        let removed = Entity::delete_by_id((account.0, id)).exec(batch.transaction()).await?;
        if removed.rows_affected == 0 {
            return Ok(false);
        }
        batch.log_event(&event(AuditAction::RemoveWebhook, id), now).await?;
        batch.commit().await?;
        Ok(true)
    }

    /// The webhooks of an account, or of all, in the order of their numbers.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn webhooks(&self, account: Option<AccountId>) -> Result<Vec<Webhook>> {
        let mut webhooks = Entity::find().order_by_asc(Column::AccountId).order_by_asc(Column::Id);
        if let Some(account) = account {
            webhooks = webhooks.filter(Column::AccountId.eq(account.0));
        }
        let rows = self.primary_reads().internal_rows(&webhooks.into_query()).await?;
        rows.iter().map(model).collect()
    }

    /// Stores that the changes up to a position were sent.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn store_delivery(
        &self,
        webhook: &Webhook,
        position: i64,
        now: Timestamp,
    ) -> Result<()> {
        let values = [
            (Column::Position, Expr::value(position)),
            (Column::DeliveredAt, Expr::value(now.micros())),
            (Column::Failures, Expr::value(0)),
            (Column::Error, Expr::value(None::<String>)),
        ];
        self.update_webhook(webhook, &values).await
    }

    /// Stores that changes up to a position were passed over, because the filter leaves them out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn store_position(&self, webhook: &Webhook, position: i64) -> Result<()> {
        self.update_webhook(webhook, &[(Column::Position, Expr::value(position))]).await
    }

    /// Stores the number of attempts that have failed one after the other, and why the last one did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn store_failure(&self, webhook: &Webhook, failures: i64, error: &str) -> Result<()> {
        let error: String = error.chars().take(MAX_ERROR_CHARS).collect();
        let values =
            [(Column::Failures, Expr::value(failures)), (Column::Error, Expr::value(error))];
        self.update_webhook(webhook, &values).await
    }

    /// Updates the row of a webhook, unless it was removed.
    async fn update_webhook(&self, webhook: &Webhook, values: &[(Column, Expr)]) -> Result<()> {
        self.retry_write(move || self.update_webhook_once(webhook, values)).await
    }

    async fn update_webhook_once(
        &self,
        webhook: &Webhook,
        values: &[(Column, Expr)],
    ) -> Result<()> {
        let transaction = self.begin().await?;
        let mut update = Entity::update_many()
            .filter(Column::AccountId.eq(webhook.0.account_id))
            .filter(Column::Id.eq(webhook.0.id))
            // Another webhook may have the number now.
            .filter(Column::CreatedAt.eq(webhook.0.created_at));
        for (column, value) in values {
            update = update.col_expr(*column, value.clone());
        }
        update.exec(&transaction).await?;
        commit(transaction).await
    }
}

/// The webhook in a row of all columns.
fn model(row: Row<'_>) -> Result<Webhook> {
    Ok(Webhook(Model {
        account_id: row.i64(0)?,
        id: row.i64(1)?,
        url: row.string(2)?,
        internal: row.i64(3)?,
        filter: row.text(4)?.map(str::to_owned),
        secret: row.string(5)?,
        position: row.i64(6)?,
        created_at: row.i64(7)?,
        delivered_at: row.opt_i64(8)?,
        failures: row.i64(9)?,
        error: row.text(10)?.map(str::to_owned),
    }))
}

fn event(action: AuditAction, webhook: i64) -> NewAuditEvent {
    NewAuditEvent { subject: Some(webhook), ..NewAuditEvent::new(AuditSource::Command, action) }
}

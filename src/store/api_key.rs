//! Keys: made, listed, revoked and recognised. A secret is only ever seen as its SHA-256.

use entity::{account, api_key, change_counter};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Cond, Expr},
};
use sha2::{Digest as _, Sha256};

use super::{cluster::Row, database::Store, reads::Reads, writes::commit};
use crate::{
    domain::{
        audit::{AuditAction, AuditSource, NewAuditEvent},
        indexed::Indexed,
        name::parse_name,
        time::Timestamp,
        viewer::{AccountId, CursorKey, Scope, Viewer},
    },
    error::{Code, Error, Result},
};

/// The maximum length of a secret, which the legacy URL limits.
pub const MAX_SECRET_CHARS: usize = 512;
/// A shorter secret could be guessed.
pub const MIN_SECRET_CHARS: usize = 8;

/// A key to be made.
#[derive(Clone, Debug)]
pub struct NewKey<'a> {
    /// The account it opens.
    pub account: AccountId,
    /// What the operator calls it.
    pub label: &'a str,
    /// What it may do.
    pub scopes: &'a [Scope],
    /// From when on it is refused, if ever.
    pub expires_at: Option<Timestamp>,
}

impl Store {
    /// Makes a key of a secret.
    ///
    /// # Errors
    /// When the secret is too short or long, has control characters, or is taken; when the
    /// label is no name, or the key would have expired already.
    pub async fn create_key(&self, key: &NewKey<'_>, secret: &str, now: Timestamp) -> Result<i64> {
        let length = secret.chars().count();
        if !(MIN_SECRET_CHARS..=MAX_SECRET_CHARS).contains(&length)
            || secret.chars().any(char::is_control)
            || secret.trim() != secret
        {
            return Err(Error::input(format!(
                "A secret has {MIN_SECRET_CHARS} to {MAX_SECRET_CHARS} characters, \
                 no control characters and no space around it."
            )));
        }
        let label = match key.label.trim() {
            "" => "",
            label => parse_name("The label of a key", label)?,
        };
        if let Some(end) = key.expires_at.filter(|end| *end <= now) {
            return Err(Error::input(format!("A key must expire in the future; {end} is past.")));
        }
        let hash = hash(secret).hex();
        let same = api_key::Entity::find().filter(api_key::Column::Hash.eq(&hash));
        if !self.primary_reads().internal_rows(&same.into_query()).await?.is_empty() {
            return Err(Error::input("A key with this secret exists already."));
        }
        let scopes: Vec<_> = key.scopes.iter().map(|scope| scope.as_str()).collect();
        let row = api_key::ActiveModel {
            account_id: Set(key.account.0),
            label: Set(label.to_owned()),
            // A quarter of a short secret identifies it, and discloses little.
            prefix: Set(secret.chars().take((length / 4).min(8)).collect()),
            hash: Set(hash),
            scopes: Set(scopes.join(" ")),
            created_at: Set(now.micros()),
            expires_at: Set(key.expires_at.map(Timestamp::micros)),
            ..api_key::ActiveModel::default()
        };
        // Imports lock the account, too: in a cluster, they can conflict with this.
        let row = &row;
        self.retry_write(move || self.insert_key(key.account, row.clone(), now)).await
    }

    async fn insert_key(
        &self,
        account: AccountId,
        row: api_key::ActiveModel,
        now: Timestamp,
    ) -> Result<i64> {
        let batch = self.batch(account).await?;
        let id = api_key::Entity::insert(row).exec(batch.transaction()).await?.last_insert_id;
        batch.log_event(&event(AuditAction::CreateKey, id), now).await?;
        batch.commit().await?;
        Ok(id)
    }

    /// The keys of an account, or of all, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keys(&self, account: Option<AccountId>) -> Result<Vec<api_key::Model>> {
        let mut keys = api_key::Entity::find().order_by_asc(api_key::Column::Id);
        if let Some(account) = account {
            keys = keys.filter(api_key::Column::AccountId.eq(account.0));
        }
        self.primary_reads().internal_rows(&keys.into_query()).await?.iter().map(model).collect()
    }

    /// Revokes a key. Returns whether there was a valid one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_key(&self, id: i64, now: Timestamp) -> Result<bool> {
        let found = api_key::Entity::find_by_id(id).into_query();
        let account = self.primary_reads().one(&found, |row| Ok(AccountId(row.i64(1)?))).await?;
        let Some(account) = account else { return Ok(false) };
        self.retry_write(move || self.revoke_key_of(account, id, now)).await
    }

    async fn revoke_key_of(&self, account: AccountId, id: i64, now: Timestamp) -> Result<bool> {
        let batch = self.batch(account).await?;
        let revoked = api_key::Entity::update_many()
            .col_expr(api_key::Column::RevokedAt, Expr::value(now.micros()))
            .filter(api_key::Column::Id.eq(id))
            .filter(api_key::Column::RevokedAt.is_null())
            .exec(batch.transaction())
            .await?;
        if revoked.rows_affected == 0 {
            return Ok(false);
        }
        batch.log_event(&event(AuditAction::RevokeKey, id), now).await?;
        batch.commit().await?;
        Ok(true)
    }

    /// Returns the owner of a key: none if the key is unknown, revoked or expired. A replica that has
    /// the key decides. A key that it does not have may be new, and is read from the primary once, if
    /// the primary is up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn viewer(&self, key: &Digest, now: Timestamp) -> Result<Option<Viewer>> {
        let found = self.reads().viewer(key, now).await?;
        if found.is_some() || !self.has_replicas() {
            return Ok(found);
        }
        match self.primary_reads().viewer(key, now).await {
            Err(error) if error.code() == Code::ServiceUnavailable => Ok(None),
            found => found,
        }
    }

    /// Writes the time of the use of a key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_key(&self, id: i64, now: Timestamp) -> Result<()> {
        let transaction = self.begin().await?;
        api_key::Entity::update_many()
            .col_expr(api_key::Column::LastUsedAt, Expr::value(now.micros()))
            .filter(api_key::Column::Id.eq(id))
            .exec(&transaction)
            .await?;
        commit(transaction).await
    }
}

/// The SHA-256 of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// As the column has it.
    fn hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The digest of a secret. None if the secret is too long to be one.
pub fn digest(secret: &str) -> Option<Digest> {
    (secret.len() <= MAX_SECRET_CHARS * 4).then(|| hash(secret))
}

impl Reads {
    /// Returns the owner of a key: none if the key is unknown, revoked or expired.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn viewer(&self, key: &Digest, now: Timestamp) -> Result<Option<Viewer>> {
        let unexpired = Cond::any()
            .add(api_key::Column::ExpiresAt.is_null())
            .add(api_key::Column::ExpiresAt.gt(now.micros()));
        let select = api_key::Entity::find()
            .select_only()
            .columns([
                api_key::Column::Id,
                api_key::Column::AccountId,
                api_key::Column::Label,
                api_key::Column::Scopes,
            ])
            .column_as(account::Column::Name, "account_name")
            .column_as(account::Column::CreatedAt, "account_created_at")
            .columns([change_counter::Column::WordsTo, change_counter::Column::Epoch])
            .join(
                JoinType::InnerJoin,
                api_key::Entity::belongs_to(account::Entity)
                    .from(api_key::Column::AccountId)
                    .to(account::Column::Id)
                    .into(),
            )
            .join(
                JoinType::InnerJoin,
                api_key::Entity::belongs_to(change_counter::Entity)
                    .from(api_key::Column::AccountId)
                    .to(change_counter::Column::AccountId)
                    .into(),
            )
            .filter(api_key::Column::Hash.eq(key.hex()))
            .filter(api_key::Column::RevokedAt.is_null())
            .filter(unexpired)
            .into_query();
        self.one(&select, |row| {
            let (account, scopes) = (AccountId(row.i64(1)?), row.string(3)?);
            Ok(Viewer {
                generation: self.generation(),
                key_id: row.i64(0)?,
                account,
                has_search: Indexed::of_stored(row.opt_i64(6)?) == Indexed::All,
                cursor_key: CursorKey::new(account, row.i64(5)?, row.opt_i64(7)?),
                key_label: row.string(2)?,
                scopes: scopes.split(' ').filter_map(|word| word.parse().ok()).collect(),
                account_name: row.string(4)?,
            })
        })
        .await
    }
}

/// The key in a row of all columns.
fn model(row: Row<'_>) -> Result<api_key::Model> {
    Ok(api_key::Model {
        id: row.i64(0)?,
        account_id: row.i64(1)?,
        label: row.string(2)?,
        prefix: row.string(3)?,
        hash: row.string(4)?,
        scopes: row.string(5)?,
        created_at: row.i64(6)?,
        expires_at: row.opt_i64(7)?,
        revoked_at: row.opt_i64(8)?,
        last_used_at: row.opt_i64(9)?,
    })
}

fn event(action: AuditAction, key: i64) -> NewAuditEvent {
    NewAuditEvent { subject: Some(key), ..NewAuditEvent::new(AuditSource::Command, action) }
}

fn hash(secret: &str) -> Digest {
    Digest(Sha256::digest(secret.as_bytes()).into())
}

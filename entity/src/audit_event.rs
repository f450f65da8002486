//! What changed the data or the keys of an account.

use sea_orm::entity::prelude::*;

/// A row of `audit_event`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_event")]
pub struct Model {
    /// The account.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: i64,
    /// The number of the event in the account, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// When it began.
    pub started_at: i64,
    /// When it ended; null while it goes on, and after it was interrupted.
    pub ended_at: Option<i64>,
    /// `KEY`, `COMMAND` or `RETENTION`.
    pub source: String,
    /// The key, if it was one.
    pub key_id: Option<i64>,
    /// What it is about.
    pub action: String,
    /// The fields that the filter tests, separated by spaces.
    pub fields: String,
    /// The number of the key or of the hold, or the months of a retention.
    pub subject: Option<i64>,
    /// How many sessions matched, or how many records were read.
    pub matched: i64,
    /// How many sessions were changed.
    pub changed: i64,
    /// How many sessions were held.
    pub held: i64,
}

impl ActiveModelBehavior for ActiveModel {}

//! How often a key called the legacy URL on a day.

use sea_orm::entity::prelude::*;

/// A row of `legacy_usage`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "legacy_usage")]
pub struct Model {
    /// The account that the key opens.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: i64,
    /// The key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key_id: i64,
    /// The day in UTC, in days since the Unix epoch.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: i64,
    /// The format of the answers; empty for calls that were refused, `OTHER` for calls that are not counted
    /// separately.
    #[sea_orm(primary_key, auto_increment = false)]
    pub format: String,
    /// The names of the elements, separated by spaces.
    #[sea_orm(primary_key, auto_increment = false)]
    pub vars: String,
    /// The names of the filters, separated by spaces. Their values are not stored.
    #[sea_orm(primary_key, auto_increment = false)]
    pub filters: String,
    /// The number of calls.
    pub calls: i64,
    /// The time of the last one.
    pub last_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}

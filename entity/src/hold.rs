//! A hold, which keeps sessions from being removed.

use sea_orm::entity::prelude::*;

/// A row of `hold`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "hold")]
pub struct Model {
    /// The account.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: i64,
    /// The number of the hold in the account, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// Why the sessions are held.
    pub reason: String,
    /// How many sessions were held.
    pub sessions: i64,
    /// When they were held.
    pub created_at: i64,
    /// When the hold was released, if it was.
    pub released_at: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}

//! A server whose sessions an account mirrors.

use sea_orm::entity::prelude::*;

/// A row of `sync_source`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sync_source")]
pub struct Model {
    /// The account.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: i64,
    /// The number of the source in the account, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// Its URL, without a key.
    pub address: String,
    /// When it was mirrored first.
    pub created_at: i64,
    /// The length of the next requested range of applet sessions, in seconds.
    pub applet_span: Option<i64>,
    /// The same of agent sessions.
    pub agent_span: Option<i64>,
    /// When the last whole answer was requested.
    pub read_at: Option<i64>,
    /// When the last attempt failed, if it was not followed by a whole answer.
    pub failed_at: Option<i64>,
    /// Why it failed.
    pub error: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}

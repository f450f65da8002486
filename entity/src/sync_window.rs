//! A range of starts of sessions of a source, and whether it was read.

use sea_orm::entity::prelude::*;

/// A row of `sync_window`. Its range is in seconds: the legacy URL has no finer times.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sync_window")]
pub struct Model {
    /// The account.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: i64,
    /// The source.
    #[sea_orm(primary_key, auto_increment = false)]
    pub source_id: i64,
    /// The start method of the sessions: APPLET or AGENT.
    #[sea_orm(primary_key, auto_increment = false)]
    pub method: String,
    /// The first second, since the Unix epoch.
    #[sea_orm(primary_key, auto_increment = false)]
    pub starts_at: i64,
    /// The second after the last.
    pub ends_at: i64,
    /// When its last whole answer was requested, in seconds since the Unix epoch.
    pub read_at: Option<i64>,
    /// How many attempts failed since then.
    pub attempts: i64,
    /// When the next attempt may be made, in seconds since the Unix epoch, if the last one failed.
    pub retry_at: Option<i64>,
    /// Why the last attempt failed.
    pub error: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}

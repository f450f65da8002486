//! One screen recording of a session.

use sea_orm::entity::prelude::*;

/// A row of `video`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "video")]
pub struct Model {
    /// The account.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: i64,
    /// The session.
    #[sea_orm(primary_key, auto_increment = false)]
    pub session_id: i64,
    /// Its place among the recordings, from 1 without a gap.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// Where it can be watched.
    pub url: String,
    /// When the recording began, where known.
    pub recorded_at: Option<i64>,
    /// Its length in seconds, where known.
    pub duration_seconds: Option<i64>,
    /// Its size in bytes, where known.
    pub size_bytes: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}

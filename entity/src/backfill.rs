//! How far the columns that are derived from the stored sessions are computed.

use sea_orm::entity::prelude::*;

/// The row of `backfill`. There is none if a step of the schema has never needed it.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "backfill")]
pub struct Model {
    /// Always 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// The account of the last session that is done.
    pub after_account: i64,
    /// The number of the last session that is done.
    pub after_session: i64,
    /// The number of sessions that are done.
    pub sessions: i64,
    /// When all sessions were done; null before.
    pub finished_at: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}

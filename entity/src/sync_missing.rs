//! A session that its source does not have any more.

use sea_orm::entity::prelude::*;

/// A row of `sync_missing`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sync_missing")]
pub struct Model {
    /// The account.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: i64,
    /// The source.
    #[sea_orm(primary_key, auto_increment = false)]
    pub source_id: i64,
    /// The session.
    #[sea_orm(primary_key, auto_increment = false)]
    pub session_id: i64,
    /// When it was not in the whole answer of its range.
    pub noticed_at: i64,
    /// When the source was asked for it by its number, if it was.
    pub confirmed_at: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}

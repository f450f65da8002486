//! The last change of a session.

use sea_orm::entity::prelude::*;

/// A row of `session_change`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session_change")]
pub struct Model {
    /// The account.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: i64,
    /// The number of the session.
    #[sea_orm(primary_key, auto_increment = false)]
    pub session_id: i64,
    /// The position in the order of commits of the account, from 1. Each change of a session gives it a new one.
    pub position: i64,
    /// `STORED` or `DELETED`.
    pub kind: String,
    /// When it was changed. Never less than at an earlier position.
    pub changed_at: i64,
    /// When the session was anonymized, if it is.
    pub anonymized_at: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}

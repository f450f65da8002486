//! A session of a hold that is not released.

use sea_orm::entity::prelude::*;

/// A row of `held_session`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "held_session")]
pub struct Model {
    /// The account.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: i64,
    /// The number of the session.
    #[sea_orm(primary_key, auto_increment = false)]
    pub session_id: i64,
    /// The number of the hold.
    #[sea_orm(primary_key, auto_increment = false)]
    pub hold_id: i64,
}

impl ActiveModelBehavior for ActiveModel {}

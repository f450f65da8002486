//! One field that the account adds to a session.

use sea_orm::entity::prelude::*;

/// A row of `custom_field`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "custom_field")]
pub struct Model {
    /// The account.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: i64,
    /// The session.
    #[sea_orm(primary_key, auto_increment = false)]
    pub session_id: i64,
    /// Its place among the fields, from 1 without a gap.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// Its name.
    pub name: String,
    /// Shadow of `name`.
    pub name_folded: String,
    /// Its value.
    pub value: Option<String>,
    /// Shadow of `value`.
    pub value_folded: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}

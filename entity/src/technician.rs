//! A technician of an account.

use sea_orm::entity::prelude::*;

/// A row of `technician`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "technician")]
pub struct Model {
    /// The account.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: i64,
    /// The number, within the account.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// The user name, unique within the account but for case.
    pub username: String,
    /// Shadow of `username`.
    pub username_folded: String,
    /// The name.
    pub name: Option<String>,
    /// Shadow of `name`.
    pub name_folded: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}

//! The words of the texts of a session, which searches compare. They are made of the texts.
//!
//! What each kind of database indexes has another type on each, and is not declared here.

use sea_orm::entity::prelude::*;

/// A row of `session_words`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session_words")]
pub struct Model {
    /// The account.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: i64,
    /// The session.
    #[sea_orm(primary_key, auto_increment = false)]
    pub session_id: i64,
    /// The number of the row within the session, from 1 without a gap.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// The words of one or several texts, folded, in their order: a space before and after each word,
    /// two spaces between two texts.
    #[sea_orm(column_type = "Text")]
    pub words: String,
}

impl ActiveModelBehavior for ActiveModel {}

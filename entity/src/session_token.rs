//! The tokens of the words of a session, by which a search finds it. Only MySQL and MariaDB have this table: the other
//! databases have an index of their own.

use sea_orm::entity::prelude::*;

/// A row of `session_token`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session_token")]
pub struct Model {
    /// The account.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: i64,
    /// The account and the beginning of a word, in letters and digits of ASCII.
    #[sea_orm(primary_key, auto_increment = false, column_type = "VarBinary(StringLen::N(84))")]
    pub token: Vec<u8>,
    /// The session.
    #[sea_orm(primary_key, auto_increment = false)]
    pub session_id: i64,
}

impl ActiveModelBehavior for ActiveModel {}

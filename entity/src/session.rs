//! One support session, with its customer and computer as they were then.

use sea_orm::entity::prelude::*;

/// A row of `session`.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    /// The account.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: i64,
    /// The legacy number, within the account.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// The technician. Null if the session was not answered.
    pub technician_id: Option<i64>,
    /// The customer's name.
    pub customer_name: Option<String>,
    /// Shadow of `customer_name`.
    pub customer_name_folded: Option<String>,
    /// The customer's e-mail address.
    pub customer_email: Option<String>,
    /// Shadow of `customer_email`.
    pub customer_email_folded: Option<String>,
    /// The customer's number in the account's own books.
    pub customer_number: Option<String>,
    /// Shadow of `customer_number`.
    pub customer_number_folded: Option<String>,
    /// The computer's name.
    pub computer_name: Option<String>,
    /// Shadow of `computer_name`.
    pub computer_name_folded: Option<String>,
    /// The computer's domain.
    pub computer_domain: Option<String>,
    /// Shadow of `computer_domain`.
    pub computer_domain_folded: Option<String>,
    /// The computer's operating system.
    pub computer_os: Option<String>,
    /// Shadow of `computer_os`.
    pub computer_os_folded: Option<String>,
    /// The customer's words about the problem.
    #[sea_orm(column_type = "Text", nullable)]
    pub problem_description: Option<String>,
    /// Shadow of `problem_description`.
    #[sea_orm(column_type = "Text", nullable)]
    pub problem_description_folded: Option<String>,
    /// The technician's notes.
    #[sea_orm(column_type = "Text", nullable)]
    pub notes: Option<String>,
    /// Shadow of `notes`.
    #[sea_orm(column_type = "Text", nullable)]
    pub notes_folded: Option<String>,
    /// `APPLET` or `AGENT`.
    pub start_method: String,
    /// When it began.
    pub started_at: i64,
    /// When it ended; null while it is open.
    pub ended_at: Option<i64>,
    /// How many recordings exist: as many as have a link, or 1 where they are known of without any.
    /// At 0 there is no row of one, and lists look for none.
    pub video_count: i64,
    /// How many chat messages there are. At 0 lists look for none.
    pub chat_count: i64,
    /// The whole seconds from the start to the end, rounded down; null while it is open.
    pub duration_seconds: Option<i64>,
    /// The whole seconds from the start to the first message of a technician; null without such a message.
    pub first_response_seconds: Option<i64>,
    /// When this row or what belongs to it was last changed.
    pub updated_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}

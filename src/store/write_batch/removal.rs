//! Removes sessions, and knows those that were removed.

use std::collections::BTreeMap;

use entity::{chat_message, custom_field, session, session_change, video};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::Expr,
};

use super::{
    ChangeBatch, MAX_WRITE_VALUES, WriteBatch, changes::LoggedChange, words::delete_words,
};
use crate::{
    domain::{
        filter::SessionFilter,
        search::SearchPlan,
        session_change::{ChangeKind, Removed},
        time::Timestamp,
    },
    error::{Error, Result},
    store::filter::{Target, in_list, matching},
};

impl WriteBatch {
    /// Those of these sessions that match a filter now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn matching(&self, ids: &[i64], filter: &SessionFilter) -> Result<Vec<i64>> {
        use session::Column;
        let target = Target::new(self.account, self.transaction.get_database_backend());
        // The words of these few sessions are tested. The index could find many others.
        let filter = &filter.plan_searches(|_| SearchPlan::TEST_EACH);
        let found = session::Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::AccountId.eq(self.account.0))
            .filter(in_list(target.backend, Column::Id, ids))
            .filter(matching(filter, target));
        Ok(found.into_tuple().all(&self.transaction).await?)
    }

    /// Those of these sessions that were removed, by number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn removed(&self, ids: &[i64]) -> Result<BTreeMap<i64, Removed>> {
        use session_change::Column;
        let backend = self.transaction.get_database_backend();
        let is_removed = Condition::any()
            .add(Column::Kind.eq(ChangeKind::Deleted.as_str()))
            .add(Column::AnonymizedAt.is_not_null());
        let mut removed = BTreeMap::new();
        for ids in ids.chunks(MAX_WRITE_VALUES / 2) {
            let rows: Vec<(i64, i64, Option<i64>)> = session_change::Entity::find()
                .select_only()
                .columns([Column::SessionId, Column::ChangedAt, Column::AnonymizedAt])
                .filter(Column::AccountId.eq(self.account.0))
                .filter(in_list(backend, Column::SessionId, ids))
                .filter(is_removed.clone())
                .into_tuple()
                .all(&self.transaction)
                .await?;
            for (session, changed_at, anonymized_at) in rows {
                let at = Timestamp::from_micros(anonymized_at.unwrap_or(changed_at))
                    .ok_or_else(|| Error::internal("a removal has an impossible time"))?;
                let is_deleted = anonymized_at.is_none();
                let how = if is_deleted { Removed::Deleted(at) } else { Removed::Anonymized(at) };
                removed.insert(session, how);
            }
        }
        Ok(removed)
    }

    /// Clears the texts of sessions and of their chats, and deletes their links, custom fields and words.
    async fn clear_texts(&self, ids: &[i64], changed_at: i64) -> Result<()> {
        use session::Column;
        let backend = self.transaction.get_database_backend();
        let cleared = [
            Column::CustomerName,
            Column::CustomerNameFolded,
            Column::CustomerEmail,
            Column::CustomerEmailFolded,
            Column::CustomerNumber,
            Column::CustomerNumberFolded,
            Column::ComputerName,
            Column::ComputerNameFolded,
            Column::ComputerDomain,
            Column::ComputerDomainFolded,
            Column::ComputerOs,
            Column::ComputerOsFolded,
            Column::ProblemDescription,
            Column::ProblemDescriptionFolded,
            Column::Notes,
            Column::NotesFolded,
        ];
        let mut sessions = session::Entity::update_many()
            .col_expr(Column::UpdatedAt, Expr::value(changed_at))
            .filter(Column::AccountId.eq(self.account.0))
            .filter(in_list(backend, Column::Id, ids));
        for column in cleared {
            sessions = sessions.col_expr(column, Expr::value(None::<String>));
        }
        sessions.exec(&self.transaction).await?;
        chat_message::Entity::update_many()
            .col_expr(chat_message::Column::Sender, Expr::value(None::<String>))
            .col_expr(chat_message::Column::SenderFolded, Expr::value(None::<String>))
            .col_expr(chat_message::Column::Body, Expr::value(""))
            .col_expr(chat_message::Column::BodyFolded, Expr::value(""))
            .filter(chat_message::Column::AccountId.eq(self.account.0))
            .filter(in_list(backend, chat_message::Column::SessionId, ids))
            .exec(&self.transaction)
            .await?;
        macro_rules! delete_from {
            ($($table:ident)+) => {$(
                $table::Entity::delete_many()
                    .filter($table::Column::AccountId.eq(self.account.0))
                    .filter(in_list(backend, $table::Column::SessionId, ids))
                    .exec(&self.transaction)
                    .await?;
            )+};
        }
        delete_from!(video custom_field);
        Ok(delete_words(&self.transaction, self.account, ids).await?)
    }
}

impl ChangeBatch {
    /// Deletes stored sessions with all that belongs to them, and logs it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete(&mut self, ids: &[i64], changed_at: i64) -> Result<()> {
        self.batch.delete_sessions(ids).await?;
        self.log_removal(LoggedChange::Deleted, ids, changed_at).await
    }

    /// Clears the texts of stored sessions and of all that belongs to them, and logs it. Times, numbers, the
    /// number and the roles of messages, and the technicians stay.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn anonymize(&mut self, ids: &[i64], changed_at: i64) -> Result<()> {
        self.batch.clear_texts(ids, changed_at).await?;
        self.log_removal(LoggedChange::Anonymized, ids, changed_at).await
    }

    async fn log_removal(
        &mut self,
        change: LoggedChange,
        ids: &[i64],
        changed_at: i64,
    ) -> Result<()> {
        let changes = ids.iter().map(|id| (*id, changed_at));
        self.log.append(&self.batch.transaction, change, changes).await
    }
}

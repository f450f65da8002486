//! Recordings of sessions, for many sessions at once.

use std::collections::BTreeMap;

use entity::video::{Column, Entity};
use sea_orm::DerivePartialModel;

use super::{Reads, child::Table};
use crate::{
    domain::{
        filter::VideoFilter,
        page::{PageRequest, Seq},
        viewer::AccountId,
    },
    error::Result,
};

/// A recording as it is read.
#[derive(Clone, Debug, PartialEq, Eq, DerivePartialModel)]
#[sea_orm(entity = "Entity")]
#[expect(missing_docs, reason = "the columns are documented in the entity")]
pub struct Row {
    pub session_id: i64,
    pub seq: i64,
    pub url: String,
    pub recorded_at: Option<i64>,
    pub duration_seconds: Option<i64>,
    pub size_bytes: Option<i64>,
}

const TABLE: Table<Entity> =
    Table { account_id: Column::AccountId, session_id: Column::SessionId, seq: Column::Seq };

impl Reads {
    /// The same page of each session's recordings, in one statement: each session's in order from
    /// the asked end, one more than asked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn video_pages(
        &self,
        account: AccountId,
        sessions: &[i64],
        filter: &VideoFilter,
        page: &PageRequest<Seq>,
    ) -> Result<Vec<Row>> {
        TABLE.pages(self, account, sessions, filter, page).await
    }

    /// How many recordings of each session a filter keeps; sessions without any are left out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn video_counts(
        &self,
        account: AccountId,
        sessions: &[i64],
        filter: &VideoFilter,
    ) -> Result<BTreeMap<i64, u64>> {
        TABLE.counts(self, account, sessions, filter).await
    }

    /// The recordings with these sessions and places, and perhaps others of the same sessions.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn video_by_id(
        &self,
        account: AccountId,
        sessions: &[i64],
        places: &[i64],
    ) -> Result<Vec<Row>> {
        TABLE.around(self, account, sessions, places).await
    }
}

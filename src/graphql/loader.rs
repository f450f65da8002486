//! Reads of single things, gathered into one statement for all that ask at the same time.

use std::{collections::HashMap, hash::Hash, sync::Arc, time::Duration};

use async_graphql::{dataloader::Loader, runtime::Timer};
use futures_util::{FutureExt, future::BoxFuture};

use crate::{
    domain::{
        filter::{ChatMessageCondition, Filter, SessionFilter, VideoCondition},
        page::{Page, PageRequest, Seq, SessionPosition},
        viewer::AccountId,
    },
    error::{Error, Result},
    store::{Reads, chat_message, custom_field, session, technician, video},
};

/// What all loaders of a request share.
#[derive(Clone, Debug)]
pub struct Loaders {
    pub(super) reads: Reads,
    pub(super) account: AccountId,
}

/// Waits for the fields that are ready to run, and no longer, before a batch is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Yielding;

impl Timer for Yielding {
    fn delay(&self, _duration: Duration) -> BoxFuture<'static, ()> {
        // Several turns, since a field may reach its loader only after a turn of its own.
        async {
            for _ in 0..3 {
                tokio::task::yield_now().await;
            }
        }
        .boxed()
    }
}

/// A session by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct SessionId(pub(super) i64);

/// A technician by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct TechnicianId(pub(super) i64);

/// The custom fields of this session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct CustomFieldsOf(pub(super) i64);

/// A chat message by session and place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct ChatMessageId(pub(super) i64, pub(super) i64);

/// A recording by session and place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct VideoId(pub(super) i64, pub(super) i64);

/// A question about what belongs to one parent. Parents that share the question share a statement.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Of<Q> {
    /// The parent's number.
    pub(super) parent: i64,
    /// What is asked about it.
    pub(super) question: Arc<Q>,
}

/// A page of the children that a filter keeps.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct ChildPage<C: Eq + Hash> {
    pub(super) filter: Filter<C>,
    pub(super) page: PageRequest<Seq>,
}

/// A page of a technician's sessions.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct SessionPage {
    pub(super) listing: session::Listing,
    pub(super) page: PageRequest<SessionPosition>,
}

/// How many children a filter keeps; or, of a technician, how many sessions.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Count<F>(pub(super) F);

/// The parents of each question.
fn by_question<Q: Eq + Hash>(keys: &[Of<Q>]) -> HashMap<&Arc<Q>, Vec<i64>> {
    let mut questions: HashMap<_, Vec<_>> = HashMap::new();
    for key in keys {
        questions.entry(&key.question).or_default().push(key.parent);
    }
    questions
}

/// The pages of all parents of a question, from rows that were read for all of them.
fn pages<Q, R, P>(
    question: &Arc<Q>,
    parents: &[i64],
    rows: Vec<R>,
    page: &PageRequest<P>,
    parent: impl Fn(&R) -> Option<i64>,
) -> Vec<(Of<Q>, Page<Arc<R>>)> {
    let mut of_parent: HashMap<i64, Vec<Arc<R>>> = HashMap::new();
    for row in rows {
        if let Some(parent) = parent(&row) {
            of_parent.entry(parent).or_default().push(Arc::new(row));
        }
    }
    let page_of = |parent: &i64| {
        let rows = of_parent.remove(parent).unwrap_or_default();
        let key = Of { parent: *parent, question: question.clone() };
        (key, Page::from_read(rows, page))
    };
    parents.iter().map(page_of).collect()
}

impl Loader<SessionId> for Loaders {
    type Value = Arc<session::Row>;
    type Error = Error;

    async fn load(&self, keys: &[SessionId]) -> Result<HashMap<SessionId, Self::Value>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = self.reads.sessions_by_id(self.account, &ids).await?;
        Ok(rows.into_iter().map(|row| (SessionId(row.id), Arc::new(row))).collect())
    }
}

impl Loader<TechnicianId> for Loaders {
    type Value = Arc<technician::Row>;
    type Error = Error;

    async fn load(&self, keys: &[TechnicianId]) -> Result<HashMap<TechnicianId, Self::Value>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = self.reads.technicians_by_id(self.account, &ids).await?;
        Ok(rows.into_iter().map(|row| (TechnicianId(row.id), Arc::new(row))).collect())
    }
}

impl Loader<CustomFieldsOf> for Loaders {
    type Value = Vec<Arc<custom_field::Row>>;
    type Error = Error;

    async fn load(&self, keys: &[CustomFieldsOf]) -> Result<HashMap<CustomFieldsOf, Self::Value>> {
        let sessions: Vec<_> = keys.iter().map(|key| key.0).collect();
        let mut fields: HashMap<_, Vec<_>> = HashMap::new();
        for row in self.reads.custom_fields(self.account, &sessions).await? {
            fields.entry(CustomFieldsOf(row.session_id)).or_default().push(Arc::new(row));
        }
        Ok(fields)
    }
}

/// The loaders of one kind of child: by id, by page, and counted.
macro_rules! child_loaders {
    ($module:ident, $id:ident, $condition:ident) => {
        impl Loader<$id> for Loaders {
            type Value = Arc<$module::Row>;
            type Error = Error;

            async fn load(&self, keys: &[$id]) -> Result<HashMap<$id, Self::Value>> {
                let (sessions, places): (Vec<_>, Vec<_>) =
                    keys.iter().map(|key| (key.0, key.1)).unzip();
                let rows = self
                    .reads
                    .children_by_id::<$module::Row>(self.account, &sessions, &places)
                    .await?;
                Ok(rows
                    .into_iter()
                    .map(|row| ($id(row.session_id, row.seq), Arc::new(row)))
                    .collect())
            }
        }

        impl Loader<Of<ChildPage<$condition>>> for Loaders {
            type Value = Page<Arc<$module::Row>>;
            type Error = Error;

            async fn load(
                &self,
                keys: &[Of<ChildPage<$condition>>],
            ) -> Result<HashMap<Of<ChildPage<$condition>>, Self::Value>> {
                let mut found = HashMap::new();
                for (question, parents) in by_question(keys) {
                    let ChildPage { filter, page } = &**question;
                    let rows = self
                        .reads
                        .child_pages::<$module::Row>(self.account, &parents, filter, page)
                        .await?;
                    found.extend(pages(question, &parents, rows, page, |row| Some(row.session_id)));
                }
                Ok(found)
            }
        }

        impl Loader<Of<Count<Filter<$condition>>>> for Loaders {
            type Value = u64;
            type Error = Error;

            async fn load(
                &self,
                keys: &[Of<Count<Filter<$condition>>>],
            ) -> Result<HashMap<Of<Count<Filter<$condition>>>, u64>> {
                let mut found = HashMap::new();
                for (question, parents) in by_question(keys) {
                    let counts = self
                        .reads
                        .child_counts::<$module::Row>(self.account, &parents, &question.0)
                        .await?;
                    let key = |parent| Of { parent, question: question.clone() };
                    found.extend(counts.into_iter().map(|(parent, count)| (key(parent), count)));
                }
                Ok(found)
            }
        }
    };
}

child_loaders!(chat_message, ChatMessageId, ChatMessageCondition);
child_loaders!(video, VideoId, VideoCondition);

impl Loader<Of<SessionPage>> for Loaders {
    type Value = Page<Arc<session::Row>>;
    type Error = Error;

    async fn load(
        &self,
        keys: &[Of<SessionPage>],
    ) -> Result<HashMap<Of<SessionPage>, Self::Value>> {
        let mut found = HashMap::new();
        for (question, parents) in by_question(keys) {
            let SessionPage { listing, page } = &**question;
            let reads = &self.reads;
            let rows = reads.session_pages_by_technician(self.account, &parents, listing, page);
            found.extend(pages(question, &parents, rows.await?, page, |row| row.technician_id));
        }
        Ok(found)
    }
}

impl Loader<Of<Count<SessionFilter>>> for Loaders {
    type Value = u64;
    type Error = Error;

    async fn load(
        &self,
        keys: &[Of<Count<SessionFilter>>],
    ) -> Result<HashMap<Of<Count<SessionFilter>>, u64>> {
        let mut found = HashMap::new();
        for (question, parents) in by_question(keys) {
            let reads = &self.reads;
            let counts = reads.session_counts_by_technician(self.account, &parents, &question.0);
            let key = |parent| Of { parent, question: question.clone() };
            found.extend(counts.await?.into_iter().map(|(parent, count)| (key(parent), count)));
        }
        Ok(found)
    }
}

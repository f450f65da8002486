//! Relay connections: the arguments of a page, and the page as an answer.

use std::sync::Arc;

use async_graphql::{
    Context, Object, OutputType, Result,
    connection::{Connection as RelayConnection, Edge},
};

use super::{
    context::{RequestContext, request},
    error::here,
    limits::Limits,
    loader::{Count, Of},
};
use crate::{
    domain::{
        cursor::{self, List, Position},
        filter::{ChatMessageFilter, SessionFilter, TechnicianFilter, VideoFilter},
        page::{End, Page, PageRequest},
        viewer::AccountId,
    },
    error::Error,
};

/// A page of `T`, with the number of all.
pub type Connection<T> = RelayConnection<String, T, Total>;

/// The arguments of a page, as the caller gave them.
#[derive(Debug)]
pub(super) struct PageArguments {
    pub(super) first: Option<i32>,
    pub(super) after: Option<String>,
    pub(super) last: Option<i32>,
    pub(super) before: Option<String>,
}

impl PageArguments {
    /// The page of a list that they ask for.
    pub(super) fn read<P: Position>(
        &self,
        account: AccountId,
        list: List,
        limits: &Limits,
    ) -> Result<PageRequest<P>, Error> {
        let most = match list {
            List::Sessions | List::Technicians => limits.max_page_size,
            List::ChatMessages(_) | List::Videos(_) => limits.max_child_page_size,
        };
        let (size, end) = match (self.first, self.last) {
            (Some(_), Some(_)) => {
                return Err(Error::input("Ask for 'first' or for 'last', not for both."));
            }
            (None, Some(last)) => (size("last", last, most)?, End::Last),
            (Some(first), None) => (size("first", first, most)?, End::First),
            (None, None) => (limits.default_page_size.min(most), End::First),
        };
        let position = |cursor: &Option<String>| {
            cursor.as_deref().map(|cursor| cursor::decode(account, list, cursor)).transpose()
        };
        Ok(PageRequest {
            size,
            end,
            after: position(&self.after)?,
            before: position(&self.before)?,
        })
    }
}

fn size(name: &str, size: i32, most: u32) -> Result<u32, Error> {
    match u32::try_from(size) {
        Err(_) => Err(Error::input(format!("'{name}' must not be negative."))),
        Ok(size) if size > most => Err(Error::input(format!("'{name}' must be at most {most}."))),
        Ok(size) => Ok(size),
    }
}

/// A page as a connection.
pub(super) fn connection<R, T, P>(
    account: AccountId,
    list: List,
    page: Page<R>,
    total: Total,
    position: impl Fn(&R) -> P,
    node: impl Fn(R) -> T,
) -> Connection<T>
where
    T: OutputType,
    P: Position,
{
    let mut connection =
        RelayConnection::with_additional_fields(page.has_previous, page.has_next, total);
    connection.edges.extend(page.rows.into_iter().map(|row| {
        let cursor = cursor::encode(account, list, &position(&row));
        Edge::new(cursor, node(row))
    }));
    connection
}

/// What a connection's total counts. It is counted only when it is selected.
#[derive(Debug)]
pub enum Total {
    /// The account's sessions.
    Sessions(SessionFilter),
    /// A technician's sessions.
    SessionsOf(i64, SessionFilter),
    /// The account's technicians.
    Technicians(TechnicianFilter),
    /// A session's chat messages.
    ChatMessagesOf(i64, ChatMessageFilter),
    /// A session's recordings.
    VideosOf(i64, VideoFilter),
}

impl Total {
    async fn count(&self, request: &RequestContext) -> Result<u64, Error> {
        let account = request.reader()?.account;
        let (reads, loaders) = (request.reads(), request.loaders()?);
        match self {
            Self::Sessions(filter) => reads.session_count(account, filter).await,
            Self::Technicians(filter) => reads.technician_count(account, filter).await,
            Self::SessionsOf(technician, filter) => {
                Ok(loaders.load_one(count(*technician, filter)).await?.unwrap_or(0))
            }
            Self::ChatMessagesOf(session, filter) => {
                Ok(loaders.load_one(count(*session, filter)).await?.unwrap_or(0))
            }
            Self::VideosOf(session, filter) => {
                Ok(loaders.load_one(count(*session, filter)).await?.unwrap_or(0))
            }
        }
    }
}

fn count<F: Clone>(parent: i64, filter: &F) -> Of<Count<F>> {
    Of { parent, question: Arc::new(Count(filter.clone())) }
}

#[Object]
impl Total {
    /// How many there are on all pages together. Counting takes a while where there are many.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i32> {
        let count = self.count(request(ctx)).await.map_err(|error| here(ctx, error))?;
        Ok(i32::try_from(count).unwrap_or(i32::MAX))
    }
}

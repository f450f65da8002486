//! Support sessions.

use std::{hash::Hash, sync::Arc};

use async_graphql::{
    Context, Enum, ID, Object, OutputType, Result, SimpleObject, dataloader::Loader,
};

use super::{
    chat_message::ChatMessage,
    connection::{Connection, PageArguments, Total, connection},
    context::{RequestContext, request},
    custom_field::CustomField,
    error::here,
    input::{chat_message::ChatMessageFilter, video::VideoFilter},
    loader::{ChildPage, CustomFieldsOf, Loaders, Of, TechnicianId},
    node::NodeId,
    scalar::DateTime,
    technician::Technician,
    video::Video,
};
use crate::{
    domain::{
        cursor::List,
        filter::Filter,
        page::{Page, Seq},
        session as domain, text,
        time::Timestamp,
    },
    error::Error,
    store::session::Row,
};

/// How a session began.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "crate::domain::session::StartMethod")]
pub enum StartMethod {
    /// The customer started it, for example with a PIN.
    Applet,
    /// It was started through the agent that runs on the customer's computer.
    Agent,
}

/// The customer, as they were at the time of the session.
#[derive(Debug, SimpleObject)]
pub struct Customer {
    /// The customer's name.
    name: Option<String>,
    /// The customer's e-mail address.
    email: Option<String>,
    /// The customer's number in the account's own books.
    number: Option<String>,
}

/// The customer's computer, as it was at the time of the session.
#[derive(Debug, SimpleObject)]
pub struct Computer {
    /// The computer's name.
    name: Option<String>,
    /// The domain or workgroup of the computer.
    domain: Option<String>,
    /// The computer's operating system.
    os: Option<String>,
}

/// A remote-support session.
#[derive(Clone, Debug)]
pub struct Session(pub(super) Arc<Row>);

/// A remote-support session.
#[Object]
impl Session {
    /// The object's id, unique in the account.
    pub(super) async fn id(&self) -> ID {
        NodeId::Session(self.0.id).into()
    }

    /// The session's number in the support tool.
    async fn legacy_id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// When the session began.
    async fn started_at(&self) -> Result<DateTime> {
        stored_time(self.0.started_at)
    }

    /// When the session ended; null while it is open.
    async fn ended_at(&self) -> Option<DateTime> {
        self.0.ended_at.and_then(DateTime::from_micros)
    }

    /// How long the session took, in whole seconds; null while it is open.
    async fn duration_seconds(&self) -> Option<i32> {
        let start = Timestamp::from_micros(self.0.started_at)?;
        let end = Timestamp::from_micros(self.0.ended_at?)?;
        i32::try_from(end.seconds_since(start)).ok()
    }

    /// When the session, or anything that belongs to it, was last changed in this gateway.
    async fn updated_at(&self) -> Result<DateTime> {
        stored_time(self.0.updated_at)
    }

    /// How the session began.
    async fn start_method(&self) -> Result<StartMethod> {
        let method: Result<domain::StartMethod, _> = self.0.start_method.parse();
        let unknown = |_| Error::internal("the start method that is stored is not known");
        Ok(method.map_err(unknown)?.into())
    }

    /// Whether a technician answered.
    async fn answered(&self) -> bool {
        self.0.technician_id.is_some()
    }

    /// The customer.
    async fn customer(&self) -> Customer {
        Customer {
            name: self.0.customer_name.clone(),
            email: self.0.customer_email.clone(),
            number: self.0.customer_number.clone(),
        }
    }

    /// The customer's computer.
    async fn computer(&self) -> Computer {
        Computer {
            name: self.0.computer_name.clone(),
            domain: self.0.computer_domain.clone(),
            os: self.0.computer_os.clone(),
        }
    }

    /// The technician who helped; null when nobody answered.
    async fn technician(&self, ctx: &Context<'_>) -> Option<Result<Technician>> {
        let id = TechnicianId(self.0.technician_id?);
        let load = async { request(ctx).loaders()?.load_one(id).await };
        let found = load.await.map_err(|error| here(ctx, error));
        found.map(|found| found.map(Technician)).transpose()
    }

    /// The customer's description of the problem.
    async fn problem_description(&self) -> Option<&str> {
        self.0.problem_description.as_deref()
    }

    /// The technician's notes.
    async fn notes(&self) -> Option<&str> {
        self.0.notes.as_deref()
    }

    /// Whether there are recordings of the session.
    async fn has_videos(&self) -> bool {
        self.0.video_count > 0
    }

    /// The chat, in order.
    async fn chat_messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only messages that this keeps.")] filter: Option<ChatMessageFilter>,
        #[graphql(desc = "Only so many from the beginning.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "Only so many from the end.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<Connection<ChatMessage>> {
        let session = self.0.id;
        let load = async {
            let filter = filter.unwrap_or_default().read()?;
            let page = PageArguments { first, after, last, before };
            let total = Total::ChatMessagesOf(session, filter.clone());
            let of = (List::ChatMessages(session), session);
            children(request(ctx), of, filter, &page, total, |row| Seq(row.seq), ChatMessage).await
        };
        load.await.map_err(|error| here(ctx, error))
    }

    /// The recordings, in order.
    async fn videos(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only recordings that this keeps.")] filter: Option<VideoFilter>,
        #[graphql(desc = "Only so many from the beginning.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "Only so many from the end.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<Connection<Video>> {
        let session = self.0.id;
        let load = async {
            let filter = filter.unwrap_or_default().read()?;
            let page = PageArguments { first, after, last, before };
            let total = Total::VideosOf(session, filter.clone());
            let of = (List::Videos(session), session);
            children(request(ctx), of, filter, &page, total, |row| Seq(row.seq), Video).await
        };
        load.await.map_err(|error| here(ctx, error))
    }

    /// The fields that the account adds to its sessions, in order.
    async fn custom_fields(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only fields with this name, whatever its letter case.")] name: Option<
            String,
        >,
    ) -> Result<Vec<CustomField>> {
        let load = async { request(ctx).loaders()?.load_one(CustomFieldsOf(self.0.id)).await };
        let rows = load.await.map_err(|error| here(ctx, error))?;
        let name = name.as_deref().map(text::fold);
        let named = |row: &Arc<_>| name.as_ref().is_none_or(|name| named(row, name));
        Ok(rows.into_iter().flatten().filter(named).map(CustomField).collect())
    }
}

fn named(row: &crate::store::custom_field::Row, name: &str) -> bool {
    row.name_folded == name
}

/// A page of what belongs to a session.
async fn children<C, R, T>(
    request: &RequestContext,
    (list, session): (List, i64),
    filter: Filter<C>,
    page: &PageArguments,
    total: Total,
    position: impl Fn(&Arc<R>) -> Seq,
    node: impl Fn(Arc<R>) -> T,
) -> Result<Connection<T>, Error>
where
    C: Clone + Eq + Hash + Send + Sync + 'static,
    R: Send + Sync + 'static,
    T: OutputType,
    Loaders: Loader<Of<ChildPage<C>>, Value = Page<Arc<R>>, Error = Error>,
{
    let account = request.reader()?.account;
    let page = page.read(account, list, request.limits())?;
    let question = Arc::new(ChildPage { filter, page });
    let rows = request.loaders()?.load_one(Of { parent: session, question }).await?;
    Ok(connection(account, list, rows.ok_or_else(not_loaded)?, total, position, node))
}

/// A time that the table cannot leave out.
pub(super) fn stored_time(micros: i64) -> Result<DateTime> {
    let unknown = || Error::internal("the time that is stored is out of range").into();
    DateTime::from_micros(micros).ok_or_else(unknown)
}

/// Every page that is asked for is loaded, be it empty.
pub(super) fn not_loaded() -> Error {
    Error::internal("a page was not loaded")
}

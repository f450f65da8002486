//! The root of all queries.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};

use super::{
    connection::{Connection, PageArguments, Total, connection},
    context::request,
    input::{
        session::{SessionFilter, SessionOrder},
        technician::TechnicianFilter,
    },
    loader::SessionId,
    node::{self, Node},
    session::Session,
    technician::{Technician, session_connection},
    viewer::{Viewer, viewer},
};
use crate::{
    domain::{
        cursor::List,
        page::{Page, TechnicianPosition},
    },
    error::Error,
    store::session::Listing,
};

/// The history of the account that the key opens.
#[derive(Debug)]
pub struct Query;

/// The history of the account that the key opens.
#[Object]
impl Query {
    /// One session, by its id or by its bare legacy number.
    async fn session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The session's id, or its number in the support tool.")] id: ID,
    ) -> Option<Result<Session>> {
        let find = async {
            let loaders = request(ctx).loaders()?;
            loaders.load_one(SessionId(node::session_number(&id)?)).await
        };
        nullable(find.await.map(|row| row.map(Session)))
    }

    /// The account's sessions.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a connection")]
    async fn sessions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only sessions that this keeps.")] filter: Option<SessionFilter>,
        #[graphql(desc = "The order.", default_with = "Some(SessionOrder::default())")]
        order_by: Option<SessionOrder>,
        #[graphql(desc = "Only so many from the beginning.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "Only so many from the end.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<Connection<Session>> {
        let request = request(ctx);
        let account = request.reader()?.account;
        let page = PageArguments { first, after, last, before };
        let page = page.read(account, List::Sessions, request.limits())?;
        let filter = filter.unwrap_or_default().read()?;
        let listing = Listing { filter, order: order_by.unwrap_or_default().into() };
        let rows = request.reads().session_page(account, &listing, &page).await?;
        Ok(session_connection(account, shared(rows), Total::Sessions(listing.filter)))
    }

    /// One technician, by user name, whatever its letter case.
    async fn technician(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The technician's user name.")] username: String,
    ) -> Option<Result<Technician>> {
        let request = request(ctx);
        let find = async {
            let account = request.reader()?.account;
            request.reads().technician_by_username(account, &username).await
        };
        nullable(find.await.map(|row| row.map(|row| Technician(Arc::new(row)))))
    }

    /// The account's technicians by user name.
    async fn technicians(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only technicians that this keeps.")] filter: Option<TechnicianFilter>,
        #[graphql(desc = "Only so many from the beginning.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "Only so many from the end.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<Connection<Technician>> {
        let request = request(ctx);
        let account = request.reader()?.account;
        let list = List::Technicians;
        let page = PageArguments { first, after, last, before };
        let page = page.read(account, list, request.limits())?;
        let filter = filter.unwrap_or_default().read()?;
        let rows = shared(request.reads().technician_page(account, &filter, &page).await?);
        let total = Total::Technicians(filter);
        let position = |row: &Arc<crate::store::technician::Row>| {
            TechnicianPosition(row.username_folded.clone())
        };
        Ok(connection(account, list, rows, total, position, Technician))
    }

    /// Any object by its id; null where the account has none of that id.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The object's id.")] id: ID,
    ) -> Option<Result<Node>> {
        nullable(node::find(request(ctx), &id).await)
    }

    /// Objects by their ids, in the order of the ids; null where the account has none of that id.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The objects' ids.")] ids: Vec<ID>,
    ) -> Vec<Option<Result<Node>>> {
        let find = |id: ID| async move { nullable(node::find(request(ctx), &id).await) };
        futures_util::future::join_all(ids.into_iter().map(find)).await
    }

    /// The caller.
    async fn viewer(&self, ctx: &Context<'_>) -> Result<Viewer> {
        Ok(viewer(request(ctx))?)
    }
}

/// A nullable field that may fail: null beside its error, with the rest of the answer.
fn nullable<T>(found: Result<Option<T>, Error>) -> Option<Result<T>> {
    found.map_err(Into::into).transpose()
}

fn shared<T>(page: Page<T>) -> Page<Arc<T>> {
    let Page { rows, has_previous, has_next } = page;
    Page { rows: rows.into_iter().map(Arc::new).collect(), has_previous, has_next }
}

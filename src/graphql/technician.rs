//! Technicians.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};

use super::{
    connection::{Connection, PageArguments, Total, connection},
    context::request,
    error::here,
    input::session::{SessionFilter, SessionOrder},
    loader::{Of, SessionPage},
    node::NodeId,
    session::{Session, not_loaded},
};
use crate::{
    domain::{
        cursor::List,
        page::{Page, SessionPosition},
        viewer::AccountId,
    },
    store::{
        session::{self, Listing},
        technician::Row,
    },
};

/// Somebody who helps customers.
#[derive(Clone, Debug)]
pub struct Technician(pub(super) Arc<Row>);

/// Somebody who helps customers.
#[Object]
impl Technician {
    /// The object's id, unique in the account.
    pub(super) async fn id(&self) -> ID {
        NodeId::Technician(self.0.id).into()
    }

    /// The user name, usually an e-mail address; unique in the account.
    async fn username(&self) -> &str {
        &self.0.username
    }

    /// The name.
    async fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// The sessions that the technician answered.
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
        let load = async {
            let request = request(ctx);
            let account = request.reader()?.account;
            let page = PageArguments { first, after, last, before };
            let page = page.read(account, List::Sessions, request.limits())?;
            let filter = filter.unwrap_or_default().read()?;
            let listing =
                Listing { filter: filter.clone(), order: order_by.unwrap_or_default().into() };
            let question = Arc::new(SessionPage { listing, page });
            let rows = request.loaders()?.load_one(Of { parent: self.0.id, question }).await?;
            let rows = rows.ok_or_else(not_loaded)?;
            let total = Total::SessionsOf(self.0.id, filter);
            Ok(session_connection(account, rows, total))
        };
        load.await.map_err(|error| here(ctx, error))
    }
}

/// A page of sessions as a connection.
pub(super) fn session_connection(
    account: AccountId,
    rows: Page<Arc<session::Row>>,
    total: Total,
) -> Connection<Session> {
    let position =
        |row: &Arc<session::Row>| SessionPosition { started_at: row.started_at, id: row.id };
    connection(account, List::Sessions, rows, total, position, Session)
}

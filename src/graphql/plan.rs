//! The fast way to an answer: a document's lists and objects, read in a few statements and written
//! as JSON, without a future or a tree of values for each field.
//!
//! A plan is made in three steps, each in a file of its own. [`compile`] turns a selection into
//! templates, which are JSON with gaps, and into a [`reading::Reading`], which says what to read:
//! the columns that fill the gaps, and the children, each with one statement for all parents.
//! [`load`] runs those statements. [`write`] fills the gaps from the rows as the driver holds them.
//!
//! The types beside this module say what each field means, and resolve it where no plan is made:
//! for `node`, `nodes`, `viewer`, several `session`s, the introspection, and a cursor of a child below
//! a list, which can be right for one row only. A plan that meets anything wrong, such as
//! a page of negative size, gives up, and the plain way then finds the error and its place. So a
//! plan never answers anything else than the plain way does; the one error that it tells is that
//! the database cannot be reached.

use std::collections::HashMap;

use async_graphql::{
    ID, Name, Positioned, Variables,
    parser::types::{ExecutableDocument, FragmentDefinition, OperationDefinition, OperationType},
};
use futures_util::future::try_join_all;

use super::{
    connection::PageArguments,
    context::RequestContext,
    input::{
        session::{SessionFilter, SessionOrder},
        technician::TechnicianFilter,
    },
    limits::Limits,
    node,
};
use crate::{
    domain::{
        cursor::List,
        page::{PageRequest, SessionPosition},
        viewer::AccountId,
    },
    error::{Code, Error},
    store::{
        Reads, Rows,
        session::{self, Listing},
        technician,
    },
};

mod arguments;
mod compile;
mod fields;
mod load;
mod reading;
mod template;
mod write;

use compile::Wanted;
use load::Table;
use reading::{Reading, Slice};
use template::{Cell, PageGap, Template};

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum NoAnswer {
    /// The plan does not serve; the plain way does, or tells what is wrong.
    GiveUp,
    /// The database cannot be reached, so that the plain way would not serve either.
    Unavailable(Error),
}

impl From<Error> for NoAnswer {
    fn from(error: Error) -> Self {
        match error.code() {
            Code::ServiceUnavailable => Self::Unavailable(error),
            Code::Internal => {
                // Where the plain way fails too, it is that way's error; but it may serve.
                tracing::warn!(cause = ?error.cause(), "a plan failed");
                Self::GiveUp
            }
            _ => Self::GiveUp,
        }
    }
}

type Answer<T> = Result<T, NoAnswer>;

/// The root fields that plans answer.
const ROOTS: [&str; 5] = ["session", "sessions", "technician", "technicians", "__typename"];

/// Writes the answer to an operation of a valid document: its data, as JSON.
pub(super) async fn answer(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
    request: &RequestContext,
    out: &mut Vec<u8>,
) -> Answer<()> {
    if operation.ty != OperationType::Query {
        return Err(NoAnswer::GiveUp);
    }
    let plan = Plan {
        fragments: &document.fragments,
        variables,
        limits: request.limits(),
        account: request.reader()?.account,
        reads: request.reads(),
    };
    let roots = plan.fields(vec![&operation.selection_set.node], &["Query"])?;
    // Before anything is read. Single sessions are looked up together, which the loader does.
    let sessions = roots.iter().filter(|root| root.name() == "session").count();
    if sessions > 1 || !roots.iter().all(|root| ROOTS.contains(&root.name())) {
        return Err(NoAnswer::GiveUp);
    }
    match &roots[..] {
        [root] => {
            head(root, true, out);
            plan.root(root, out).await?;
        }
        roots => {
            let answers = roots.iter().map(async |root| {
                let mut json = Vec::new();
                plan.root(root, &mut json).await?;
                Ok::<_, NoAnswer>(json)
            });
            let answers = try_join_all(answers).await?;
            for (nth, (root, json)) in roots.iter().zip(answers).enumerate() {
                head(root, nth == 0, out);
                out.extend_from_slice(&json);
            }
        }
    }
    out.extend_from_slice(if roots.is_empty() { b"{}" } else { b"}" });
    Ok(())
}

/// What stands before the value of a root field.
fn head(root: &Wanted<'_>, first: bool, out: &mut Vec<u8>) {
    out.extend_from_slice(if first { b"{\"" } else { b",\"" });
    out.extend_from_slice(root.key.as_bytes());
    out.extend_from_slice(b"\":");
}

/// Whether the rows that were read for a page are all there are, so that nothing need be counted.
fn holds_all<P>(reading: &Reading, rows: &Rows, page: &PageRequest<P>) -> bool {
    let whole = page.after.is_none() && page.before.is_none();
    reading.listed && whole && rows.len() <= page.size as usize
}

/// An operation that is being answered.
struct Plan<'a> {
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    variables: &'a Variables,
    limits: &'a Limits,
    account: AccountId,
    reads: &'a Reads,
}

impl<'a> Plan<'a> {
    /// Answers a root field.
    async fn root(&self, field: &Wanted<'a>, out: &mut Vec<u8>) -> Answer<()> {
        match field.name() {
            "session" => self.one_session(field, out).await,
            "sessions" => self.page_of_sessions(field, out).await,
            "technician" => self.one_technician(field, out).await,
            "technicians" => self.page_of_technicians(field, out).await,
            "__typename" => {
                out.extend_from_slice(b"\"Query\"");
                Ok(())
            }
            _ => Err(NoAnswer::GiveUp),
        }
    }

    async fn one_session(&self, field: &Wanted<'a>, out: &mut Vec<u8>) -> Answer<()> {
        let id: ID = self.argument(field, "id", None)?;
        let id = node::session_number(&id)?;
        let mut reading = Reading { only: Some(id), ..Reading::default() };
        reading.column(session::Row::ID);
        let template = self.session(field.sets(), &mut reading)?;
        let rows = self.reads.session_rows_by_id(self.account, &[id], &reading.columns).await?;
        self.write_object(&template, reading, rows, out).await
    }

    async fn one_technician(&self, field: &Wanted<'a>, out: &mut Vec<u8>) -> Answer<()> {
        let username: String = self.argument(field, "username", None)?;
        let mut reading = Reading::default();
        reading.column(technician::Row::ID);
        let template = self.technician(field.sets(), &mut reading)?;
        let (reads, columns) = (self.reads, &reading.columns);
        let rows = reads.technician_rows_by_username(self.account, &username, columns).await?;
        self.write_object(&template, reading, rows, out).await
    }

    async fn page_of_sessions(&self, field: &Wanted<'a>, out: &mut Vec<u8>) -> Answer<()> {
        let (listing, page) = self.listing(field)?;
        let mut reading = Reading::default();
        let template = self.sessions(field.sets(), &mut reading)?;
        let rows = match reading.listed {
            true => {
                self.reads.session_rows(self.account, &listing, &page, &reading.columns).await?
            }
            false => Rows::default(),
        };
        let total = match reading.counted {
            true if holds_all(&reading, &rows, &page) => rows.len() as u64,
            true => self.reads.session_count(self.account, &listing.filter).await?,
            false => 0,
        };
        self.write_page(&template, reading, rows, &page, total, out).await
    }

    async fn page_of_technicians(&self, field: &Wanted<'a>, out: &mut Vec<u8>) -> Answer<()> {
        let page =
            self.page_arguments(field)?.read(self.account, List::Technicians, self.limits)?;
        let filter: Option<TechnicianFilter> = self.argument(field, "filter", None)?;
        let filter = filter.unwrap_or_default().read()?;
        let mut reading = Reading::default();
        let template = self.technicians(field.sets(), &mut reading)?;
        let (reads, columns) = (self.reads, &reading.columns);
        let rows = match reading.listed {
            true => reads.technician_rows(self.account, &filter, &page, columns).await?,
            false => Rows::default(),
        };
        let total = match reading.counted {
            true if holds_all(&reading, &rows, &page) => rows.len() as u64,
            true => reads.technician_count(self.account, &filter).await?,
            false => 0,
        };
        self.write_page(&template, reading, rows, &page, total, out).await
    }

    async fn write_object(
        &self,
        template: &Template<Cell>,
        reading: Reading,
        rows: Rows,
        out: &mut Vec<u8>,
    ) -> Answer<()> {
        if rows.is_empty() {
            out.extend_from_slice(b"null");
            return Ok(());
        }
        let table = Table::load(self.reads, self.account, reading, rows, 0..1).await?;
        Ok(table.row(template, 0, out)?)
    }

    async fn write_page<P>(
        &self,
        template: &Template<PageGap>,
        reading: Reading,
        rows: Rows,
        page: &PageRequest<P>,
        total: u64,
        out: &mut Vec<u8>,
    ) -> Answer<()> {
        let slice = Slice::of(0..rows.len(), page);
        let shown = slice.places.clone();
        let table = Table::load(self.reads, self.account, reading, rows, shown).await?;
        Ok(table.page(template, &slice, total, out)?)
    }

    /// Which sessions a field asks for, and which page of them.
    fn listing(&self, field: &Wanted<'a>) -> Answer<(Listing, PageRequest<SessionPosition>)> {
        let filter: Option<SessionFilter> = self.argument(field, "filter", None)?;
        let default: fn() -> _ = || Some(SessionOrder::default());
        let order = self.argument(field, "orderBy", Some(default))?;
        let page = self.page_arguments(field)?.read(self.account, List::Sessions, self.limits)?;
        let filter = filter.unwrap_or_default().read()?;
        Ok((Listing { filter, order: order.unwrap_or_default().into() }, page))
    }

    /// The page that a field asks for.
    fn page_arguments(&self, field: &Wanted<'a>) -> Answer<PageArguments> {
        Ok(PageArguments {
            first: self.argument(field, "first", None)?,
            after: self.argument(field, "after", None)?,
            last: self.argument(field, "last", None)?,
            before: self.argument(field, "before", None)?,
        })
    }
}

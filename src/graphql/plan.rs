//! The fast way to an answer: a list or object and all that is selected below it, read in a few
//! statements and written as JSON, without a future or a tree of values for each field.
//!
//! A plan is made in three steps, each in a file of its own. `compile` turns the selection into
//! templates, which are JSON with gaps, and into a [`reading::Reading`], which says what to read:
//! the columns that fill the gaps, and the children, each with one statement for all parents.
//! `load` runs those statements. `write` fills the gaps from the rows as the driver holds them.
//!
//! The types beside this module say what each field means, and resolve it where no plan is made:
//! below `node` and `nodes`, and where a document names a root field more than once. A plan that
//! meets anything wrong, such as a page of negative size below a session, gives up, and the plain
//! way then finds the error and its place. So a plan never has to tell of errors, and must never
//! answer anything else than the plain way does.

use async_graphql::{Context, OutputType, ServerError, ServerResult, Value};
use bytes::Bytes;

use super::context::{RequestContext, request};
use crate::{
    domain::{
        filter::TechnicianFilter,
        page::{PageRequest, SessionPosition, TechnicianPosition},
        viewer::AccountId,
    },
    error::{Error, Result},
    store::{
        Rows,
        session::{self, Listing},
        technician,
    },
};

mod compile;
mod fields;
mod load;
mod reading;
mod template;
mod write;

use compile::Compiler;
use load::Table;
use reading::{Reading, Slice};
use template::{Cell, PageGap, Template};

/// An answer that a plan wrote as JSON, or the object that resolves it in the plain way.
pub enum Answer<T> {
    /// JSON.
    Written(Bytes),
    /// An object.
    Plain(T),
}

/// The plan does not serve; the plain way does, or tells what is wrong.
#[derive(Debug)]
struct GiveUp;

impl From<Error> for GiveUp {
    fn from(_: Error) -> Self {
        Self
    }
}

impl From<ServerError> for GiveUp {
    fn from(_: ServerError) -> Self {
        Self
    }
}

/// What a plan answered: JSON, or null. `None` where it gave up.
type Planned = Option<Option<Bytes>>;

/// The session with this number.
///
/// # Errors
/// When the database fails.
pub(super) async fn session(ctx: &Context<'_>, account: AccountId, id: i64) -> Result<Planned> {
    let plan = compile(ctx, account, |it, reading| {
        reading.only = Some(id);
        reading.column(session::Row::ID);
        it.session(it.selected(), reading)
    });
    let Ok((template, reading)) = plan else { return Ok(None) };
    let reads = request(ctx).reads();
    let rows = reads.session_rows_by_id(account, &[id], &reading.columns).await?;
    object(request(ctx), account, template, reading, rows).await
}

/// The technician with this user name.
///
/// # Errors
/// When the database fails.
pub(super) async fn technician(
    ctx: &Context<'_>,
    account: AccountId,
    username: &str,
) -> Result<Planned> {
    let plan = compile(ctx, account, |it, reading| {
        reading.column(technician::Row::ID);
        it.technician(it.selected(), reading)
    });
    let Ok((template, reading)) = plan else { return Ok(None) };
    let reads = request(ctx).reads();
    let rows = reads.technician_rows_by_username(account, username, &reading.columns).await?;
    object(request(ctx), account, template, reading, rows).await
}

/// A page of sessions.
///
/// # Errors
/// When the database fails.
pub(super) async fn sessions(
    ctx: &Context<'_>,
    account: AccountId,
    listing: &Listing,
    page: &PageRequest<SessionPosition>,
) -> Result<Option<Bytes>> {
    let plan = compile(ctx, account, |it, reading| it.sessions(it.selected(), reading));
    let Ok((template, reading)) = plan else { return Ok(None) };
    let reads = request(ctx).reads();
    let rows = match reading.listed {
        true => reads.session_rows(account, listing, page, &reading.columns).await?,
        false => Rows::default(),
    };
    let total = match reading.counted {
        true => reads.session_count(account, &listing.filter).await?,
        false => 0,
    };
    self::page(request(ctx), account, (template, reading), rows, page, total).await
}

/// A page of technicians.
///
/// # Errors
/// When the database fails.
pub(super) async fn technicians(
    ctx: &Context<'_>,
    account: AccountId,
    filter: &TechnicianFilter,
    page: &PageRequest<TechnicianPosition>,
) -> Result<Option<Bytes>> {
    let plan = compile(ctx, account, |it, reading| it.technicians(it.selected(), reading));
    let Ok((template, reading)) = plan else { return Ok(None) };
    let reads = request(ctx).reads();
    let rows = match reading.listed {
        true => reads.technician_rows(account, filter, page, &reading.columns).await?,
        false => Rows::default(),
    };
    let total = match reading.counted {
        true => reads.technician_count(account, filter).await?,
        false => 0,
    };
    self::page(request(ctx), account, (template, reading), rows, page, total).await
}

fn compile<'a, G>(
    ctx: &'a Context<'a>,
    account: AccountId,
    make: impl FnOnce(&Compiler<'a>, &mut Reading) -> Result<Template<G>, GiveUp>,
) -> Result<(Template<G>, Reading), GiveUp> {
    let mut reading = Reading::default();
    let template = make(&Compiler::new(ctx, account), &mut reading)?;
    Ok((template, reading))
}

async fn object(
    request: &RequestContext,
    account: AccountId,
    template: Template<Cell>,
    reading: Reading,
    rows: Rows,
) -> Result<Planned> {
    if rows.is_empty() {
        return Ok(Some(None));
    }
    let written = async {
        let table = Table::load(request.reads(), account, reading, rows).await?;
        let mut out = Vec::with_capacity(1024);
        table.row(&template, 0, &mut out)?;
        Ok::<_, GiveUp>(out)
    };
    Ok(written.await.ok().map(|json| Some(json.into())))
}

async fn page<P>(
    request: &RequestContext,
    account: AccountId,
    (template, reading): (Template<PageGap>, Reading),
    rows: Rows,
    page: &PageRequest<P>,
    total: u64,
) -> Result<Option<Bytes>> {
    let slice = Slice::of(0..rows.len(), page);
    let written = async {
        let table = Table::load(request.reads(), account, reading, rows).await?;
        let mut out = Vec::with_capacity(4096);
        table.page(&template, &slice, total, &mut out)?;
        Ok::<_, GiveUp>(out)
    };
    Ok(written.await.ok().map(Into::into))
}

impl<T: OutputType> OutputType for Answer<T> {
    fn type_name() -> std::borrow::Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut async_graphql::registry::Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(
        &self,
        ctx: &async_graphql::ContextSelectionSet<'_>,
        field: &async_graphql::Positioned<async_graphql::parser::types::Field>,
    ) -> ServerResult<Value> {
        match self {
            // No type of the schema is binary: these bytes are JSON, which `json` copies out.
            Self::Written(json) => Ok(Value::Binary(json.clone())),
            Self::Plain(object) => object.resolve(ctx, field).await,
        }
    }
}

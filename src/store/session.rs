//! Sessions: by number, by page, and counted.

use entity::{
    session::{Column, Entity},
    technician,
};
use sea_orm::{
    ColumnTrait, DbBackend, FromQueryResult, IntoSimpleExpr, Value,
    sea_query::{Asterisk, ExprTrait, Query, SelectStatement, SqliteQueryBuilder, UnionType},
};

use super::{
    Column as Asked, Reads, Rows,
    filter::{Target, matching, one_of},
    keyset::{Key, KeyValues},
    rows,
};
use crate::{
    domain::{
        filter::SessionFilter,
        page::{Page, PageRequest, SessionOrder, SessionPosition},
        viewer::AccountId,
    },
    error::Result,
};

/// The most values of a statement, with some room: SQLite takes 32,766, the others twice as many.
const MAX_VALUES: usize = 30_000;
/// The most branches of a union: SQLite takes 500.
const MAX_BRANCHES: usize = 256;
/// No technician has this number: they are numbered from 1.
const NOBODY: i64 = 0;

/// A session as it is read: the table's row without account and shadows.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
#[expect(missing_docs, reason = "the columns are documented in the entity")]
pub struct Row {
    pub id: i64,
    pub technician_id: Option<i64>,
    pub customer_name: Option<String>,
    pub customer_email: Option<String>,
    pub customer_number: Option<String>,
    pub computer_name: Option<String>,
    pub computer_domain: Option<String>,
    pub computer_os: Option<String>,
    pub problem_description: Option<String>,
    pub notes: Option<String>,
    pub start_method: String,
    pub started_at: i64,
    pub ended_at: Option<i64>,
    pub video_count: i64,
    pub updated_at: i64,
}

#[expect(missing_docs, reason = "the columns are documented in the entity")]
impl Row {
    pub const ID: Asked = Asked::of("session", "id");
    pub const TECHNICIAN_ID: Asked = Asked::of("session", "technician_id");
    pub const CUSTOMER_NAME: Asked = Asked::of("session", "customer_name");
    pub const CUSTOMER_EMAIL: Asked = Asked::of("session", "customer_email");
    pub const CUSTOMER_NUMBER: Asked = Asked::of("session", "customer_number");
    pub const COMPUTER_NAME: Asked = Asked::of("session", "computer_name");
    pub const COMPUTER_DOMAIN: Asked = Asked::of("session", "computer_domain");
    pub const COMPUTER_OS: Asked = Asked::of("session", "computer_os");
    pub const PROBLEM_DESCRIPTION: Asked = Asked::of("session", "problem_description");
    pub const NOTES: Asked = Asked::of("session", "notes");
    pub const START_METHOD: Asked = Asked::of("session", "start_method");
    pub const STARTED_AT: Asked = Asked::of("session", "started_at");
    pub const ENDED_AT: Asked = Asked::of("session", "ended_at");
    pub const VIDEO_COUNT: Asked = Asked::of("session", "video_count");
    pub const CHAT_COUNT: Asked = Asked::of("session", "chat_count");
    pub const UPDATED_AT: Asked = Asked::of("session", "updated_at");
    const ALL: &[Asked] = &[
        Self::ID,
        Self::TECHNICIAN_ID,
        Self::CUSTOMER_NAME,
        Self::CUSTOMER_EMAIL,
        Self::CUSTOMER_NUMBER,
        Self::COMPUTER_NAME,
        Self::COMPUTER_DOMAIN,
        Self::COMPUTER_OS,
        Self::PROBLEM_DESCRIPTION,
        Self::NOTES,
        Self::START_METHOD,
        Self::STARTED_AT,
        Self::ENDED_AT,
        Self::VIDEO_COUNT,
        Self::UPDATED_AT,
    ];
}

/// Which sessions, in which order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Listing {
    /// Only these.
    pub filter: SessionFilter,
    /// The order.
    pub order: SessionOrder,
}

impl Reads {
    /// The sessions with these numbers, in no particular order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sessions_by_id(&self, account: AccountId, ids: &[i64]) -> Result<Vec<Row>> {
        self.session_rows_by_id(account, ids, Row::ALL).await?.models()
    }

    /// These columns of the sessions with these numbers and of their technicians, in no particular
    /// order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_rows_by_id(
        &self,
        account: AccountId,
        ids: &[i64],
        columns: &[Asked],
    ) -> Result<Rows> {
        let mut select = restricted(self.target(account), &SessionFilter::default());
        select.and_where(one_of(self.backend(), Column::Id, ids));
        read(&mut select, columns);
        self.rows(&select).await
    }

    /// A page of the account's sessions, in one statement.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_page(
        &self,
        account: AccountId,
        listing: &Listing,
        page: &PageRequest<SessionPosition>,
    ) -> Result<Page<Row>> {
        let rows = self.session_rows(account, listing, page, Row::ALL).await?;
        Ok(Page::from_read(rows.models()?, page))
    }

    /// These columns of a page of the account's sessions and of their technicians: from the asked
    /// end, one more than asked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_rows(
        &self,
        account: AccountId,
        listing: &Listing,
        page: &PageRequest<SessionPosition>,
        columns: &[Asked],
    ) -> Result<Rows> {
        self.rows(&page_of(self.backend(), account, listing, page, columns)).await
    }

    /// How many sessions a filter keeps.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_count(&self, account: AccountId, filter: &SessionFilter) -> Result<u64> {
        let target = Target::to_count(account, self.backend(), filter);
        self.count(&mut restricted(target, filter)).await
    }

    /// The same page of each of several technicians' sessions; the rows of all are mixed, each
    /// technician's in order from the asked end, one more than asked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_pages_by_technician(
        &self,
        account: AccountId,
        technicians: &[i64],
        listing: &Listing,
        page: &PageRequest<SessionPosition>,
    ) -> Result<Vec<Row>> {
        let columns = Row::ALL;
        let rows = self.session_rows_by_technician(account, technicians, listing, page, columns);
        rows.await?.models()
    }

    /// These columns of the same page of each of several technicians' sessions, in one statement,
    /// or in a few where there are very many; the rows of one technician follow one another, from
    /// the asked end, one more than asked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_rows_by_technician(
        &self,
        account: AccountId,
        technicians: &[i64],
        listing: &Listing,
        page: &PageRequest<SessionPosition>,
        columns: &[Asked],
    ) -> Result<Rows> {
        let mut rows = Rows::default();
        let (_, values) =
            page_of(self.backend(), account, listing, page, columns).build(SqliteQueryBuilder);
        let most = MAX_VALUES / (values.0.len() + 1);
        let most = most.clamp(1, MAX_BRANCHES);
        for technicians in technicians.chunks(most) {
            // Of few lengths, so that the statement stays prepared.
            let length = technicians.len().next_power_of_two().min(most);
            let padded = technicians.iter().chain(std::iter::repeat(&NOBODY)).take(length);
            // Each branch reads its few rows through the index of the technician's sessions.
            let mut branches = padded.map(|technician| {
                let mut select = page_of(self.backend(), account, listing, page, columns);
                select.and_where(Column::TechnicianId.eq(*technician));
                let branch = Query::select().column(Asterisk).from_subquery(select, "page").take();
                (UnionType::All, branch)
            });
            if let Some((_, mut first)) = branches.next() {
                rows.0.extend(self.rows(&first.unions(branches).take()).await?.0);
            }
        }
        Ok(rows)
    }

    /// How many sessions of each of several technicians a filter keeps; those without any are left out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_counts_by_technician(
        &self,
        account: AccountId,
        technicians: &[i64],
        filter: &SessionFilter,
    ) -> Result<std::collections::BTreeMap<i64, u64>> {
        let mut select = restricted(self.target(account), filter);
        select
            .expr(Column::TechnicianId.into_simple_expr())
            .expr(Column::Id.count())
            .and_where(one_of(self.backend(), Column::TechnicianId, technicians))
            .add_group_by([Column::TechnicianId.into_simple_expr()]);
        self.counts(&select).await
    }

    fn target(&self, account: AccountId) -> Target {
        Target::new(account, self.backend())
    }
}

/// The account's sessions that a filter keeps.
fn restricted(target: Target, filter: &SessionFilter) -> SelectStatement {
    let mut select = Query::select();
    select.from(Entity).and_where(Column::AccountId.eq(target.account.0));
    if !filter.is_unrestricted() {
        select.cond_where(matching(filter, target));
    }
    select
}

/// Reads these columns of sessions and of their technicians.
fn read(select: &mut SelectStatement, columns: &[Asked]) {
    rows::select(select, "session", columns);
    if rows::any_of("technician", columns) {
        let same = |ours: Column, theirs: technician::Column| {
            ours.into_simple_expr().equals((technician::Entity, theirs))
        };
        let of = same(Column::AccountId, technician::Column::AccountId)
            .and(same(Column::TechnicianId, technician::Column::Id));
        select.left_join(technician::Entity, of);
    }
}

fn page_of(
    backend: DbBackend,
    account: AccountId,
    listing: &Listing,
    page: &PageRequest<SessionPosition>,
    columns: &[Asked],
) -> SelectStatement {
    let mut select = restricted(Target::new(account, backend), &listing.filter);
    read(&mut select, columns);
    let key = Key {
        columns: &[Column::StartedAt.into_simple_expr(), Column::Id.into_simple_expr()],
        ascending: listing.order == SessionOrder::StartedAtAsc,
        backend,
    };
    key.page(&mut select, page);
    select
}

impl KeyValues for SessionPosition {
    fn key_values(&self) -> Vec<Value> {
        vec![self.started_at.into(), self.id.into()]
    }
}

//! The events of a subscription: the change feed, compiled once, read page by page, each change written as an
//! answer.

use std::sync::{Arc, OnceLock};

use async_graphql::{
    Variables,
    parser::types::{ExecutableDocument, OperationDefinition},
};
use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::{
    collect::Collector,
    compile::{Compiler, cursor_columns},
    fetch::Fetch,
    load::{LoadedRows, Source},
    lookup::Lookups,
    price::{ReadOfList, check_price},
    root::Root,
    site::{SiteId, Sites},
    template::{CursorColumns, PageValue, RowValue, Template},
    write::{Progress, Stop, Writer},
};
use crate::{
    domain::{
        page::{End, KeyValue, PageRequest, Position},
        viewer::{AccountId, CursorKey},
    },
    error::{Code, Error, Result},
    graphql::{
        context::RequestContext,
        error::{field_errors, write_end},
        types::subscription::SUBSCRIPTION,
    },
    store::{
        Reads,
        memory::Reservation,
        page_range::PageRange,
        query::{ListQuery, Listing},
    },
};

/// The number of changes that are read at once.
const PAGE_SIZE: u32 = 100;

/// What a subscription asks: two with the same one get the same events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FeedQuestion([u8; 32]);

/// A subscription to the change feed, compiled.
pub struct Feed<'a> {
    /// What it asks.
    pub question: FeedQuestion,
    sites: Sites<'a>,
    key: Box<str>,
    site: SiteId,
    account: AccountId,
    cursor_key: CursorKey,
    listing: Listing,
    start: Option<i64>,
    fetch: Fetch,
    template: Template<RowValue>,
    position: CursorColumns,
}

/// A page of changes that has been read.
pub struct FeedPage {
    loaded: LoadedRows,
    range: PageRange,
    /// The answers that tell the changes, each once it is written.
    events: Box<[OnceLock<Result<Bytes>>]>,
    memory: Option<Reservation>,
    /// The position after which the next page begins.
    pub next: i64,
}

impl FeedPage {
    /// Whether more changes were there when the page was read.
    pub fn has_more(&self) -> bool {
        self.range.has_next
    }
}

impl<'a> Feed<'a> {
    /// Compiles a valid subscription, and spends its cost: its fields cost `cost`. The digest is that of its document
    /// and variables.
    ///
    /// # Errors
    /// When an argument is invalid, the caller may not read, or the subscription is too expensive.
    pub(in crate::graphql) async fn compile(
        document: &'a ExecutableDocument,
        operation: &'a OperationDefinition,
        variables: &'a Variables,
        request: &'a RequestContext,
        (cost, request_digest): (u64, [u8; 32]),
    ) -> Result<Self> {
        let definitions = &operation.variable_definitions;
        let collector = Collector { fragments: &document.fragments, variables, definitions };
        let mut compiler = Compiler { collector, request, sites: Sites::default() };
        let fields = collector.fields(vec![&operation.selection_set.node], SUBSCRIPTION.name, &[]);
        let Ok([field]) = <[_; 1]>::try_from(fields) else {
            return Err(Error::input("A subscription selects exactly one field."));
        };
        let root = Root::of_subscription(&mut compiler, &field, PAGE_SIZE)?;
        check_price(std::iter::once(&root), &Lookups::default(), request, cost, ReadOfList::Page)
            .await?;
        let (viewer, key) = (request.reader()?, root.key.clone());
        let list = root.into_list().map_err(|error| Error::clone(&error))?;
        let not_a_list = || Error::internal("a subscription is not a list");
        let (ListQuery::Changes(listing), page, mut fetch, events) = list.ok_or_else(not_a_list)?
        else {
            return Err(not_a_list());
        };
        let position = cursor_columns(listing.order, &mut fetch);
        let mut events = events.placeholders();
        let Some((PageValue::Rows(template), site)) = events.next().map(|it| (&it.value, it.site))
        else {
            return Err(not_a_list());
        };
        // A filter may depend on the time.
        let question = Sha256::new_with_prefix(request_digest)
            .chain_update(format!("{:?}", listing.filter))
            .finalize();
        Ok(Self {
            question: FeedQuestion(question.into()),
            key,
            site,
            account: viewer.account,
            cursor_key: viewer.cursor_key,
            start: page.after.as_ref().and_then(Position::number),
            template: template.clone(),
            sites: compiler.sites,
            listing,
            fetch,
            position,
        })
    }

    /// The position after which the events begin: that of the caller's cursor, or the end of the feed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn start(&self, reads: &Reads) -> Result<i64> {
        match self.start {
            Some(start) => Ok(start),
            None => reads.last_change(self.account).await,
        }
    }

    /// Reads the changes after a position. `reads` has memory for one page.
    ///
    /// # Errors
    /// When the database fails, the page needs too much memory, or the position does not exist yet.
    pub async fn page(&self, reads: impl Fn() -> Reads, after: i64) -> Result<FeedPage> {
        match self.page_of(&reads(), after, PAGE_SIZE).await {
            // A page of large sessions exceeds the limit of an answer. One of them may not.
            Err(error) if error.code() == Code::QueryTooComplex => {
                self.page_of(&reads(), after, 1).await
            }
            page => page,
        }
    }

    async fn page_of(&self, reads: &Reads, after: i64, size: u32) -> Result<FeedPage> {
        let Self { account, cursor_key, fetch, .. } = self;
        let after = Some(Position(vec![KeyValue::Number(after)]));
        let page = PageRequest { size, end: End::First, after, before: None };
        let changes = reads.changes(*account, &self.listing, &page, &fetch.columns).await?;
        let mut range = PageRange::new(0..changes.rows.len(), &page);
        let rows = Arc::new(changes.rows);
        let last = range.in_order().last().and_then(|index| rows.get(index));
        let next = match last.filter(|_| range.has_next) {
            Some(row) => self.position.position(row)?.number().unwrap_or_default(),
            None => {
                range.has_next = changes.has_more;
                changes.last_position
            }
        };
        let source = Source { reads, account: *account, cursor_key: *cursor_key };
        let loaded = LoadedRows::load(source, fetch, rows, range.in_order()).await;
        if let Some(failure) = loaded.failure() {
            return Err(Error::clone(&failure));
        }
        let events = range.in_order().map(|_| OnceLock::new()).collect();
        Ok(FeedPage { loaded, range, events, memory: reads.memory().cloned(), next })
    }

    /// The positions of the changes of a page, in the order of their events.
    pub fn positions(&self, page: &FeedPage) -> impl Iterator<Item = Result<i64>> {
        let row = |index| {
            page.loaded.rows.get(index).ok_or_else(|| Error::internal("a change has no row"))
        };
        page.range
            .in_order()
            .map(move |index| Ok(self.position.position(row(index)?)?.number().unwrap_or_default()))
    }

    /// The answers that tell the changes of a page, one for each. The page may be that of another subscription that asks
    /// the same.
    pub fn events(&self, page: &FeedPage) -> impl Iterator<Item = Result<Bytes>> + Send {
        page.range.in_order().zip(&page.events).map(|(index, event)| {
            let write = || {
                let text = self.event(&page.loaded, index)?;
                match &page.memory {
                    Some(memory) => memory.grow(text.capacity()).map(|()| memory.hold(text)),
                    None => Ok(text.into()),
                }
            };
            event.get_or_init(write).clone()
        })
    }

    fn event(&self, loaded: &LoadedRows, index: usize) -> Result<Vec<u8>> {
        let mut text = format!("{{\"data\":{{\"{}\":", self.key).into_bytes();
        let mut progress = Progress::default();
        let mut writer = Writer {
            out: &mut text,
            sites: &self.sites,
            cursor_key: self.cursor_key,
            pause_at: usize::MAX,
            progress: &mut progress,
            indexes: Vec::new(),
        };
        match writer.row(&self.template, loaded, index, self.site) {
            Ok(()) => text.push(b'}'),
            Err(Stop::Failed(error)) => {
                progress.errors.push(*error);
                text = b"{\"data\":null".to_vec();
            }
            Err(Stop::Paused) => return Err(Error::internal("an event is not written whole")),
        }
        write_end(&mut text, &field_errors(progress.errors));
        Ok(text)
    }
}

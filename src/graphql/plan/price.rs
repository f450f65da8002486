//! The price of a request beyond its fields: the searches and counts of its statements.

use super::{
    fetch::{ChildFetch, Fetch},
    lookup::Lookups,
    root::Root,
};
use crate::{
    domain::{
        account_size::AccountSize,
        filter::{SessionFilter, TechnicianFilter, index::SessionIndex, scan::NANOS_OF_A_COST},
        indexed::NO_SEARCH,
        number::grouped,
        statistics::Statistics,
    },
    error::{Error, Result},
    graphql::{
        context::RequestContext,
        limits::{Limits, too_complex},
    },
    store::{
        query::{ChangeRows, ChildQuery, ListQuery, Listing},
        statistics::SessionsOfGroup,
    },
};

/// The expected number of sessions of a technician.
const SESSIONS_OF_A_TECHNICIAN: u64 = 100;

/// What the statements of a request search and count.
#[derive(Default)]
struct Scans<'a> {
    /// The conditions of all filters.
    conditions: usize,
    /// Whether a filter of sessions has a search.
    has_search: bool,
    /// The nanoseconds that do not depend on the size of the account.
    nanos: u64,
    /// The lists of sessions.
    sessions: Vec<(&'a Listing, Needs)>,
    /// The filters of the change feed.
    changes: Vec<&'a SessionFilter>,
    /// The lists of sessions of this number of technicians each.
    of_technicians: Vec<(&'a Listing, u64)>,
    /// The lists of technicians.
    technicians: Vec<(&'a TechnicianFilter, Needs)>,
    /// The filters of statistics, each with the nanoseconds for a session.
    statistics: Vec<(&'a SessionFilter, u64)>,
    /// The filters of the sessions of groups, each with the number of times that all sessions are read.
    scans_of_groups: Vec<(&'a SessionFilter, u64)>,
}

/// How much is read of a list of the root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReadOfList {
    /// A page.
    Page,
    /// All pages, one after the other.
    All,
}

/// What is read of a list.
#[derive(Clone, Copy)]
struct Needs {
    rows: bool,
    total: bool,
}

/// Refuses a request with too many conditions, or that is too expensive with its searches, and spends
/// its cost. Its fields cost `fields`.
pub(super) async fn check_price(
    roots: impl Iterator<Item = &Root>,
    lookups: &Lookups,
    request: &RequestContext,
    fields: u64,
    read: ReadOfList,
) -> Result<()> {
    let mut scans = Scans::default();
    for root in roots {
        if let Some((query, fetch, rows)) = root.reads() {
            if let Some(query) = query {
                scans.list(query, Needs::of(fetch));
            }
            scans.children(fetch, rows);
        }
        if let Some((statistics, fetch, rows)) = root.groups() {
            scans.statistics(statistics, fetch);
            scans.children(fetch, rows + 1);
        }
    }
    for (child, parents) in lookups.children() {
        scans.child(child, parents);
    }
    let max = Limits::MAX_CONDITIONS;
    if scans.conditions > max {
        return Err(too_complex(format!(
            "The filters of the request have {} conditions; the limit is {max}. Split the request.",
            grouped(scans.conditions as u64)
        )));
    }
    if scans.has_search && !request.viewer()?.has_search {
        return Err(Error::input(NO_SEARCH));
    }
    let nanos = if scans.depend_on_size() {
        let size = request.account_size().await;
        scans.nanos_in(&size.unwrap_or_default(), read)
    } else {
        scans.nanos
    };
    let searches = nanos / NANOS_OF_A_COST;
    let (cost, max) = (fields.saturating_add(searches), request.limits().max_cost.into());
    if searches > 0 && cost > max {
        return Err(too_complex(format!(
            "The request costs {}, of which {} are for searching and counting; the limit is {}. Restrict \
             startedAt to a shorter range, search for shorter texts, or select fewer totals.",
            grouped(cost),
            grouped(searches),
            grouped(max)
        )));
    }
    request.budget().map_or(Ok(()), |budget| budget.spend(cost))
}

impl<'a> Scans<'a> {
    fn list(&mut self, query: &'a ListQuery, needs: Needs) {
        match query {
            ListQuery::Sessions(listing) => self.sessions(listing, needs),
            ListQuery::Changes(listing) => {
                self.filter(&listing.filter);
                if !listing.filter.is_unrestricted() {
                    self.changes.push(&listing.filter);
                }
            }
            ListQuery::AuditEvents | ListQuery::Holds => {}
            ListQuery::Technicians(filter) => {
                self.conditions += filter.size();
                if !filter.is_unrestricted() || needs.total {
                    self.technicians.push((filter, needs));
                }
            }
        }
    }

    fn statistics(&mut self, statistics: &'a Statistics, fetch: &Fetch) {
        let Statistics { grouping, having, .. } = statistics;
        self.filter(&grouping.filter);
        self.conditions += having.len();
        let groups = &fetch.groups;
        if fetch.needs_rows || fetch.needs_total {
            let columns = groups.columns.iter().filter(|it| it.of_page).map(|it| &it.column);
            self.statistics.push((&grouping.filter, statistics.nanos(columns)));
        }
        if groups.needs_whole {
            let columns = groups.columns.iter().filter(|it| it.of_whole).map(|it| &it.column);
            self.statistics.push((&grouping.filter, Statistics::nanos_of_whole(columns)));
        }
    }

    fn sessions_of_groups(&mut self, query: &'a SessionsOfGroup, needs: Needs, groups: u64) {
        let grouping = &query.grouping;
        self.filter(&grouping.filter);
        if !needs.rows {
            return;
        }
        let has_index = grouping.criteria.is_empty() || grouping.has_index();
        let scans = match has_index {
            // Each session is of one group.
            true => 1,
            false => grouping.max_groups().unwrap_or(groups).min(groups),
        };
        let is_page = query.order.index == SessionIndex::Start && has_index;
        if !(is_page && grouping.filter.is_unrestricted()) {
            self.scans_of_groups.push((&grouping.filter, scans));
        }
    }

    fn filter(&mut self, filter: &SessionFilter) {
        self.conditions += filter.size();
        self.has_search |= filter.has_search();
    }

    fn sessions(&mut self, listing: &'a Listing, needs: Needs) {
        self.filter(&listing.filter);
        if !listing.filter.is_unrestricted() || needs.total {
            self.sessions.push((listing, needs));
        }
    }

    fn children(&mut self, fetch: &'a Fetch, parents: u64) {
        for child in &fetch.children {
            self.child(child, parents);
        }
    }

    fn child(&mut self, child: &'a ChildFetch, parents: u64) {
        let (fetch, needs) = (&child.fetch, Needs::of(&child.fetch));
        let (nanos, size) = match &child.query {
            ChildQuery::CustomFields => return,
            ChildQuery::TechniciansByNumber | ChildQuery::SessionsByNumber => (0, 1),
            ChildQuery::SessionsOfGroup(query) => {
                self.sessions_of_groups(query, needs, parents);
                (0, query.page.size)
            }
            ChildQuery::ChatMessages(filter, page) => {
                self.conditions += filter.size();
                (filter.nanos_of_children(parents), page.size)
            }
            ChildQuery::Videos(filter, page) => {
                self.conditions += filter.size();
                (filter.nanos_of_children(parents), page.size)
            }
            ChildQuery::SessionsOfTechnician(listing, page) => {
                // Each session is one technician's.
                self.sessions(listing, needs);
                // Only by start, an index has the sessions of a technician in order.
                if needs.rows && listing.order.index != SessionIndex::Start {
                    self.of_technicians.push((listing, parents));
                }
                (0, page.size)
            }
        };
        let times = u64::from(needs.rows) + u64::from(needs.total);
        self.nanos = self.nanos.saturating_add(nanos.saturating_mul(times));
        self.children(fetch, parents.saturating_mul(size.into()));
    }

    fn depend_on_size(&self) -> bool {
        !(self.sessions.is_empty()
            && self.changes.is_empty()
            && self.of_technicians.is_empty()
            && self.technicians.is_empty()
            && self.statistics.is_empty()
            && self.scans_of_groups.is_empty())
    }

    fn nanos_in(&self, size: &AccountSize, read: ReadOfList) -> u64 {
        let mut nanos = self.nanos;
        let changes = match read {
            ReadOfList::Page => size.sessions.min(ChangeRows::MAX_TESTED),
            ReadOfList::All => size.sessions,
        };
        for filter in &self.changes {
            nanos = nanos.saturating_add(filter.nanos_of_changes(changes));
        }
        for (Listing { filter, order }, needs) in &self.sessions {
            let page = if needs.rows { filter.nanos_of_page(order.index, size) } else { 0 };
            let total = if needs.total { filter.nanos_of_total(size) } else { 0 };
            nanos = nanos.saturating_add(page).saturating_add(total);
        }
        for (listing, technicians) in &self.of_technicians {
            nanos = nanos.saturating_add(listing.filter.nanos_of_sort(*technicians, size));
        }
        for (filter, each) in &self.statistics {
            nanos = nanos.saturating_add(filter.nanos_of_statistics(size, *each));
        }
        for (filter, times) in &self.scans_of_groups {
            let scan = filter.nanos_of_statistics(size, 0);
            nanos = nanos.saturating_add(scan.saturating_mul(*times));
        }
        let technicians = size.sessions / SESSIONS_OF_A_TECHNICIAN;
        for (filter, needs) in &self.technicians {
            let times = u64::from(needs.rows) + u64::from(needs.total);
            let each = filter.nanos().saturating_mul(times);
            nanos = nanos.saturating_add(each.saturating_mul(technicians));
        }
        nanos
    }
}

impl Needs {
    fn of(fetch: &Fetch) -> Self {
        Self { rows: fetch.needs_rows, total: fetch.needs_total }
    }
}

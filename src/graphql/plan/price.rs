//! The price of a request beyond its fields: the searches and counts of its statements.

use super::{
    fetch::{ChildFetch, Fetch},
    lookup::Lookups,
    root::Root,
};
use crate::{
    domain::{
        account_size::AccountSize,
        filter::{SessionFilter, TechnicianFilter, scan::NANOS_OF_A_COST},
        number::grouped,
    },
    error::Result,
    graphql::{
        context::RequestContext,
        limits::{Limits, too_complex},
    },
    store::query::{ChildQuery, ListQuery},
};

/// The expected number of sessions of a technician.
const SESSIONS_OF_A_TECHNICIAN: u64 = 100;

/// What the statements of a request search and count.
#[derive(Default)]
struct Scans<'a> {
    /// The conditions of all filters.
    conditions: usize,
    /// The nanoseconds that do not depend on the size of the account.
    nanos: u64,
    /// The lists of sessions.
    sessions: Vec<(&'a SessionFilter, Needs)>,
    /// The lists of technicians.
    technicians: Vec<(&'a TechnicianFilter, Needs)>,
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
) -> Result<()> {
    let mut scans = Scans::default();
    for root in roots {
        if let Some((query, fetch, rows)) = root.reads() {
            if let Some(query) = query {
                scans.list(query, Needs::of(fetch));
            }
            scans.children(fetch, rows);
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
    let nanos = if scans.sessions.is_empty() && scans.technicians.is_empty() {
        scans.nanos
    } else {
        let size = request.account_size().await;
        scans.nanos_in(&size.unwrap_or_default())
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
            ListQuery::Sessions(listing) => self.sessions(&listing.filter, needs),
            ListQuery::Technicians(filter) => {
                self.conditions += filter.size();
                if !filter.is_unrestricted() || needs.total {
                    self.technicians.push((filter, needs));
                }
            }
        }
    }

    fn sessions(&mut self, filter: &'a SessionFilter, needs: Needs) {
        self.conditions += filter.size();
        if !filter.is_unrestricted() || needs.total {
            self.sessions.push((filter, needs));
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
                self.sessions(&listing.filter, needs);
                (0, page.size)
            }
        };
        let times = u64::from(needs.rows) + u64::from(needs.total);
        self.nanos = self.nanos.saturating_add(nanos.saturating_mul(times));
        self.children(fetch, parents.saturating_mul(size.into()));
    }

    fn nanos_in(&self, size: &AccountSize) -> u64 {
        let mut nanos = self.nanos;
        for (filter, needs) in &self.sessions {
            let page = if needs.rows { filter.nanos_of_page(size) } else { 0 };
            let total = if needs.total { filter.nanos_of_total(size) } else { 0 };
            nanos = nanos.saturating_add(page).saturating_add(total);
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

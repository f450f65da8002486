//! How the sessions that match a search are found: by the index, or by a test of each session in the
//! order of the list, which finds a page sooner if many match.

use crate::{
    domain::{
        filter::{Filter, SessionCondition, SessionFilter},
        search::{Search, SearchPlan},
        viewer::AccountId,
    },
    error::Result,
    store::reads::Reads,
};

mod by_start;
mod in_file;
pub(super) mod number;
pub(super) mod page;
mod periods;
mod sample;

impl Reads {
    /// The same filter, for a page of sessions, if a search is not done as by default.
    pub(super) async fn plan_searches(
        &self,
        account: AccountId,
        filter: &SessionFilter,
    ) -> Result<Option<SessionFilter>> {
        let (mut searches, mut plans) = (Vec::new(), Vec::new());
        collect(filter, &mut searches);
        for search in searches {
            let is_planned = plans.iter().any(|(planned, _)| *planned == search);
            if !is_planned && search.required().next().is_some() {
                plans.push((search, self.plan_search(account, search).await?));
            }
        }
        if plans.iter().all(|(_, plan)| *plan == SearchPlan::default()) {
            return Ok(None);
        }
        Ok(Some(filter.plan_searches(|search| {
            let plan = plans.iter().find(|(planned, _)| *planned == search);
            plan.map_or_else(SearchPlan::default, |(_, plan)| *plan)
        })))
    }

    /// How a search is done: as a moment ago, or by a sample of the sessions.
    async fn plan_search(&self, account: AccountId, search: &Search) -> Result<SearchPlan> {
        if let Some(plan) = self.search_plans.get(account, search) {
            return Ok(plan);
        }
        let plan = self.plan_by_sample(account, search).await?;
        self.search_plans.put(account, search, plan);
        Ok(plan)
    }
}

fn collect<'a>(filter: &'a SessionFilter, into: &mut Vec<&'a Search>) {
    match filter {
        Filter::Is(SessionCondition::Search(search)) => into.push(search),
        Filter::Is(_) => {}
        Filter::All(parts) | Filter::Any(parts) => {
            parts.iter().for_each(|part| collect(part, into));
        }
        Filter::Not(part) => collect(part, into),
    }
}

//! How the sessions that match a search are found: by the index, or by a test of each session in the
//! order of the list, which finds a page sooner if many match.

use entity::session::{Column, Entity};
use sea_orm::{ColumnTrait, DbBackend, Values, sea_query::Query};

use super::{
    filter::{Target, search::in_sample},
    reads::Reads,
};
use crate::{
    domain::{
        filter::{Filter, SessionCondition, SessionFilter},
        search::Search,
        viewer::AccountId,
    },
    error::Result,
};

pub(super) mod in_order;
pub(super) mod number;

/// If more sessions of the sample match, many sessions match: about 1,500. In an account of 100,000 a page
/// then takes about as long by the index as by a test of each session.
const FEW_OF_SAMPLE: u64 = 5;
/// The same number on PostgreSQL, by the number of changes of the account, which is about that of its sessions. The time of a
/// page by the index grows with the number of sessions that match, and the time by a test of each session with the number of
/// sessions divided by it.
const FEW_ON_POSTGRES: &str = "(SELECT CAST(LEAST(50, GREATEST(5, 5 * SQRT(position / 1e5))) AS bigint) \
     FROM change_counter WHERE account_id = $account)";

impl Reads {
    /// The same filter, for a page of sessions, if many sessions match one of its searches.
    pub(super) async fn plan_searches(
        &self,
        account: AccountId,
        filter: &SessionFilter,
    ) -> Result<Option<SessionFilter>> {
        let (mut searches, mut common) = (Vec::new(), Vec::new());
        collect(filter, &mut searches);
        for search in searches {
            if !common.contains(search) && self.is_common(account, search).await? {
                common.push(search.clone());
            }
        }
        if common.is_empty() {
            return Ok(None);
        }
        Ok(Some(filter.mark_common(|search| common.contains(search))))
    }

    async fn is_common(&self, account: AccountId, search: &Search) -> Result<bool> {
        if search.required().next().is_none() {
            return Ok(false);
        }
        let mut select = Query::select()
            .column((Entity, Column::Id))
            .from(Entity)
            .and_where(Column::AccountId.eq(account.0))
            .cond_where(in_sample(search, Target::new(account, self.backend())))
            .take();
        let build = |backend: DbBackend| {
            let mut statement = backend.build(&select);
            let values = &mut statement.values.get_or_insert_with(|| Values(Vec::new())).0;
            values.push(account.0.into());
            let few = FEW_ON_POSTGRES.replace("$account", &format!("${}", values.len()));
            statement.sql.push_str(&format!(" LIMIT 1 OFFSET {few}"));
            statement
        };
        let another = match self.backend() {
            DbBackend::Postgres => self.statement_rows(account, &build).await?,
            _ => self.rows(account, select.limit(1).offset(FEW_OF_SAMPLE)).await?,
        };
        Ok(!another.is_empty())
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

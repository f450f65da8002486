//! What statistics are asked for.

use async_graphql::{InputObject, OneofObject};

use super::{
    super::enums::SessionGroup,
    Operators,
    operator::{IntFilter, checked},
};
use crate::{
    domain::{
        filter::{Comparison, Filter},
        statistics::{Criterion, MAX_CRITERIA, measure::Measure},
        text,
        time::Timestamp,
    },
    error::{Error, Result},
};

/// What sessions are grouped by: exactly one of the fields.
#[derive(Clone, Debug, OneofObject)]
pub enum SessionGroupBy {
    /// A property of the session.
    By(SessionGroup),
    /// The value of the custom field with this name, whatever its letter case. A session with several
    /// values counts once in the group of each.
    CustomField(String),
}

/// Conditions on a group. All of them must match.
#[derive(Clone, Debug, Default, InputObject)]
pub struct SessionStatsFilter {
    /// Conditions on the number of sessions.
    count: Option<IntFilter>,
    /// Conditions on the number of sessions that a technician answered.
    answered: Option<IntFilter>,
    /// Conditions on the number of sessions that no technician answered.
    missed: Option<IntFilter>,
    /// Conditions on the number of sessions that have not ended.
    open: Option<IntFilter>,
}

/// The criteria of a grouping.
///
/// # Errors
/// When there are too many, or two of them cannot be together.
pub(in crate::graphql) fn criteria(groups: Vec<SessionGroupBy>) -> Result<Vec<Criterion>> {
    let count = groups.len();
    if count > MAX_CRITERIA {
        return Err(Error::input(format!(
            "'groupBy' has {count} items; the maximum is {MAX_CRITERIA}."
        )));
    }
    let mut criteria: Vec<Criterion> = Vec::with_capacity(count);
    for group in groups {
        let criterion = match group {
            SessionGroupBy::By(group) => group.criterion(),
            SessionGroupBy::CustomField(name) => {
                Criterion::CustomField(text::fold(checked(&name)?))
            }
        };
        let is_period = |it: &Criterion| matches!(it, Criterion::Period(_));
        if is_period(&criterion) && criteria.iter().any(is_period) {
            return Err(Error::input("'groupBy' has two periods; the maximum is one."));
        }
        if criteria.contains(&criterion) {
            return Err(Error::input("'groupBy' has the same item twice."));
        }
        criteria.push(criterion);
    }
    Ok(criteria)
}

impl SessionStatsFilter {
    /// The comparisons of measures.
    pub(in crate::graphql) fn comparisons(
        self,
        now: Timestamp,
    ) -> Result<Vec<(Measure, Comparison, i64)>> {
        let mut comparisons = Vec::new();
        for (measure, filter) in [
            (Measure::Count, self.count),
            (Measure::Answered, self.answered),
            (Measure::Missed, self.missed),
            (Measure::Open, self.open),
        ] {
            for test in filter.map(|it| it.into_tests(now)).transpose()?.into_iter().flatten() {
                if let Filter::Is((comparison, value)) = test {
                    comparisons.push((measure, comparison, value));
                }
            }
        }
        Ok(comparisons)
    }
}

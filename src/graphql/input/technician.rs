//! Filters of technicians.

use async_graphql::InputObject;

use super::{Conditions, FilterInput, operator::TextFilter};
use crate::{
    domain::{
        filter::{Filter, TechnicianCondition as Condition},
        time::Timestamp,
    },
    error::Result,
};

/// Conditions on a technician. All of them must match; an empty filter matches every technician.
#[derive(Clone, Debug, Default, InputObject)]
pub struct TechnicianFilter {
    /// Conditions on the user name.
    username: Option<TextFilter>,
    /// Conditions on the name.
    name: Option<TextFilter>,
    /// All of these conditions must match. An empty list matches everything.
    and: Option<Vec<TechnicianFilter>>,
    /// At least one of these conditions must match. An empty list matches nothing.
    or: Option<Vec<TechnicianFilter>>,
    /// This condition must not match.
    not: Option<Box<TechnicianFilter>>,
}

impl FilterInput for TechnicianFilter {
    type Condition = Condition;

    fn into_condition(self, now: Timestamp) -> Result<Filter<Condition>> {
        let mut conditions = Conditions::new(now);
        conditions.field(self.username, Condition::Username)?;
        conditions.field(self.name, Condition::Name)?;
        conditions.add_operators(self.and, self.or, self.not)?;
        Ok(conditions.into_filter())
    }
}

//! Filters of technicians.

use async_graphql::InputObject;

use super::{Conditions, check_size, operator::TextFilter};
use crate::{
    domain::filter::{self as domain, TechnicianCondition as Condition},
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

impl TechnicianFilter {
    /// Converts the filter to the domain.
    ///
    /// # Errors
    /// When it has too many conditions, or a value that cannot be compared.
    pub fn into_domain(self) -> Result<domain::TechnicianFilter> {
        let filter = self.into_condition()?;
        check_size(filter.size())?;
        Ok(filter)
    }

    fn into_condition(self) -> Result<domain::TechnicianFilter> {
        let mut conditions = Conditions::new();
        conditions.field(self.username, TextFilter::into_domain, Condition::Username)?;
        conditions.field(self.name, TextFilter::into_domain, Condition::Name)?;
        conditions.add_operators(self.and, self.or, self.not, Self::into_condition)?;
        Ok(conditions.into_filter())
    }
}

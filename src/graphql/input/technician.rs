//! Filters of technicians.

use async_graphql::InputObject;

use super::{All, check_size, operator::TextFilter};
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
    /// The filter of the domain.
    ///
    /// # Errors
    /// When it has too many conditions, or a value that cannot be compared.
    pub fn read(self) -> Result<domain::TechnicianFilter> {
        let filter = self.parts()?;
        check_size(filter.size())?;
        Ok(filter)
    }

    fn parts(self) -> Result<domain::TechnicianFilter> {
        let mut all = All::new();
        all.field(self.username, TextFilter::read, Condition::Username)?;
        all.field(self.name, TextFilter::read, Condition::Name)?;
        all.joints(self.and, self.or, self.not, Self::parts)?;
        Ok(all.into_filter())
    }
}

//! Filters of technicians.

use async_graphql::InputObject;

use super::{All, check_size, operator::TextFilter};
use crate::{
    domain::filter::{self as domain, TechnicianCondition as Condition},
    error::Result,
};

/// Which technicians. All of the conditions must hold; an empty filter restricts nothing.
#[derive(Clone, Debug, Default, InputObject)]
pub struct TechnicianFilter {
    /// On the user name.
    username: Option<TextFilter>,
    /// On the name.
    name: Option<TextFilter>,
    /// All of these hold.
    and: Option<Vec<TechnicianFilter>>,
    /// At least one of these holds. An empty list keeps nothing.
    or: Option<Vec<TechnicianFilter>>,
    /// This does not hold.
    not: Option<Box<TechnicianFilter>>,
}

impl TechnicianFilter {
    /// What it means.
    ///
    /// # Errors
    /// When it is too large or holds a value that cannot be compared.
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

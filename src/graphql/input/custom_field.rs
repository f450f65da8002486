//! Filters of sessions by a custom field.

use async_graphql::InputObject;

use super::{
    Conditions,
    operator::{TextFilter, checked},
};
use crate::{
    domain::filter::{self as domain, CustomFieldCondition as Condition, Filter, TextTest},
    error::Result,
};

/// Conditions on one custom field. All of them must match the same field.
#[derive(Clone, Debug, Default, InputObject)]
pub struct CustomFieldFilter {
    /// The field's name. Letter case is ignored.
    name: Option<String>,
    /// Conditions on the field's value.
    value: Option<TextFilter>,
}

impl CustomFieldFilter {
    /// Converts the filter to the domain.
    ///
    /// # Errors
    /// When it has a value that cannot be compared.
    pub fn into_domain(self) -> Result<domain::CustomFieldFilter> {
        let mut conditions = Conditions::new();
        if let Some(name) = self.name {
            conditions.add(Some(Filter::Is(Condition::Name(TextTest::equals(checked(&name)?)))));
        }
        conditions.field(self.value, TextFilter::into_domain, Condition::Value)?;
        Ok(conditions.into_filter())
    }
}

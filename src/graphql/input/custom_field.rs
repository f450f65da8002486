//! Filters of sessions by a custom field.

use async_graphql::InputObject;

use super::{
    All,
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
    /// The filter of the domain.
    ///
    /// # Errors
    /// When it has a value that cannot be compared.
    pub fn read(self) -> Result<domain::CustomFieldFilter> {
        let mut all = All::new();
        if let Some(name) = self.name {
            all.add(Some(Filter::Is(Condition::Name(TextTest::equals(checked(&name)?)))));
        }
        all.field(self.value, TextFilter::read, Condition::Value)?;
        Ok(all.into_filter())
    }
}

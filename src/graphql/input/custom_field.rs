//! Filters of sessions by a custom field.

use async_graphql::InputObject;

use super::{
    Conditions, FilterInput,
    operator::{TextFilter, checked},
};
use crate::{
    domain::{
        filter::{CustomFieldCondition as Condition, Filter, TextTest},
        time::Timestamp,
    },
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

impl FilterInput for CustomFieldFilter {
    type Condition = Condition;

    fn into_condition(self, now: Timestamp) -> Result<Filter<Condition>> {
        let mut conditions = Conditions::new(now);
        if let Some(name) = self.name {
            conditions.add(Some(Filter::Is(Condition::Name(TextTest::equals(checked(&name)?)))));
        }
        conditions.field(self.value, Condition::Value)?;
        Ok(conditions.into_filter())
    }
}

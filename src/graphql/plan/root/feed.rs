//! The field of a subscription.

use super::{
    super::{
        collect::CollectedField,
        compile::Compiler,
        fetch::Fetch,
        template::{PageValue, Template},
    },
    Root, RootPlan,
};
use crate::{
    domain::page::{End, PageRequest},
    error::{Error, Result},
    graphql::{definition::FieldSource, types::subscription::SUBSCRIPTION},
    store::query::ListQuery,
};

impl Root {
    /// Compiles the field of a subscription: the list of its events, in pages of this size.
    ///
    /// # Errors
    /// When an argument is invalid, or the caller may not read.
    pub(in crate::graphql::plan) fn of_subscription<'a>(
        compiler: &mut Compiler<'a>,
        field: &CollectedField<'a>,
        size: u32,
    ) -> Result<Self> {
        let Some(FieldSource::Feed(feed)) = SUBSCRIPTION.field(field.name()).map(|it| &it.source)
        else {
            // A valid document selects no other field.
            return Err(Error::internal("a subscription has another field"));
        };
        let site = compiler.sites.add(field.first, None, false);
        let (listing, after) = (feed.query)(&compiler.arguments(field))?;
        let mut fetch = Fetch { needs_rows: true, ..Fetch::default() };
        let row = compiler.object(feed.object, field.sets(), site, &mut fetch);
        let mut template = Template(Vec::new());
        template.placeholder(PageValue::Rows(row), site, false);
        let page = PageRequest { size, end: End::First, after, before: None };
        let plan = RootPlan::Page { query: ListQuery::Changes(listing), page, fetch, template };
        Ok(Self { key: field.key.into(), nullable: false, site, plan })
    }
}

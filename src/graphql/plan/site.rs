//! The fields of a request: the path and the location of an error come from here.

use std::sync::Arc;

use async_graphql::{PathSegment, Positioned, parser::types::Field};

use crate::{error::Error, graphql::error::FieldError};

/// The number of a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SiteId(usize);

/// All fields that a request selects.
#[derive(Debug, Default)]
pub(super) struct Sites<'a>(Vec<Site<'a>>);

#[derive(Debug)]
struct Site<'a> {
    field: &'a Positioned<Field>,
    /// The field around it.
    parent: Option<SiteId>,
    /// Whether the values below it are items of a list.
    is_list: bool,
}

impl<'a> Sites<'a> {
    /// Adds a field.
    pub(super) fn add(
        &mut self,
        field: &'a Positioned<Field>,
        parent: Option<SiteId>,
        is_list: bool,
    ) -> SiteId {
        self.0.push(Site { field, parent, is_list });
        SiteId(self.0.len() - 1)
    }

    /// The keys that lead from the root to a field.
    pub(super) fn keys(&self, site: SiteId) -> Vec<&'a str> {
        let keys = self.path(site).into_iter();
        keys.map(|site| site.field.node.response_key().node.as_str()).collect()
    }

    /// A field and those around it, from the outermost.
    fn path(&self, site: SiteId) -> Vec<&Site<'a>> {
        let mut around = Vec::new();
        let mut next = Some(site);
        while let Some(found) = next.and_then(|SiteId(number)| self.0.get(number)) {
            around.push(found);
            next = found.parent;
        }
        around.reverse();
        around
    }

    /// The error of a field. `indexes` are the indexes of the lists around it, from the outermost.
    pub(super) fn error(
        &self,
        site: SiteId,
        indexes: &[usize],
        error: impl Into<Arc<Error>>,
    ) -> Box<FieldError> {
        let around = self.path(site);
        let mut indexes = indexes.iter();
        let mut path = Vec::new();
        for site in &around {
            let key = site.field.node.response_key().node.to_string();
            path.push(PathSegment::Field(key));
            if site.is_list {
                path.extend(indexes.next().copied().map(PathSegment::Index));
            }
        }
        let location = around.last().map_or_else(Default::default, |site| site.field.pos);
        Box::new(FieldError { error: error.into(), path, location })
    }
}

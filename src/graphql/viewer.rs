//! The caller.

use async_graphql::{Enum, SimpleObject};

use super::{context::RequestContext, limits::Limits};
use crate::{domain::viewer as domain, error::Result};

/// What a key may do.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "crate::domain::viewer::Scope")]
pub enum Scope {
    /// Read the account's history.
    Read,
    /// Change the account's history.
    Write,
}

/// The caller, as their key tells.
#[derive(Debug, SimpleObject)]
pub struct Viewer {
    /// The account whose history the key opens.
    account: Account,
    /// What the operator calls the key.
    key_label: String,
    /// What the key may do.
    scopes: Vec<Scope>,
    /// The bounds of a request.
    limits: RequestLimits,
}

/// An account, whose history is its own.
#[derive(Debug, SimpleObject)]
pub struct Account {
    /// The account's name.
    name: String,
}

/// The bounds of a request. Beyond one of them, the answer is an error.
#[derive(Debug, SimpleObject)]
pub struct RequestLimits {
    /// The rows of a page where the request does not say.
    default_page_size: u32,
    /// The most rows of a page of sessions or technicians.
    max_page_size: u32,
    /// The most rows of a page of chat messages or videos.
    max_child_page_size: u32,
    /// The most selections of a document, its fragments expanded.
    max_selections: u32,
    /// The deepest nesting of fields, the introspection aside.
    max_depth: u32,
    /// The highest cost: the fields, times the page sizes around them.
    max_cost: u32,
    /// The most times that one field may stand in one place.
    max_aliases: u32,
    /// The longest list in the input.
    max_list_length: u32,
}

/// The caller of a request.
///
/// # Errors
/// When there is no valid key.
pub(super) fn viewer(request: &RequestContext) -> Result<Viewer> {
    let domain::Viewer { account_name, key_label, scopes, .. } = request.viewer()?.clone();
    let scopes = scopes.into_iter().map(Scope::from).collect();
    Ok(Viewer {
        account: Account { name: account_name },
        key_label,
        scopes,
        limits: request.limits().into(),
    })
}

impl From<&Limits> for RequestLimits {
    fn from(limits: &Limits) -> Self {
        Self {
            default_page_size: limits.default_page_size,
            max_page_size: limits.max_page_size,
            max_child_page_size: limits.max_child_page_size,
            max_selections: limits.max_selections,
            max_depth: limits.max_depth,
            max_cost: limits.max_cost,
            max_aliases: limits.max_aliases,
            max_list_length: limits.max_list,
        }
    }
}

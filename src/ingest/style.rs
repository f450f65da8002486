//! How a document names its elements and writes its values, where it differs from the standard.

use super::draft::SESSION_ELEMENTS;
use crate::domain::session::StartMethod;

/// The elements of a document that can have other names. Each belongs to what contains it, because two
/// elements may have the same name in different places.
const SCOPES: [(ElementScope, &[&str]); 4] = [
    (ElementScope::Envelope, &["response", "nrequests", "requests", "request", "error_msg"]),
    (ElementScope::Item, &["message", "video_link"]),
    (ElementScope::Message, &["date", "sender", "text"]),
    (ElementScope::CustomField, &["name", "value"]),
];

/// What an element is a part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ElementScope {
    /// What surrounds the sessions, and the element of a session.
    Envelope,
    /// A session.
    Session,
    /// A list of chat messages or video links.
    Item,
    /// A chat message.
    Message,
    /// A custom field.
    CustomField,
}

/// The style of a document. The default is the standard.
#[derive(Clone, Debug, Default)]
pub struct DocumentStyle {
    renamed: Vec<RenamedElement>,
    /// Whether the items of a list in XML have no element around them.
    pub repeats_items: bool,
    /// Whether an empty element is left out.
    pub leaves_out_empty: bool,
    /// The offset from UTC of dates that name none, in seconds.
    pub offset_seconds: i32,
    /// The words for true and false, beside the standard ones.
    pub booleans: Option<[String; 2]>,
    /// The start method of all sessions whose record has none, also of those that are stored with another.
    pub start_method: Option<StartMethod>,
}

/// An element with a name that is not the standard one.
#[derive(Clone, Debug)]
struct RenamedElement {
    scope: ElementScope,
    written: String,
    standard: &'static str,
}

impl DocumentStyle {
    /// A style in which `name` gives the name of each element by its standard name.
    pub fn with_names<'n>(name: impl Fn(&'static str) -> &'n str) -> Self {
        let of_session =
            SESSION_ELEMENTS.iter().map(|(standard, _)| (ElementScope::Session, *standard));
        let others = SCOPES.iter().flat_map(|(scope, names)| names.iter().map(|it| (*scope, *it)));
        let renamed = of_session.chain(others).filter_map(|(scope, standard)| {
            let written = name(standard);
            let renamed = || RenamedElement { scope, written: written.to_owned(), standard };
            (written != standard).then(renamed)
        });
        Self { renamed: renamed.collect(), ..Self::default() }
    }

    /// The standard name of an element that a document writes as `written`. The letter case decides only
    /// between two names of the style. A name that the style does not have stays, so that a style does
    /// not need names for what only an import reads.
    pub(super) fn standard_name<'w>(&self, scope: ElementScope, written: &'w str) -> &'w str {
        self.renamed(scope, written).unwrap_or(written)
    }

    /// The standard name of an element that the style gives this name.
    pub(super) fn renamed(&self, scope: ElementScope, written: &str) -> Option<&'static str> {
        let named = |same: fn(&str, &str) -> bool| {
            let mut renamed = self.renamed.iter();
            renamed.find(|it| it.scope == scope && same(&it.written, written))
        };
        // Most documents have the standard names.
        if self.renamed.is_empty() {
            return None;
        }
        let found = named(|name, written| name == written);
        found.or_else(|| named(str::eq_ignore_ascii_case)).map(|it| it.standard)
    }
}

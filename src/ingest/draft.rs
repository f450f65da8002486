//! One session as its document writes it: texts under their fields' names, nothing checked.

use super::{problem::Reason, record::CustomField};

/// The most chat messages, video links and custom fields of one session together.
pub(super) const CHILD_LIMIT: usize = 100_000;

/// The fields of a session that hold one text.
pub(super) const SESSION_TEXTS: [&str; 15] = [
    "id",
    "computer_name",
    "computer_domain",
    "computer_os",
    "tech_username",
    "tech_name",
    "customer_name",
    "customer_email",
    "customer_number",
    "problem_description",
    "notes",
    "has_videos",
    "date_start",
    "date_end",
    "start_method",
];

/// The fields of a chat message.
pub(super) const MESSAGE_TEXTS: [&str; 4] = ["date", "sender", "sender_role", "text"];

/// The halves of a custom field that came as a pair.
pub(super) const PAIR_TEXTS: [&str; 2] = ["name", "value"];

/// The one of `names` that a document writes as `written`, in any letter case.
pub(super) fn named(names: &[&'static str], written: &str) -> Option<&'static str> {
    names.iter().copied().find(|name| name.eq_ignore_ascii_case(written))
}

/// Texts under their fields' names.
#[derive(Default)]
pub(super) struct Texts(Vec<(&'static str, String)>);

impl Texts {
    /// Sets the text of a field that has none yet.
    pub(super) fn set(&mut self, field: &'static str, text: String) -> Result<(), Reason> {
        if self.0.iter().any(|(name, _)| *name == field) {
            return Err(Reason::Twice(field));
        }
        self.0.push((field, text));
        Ok(())
    }

    /// Takes the text of a field out.
    pub(super) fn take(&mut self, field: &str) -> Option<String> {
        let at = self.0.iter().position(|(name, _)| *name == field)?;
        Some(self.0.swap_remove(at).1)
    }
}

/// A session's texts.
#[derive(Default)]
pub(super) struct Draft {
    /// The fields with one text.
    pub(super) texts: Texts,
    /// The chat messages, if the document has a chat.
    pub(super) chat: Option<Vec<Texts>>,
    /// The links, if the document has video links.
    pub(super) videos: Option<Vec<String>>,
    /// The names of custom fields, in order.
    pub(super) names: Vec<String>,
    /// The values of custom fields, in order.
    pub(super) values: Vec<String>,
    /// Custom fields that came as pairs. They win over names and values.
    pub(super) pairs: Option<Vec<CustomField>>,
}

impl Draft {
    /// Refuses more children than a session may have. Called after each, to bound the memory.
    pub(super) fn check_count(&self) -> Result<(), Reason> {
        let messages = self.chat.as_ref().map_or(0, Vec::len);
        let videos = self.videos.as_ref().map_or(0, Vec::len);
        let pairs = self.pairs.as_ref().map_or(0, Vec::len);
        let fields = self.names.len().max(self.values.len()).max(pairs);
        if messages + videos + fields > CHILD_LIMIT {
            return Err(Reason::TooMany(CHILD_LIMIT));
        }
        Ok(())
    }
}

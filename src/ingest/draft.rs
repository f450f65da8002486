//! One session as its document writes it: texts under their fields' names, nothing checked.

use super::problem::Reason;
use crate::history::limits::CHILDREN;

/// What an element of a session, which is a member in JSON, consists of.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum ElementKind {
    /// One text.
    Text,
    ChatInfo,
    VideoLinks,
    CustomFields,
    CustomFieldName,
    CustomFieldValue,
}

/// The elements of a session.
pub(super) const SESSION_ELEMENTS: &[(&str, ElementKind)] = &[
    ("id", ElementKind::Text),
    ("computer_name", ElementKind::Text),
    ("computer_domain", ElementKind::Text),
    ("computer_os", ElementKind::Text),
    ("tech_username", ElementKind::Text),
    ("tech_name", ElementKind::Text),
    ("customer_name", ElementKind::Text),
    ("customer_email", ElementKind::Text),
    ("customer_number", ElementKind::Text),
    ("problem_description", ElementKind::Text),
    ("notes", ElementKind::Text),
    ("has_videos", ElementKind::Text),
    ("date_start", ElementKind::Text),
    ("date_end", ElementKind::Text),
    ("start_method", ElementKind::Text),
    ("chat_info", ElementKind::ChatInfo),
    ("video_links", ElementKind::VideoLinks),
    ("custom_fields", ElementKind::CustomFields),
    ("custom_field_name", ElementKind::CustomFieldName),
    ("custom_field_value", ElementKind::CustomFieldValue),
];

/// The fields of a chat message.
pub(super) const MESSAGE_TEXTS: &[&str] = &["date", "sender", "sender_role", "text"];

/// The fields of a recording: the URL of its link first.
pub(super) const LINK_TEXTS: &[&str] = &["url", "recorded_at", "duration_seconds", "size_bytes"];

/// The fields of a custom field.
pub(super) const PAIR_TEXTS: &[&str] = &["name", "value"];

/// The element of a session that a document writes as `written`, in any letter case.
pub(super) fn session_element(written: &str) -> Option<(&'static str, ElementKind)> {
    SESSION_ELEMENTS.iter().copied().find(|(name, _)| name.eq_ignore_ascii_case(written))
}

/// The one of `names` that a document writes as `written`, in any letter case.
pub(super) fn named(names: &[&'static str], written: &str) -> Option<&'static str> {
    names.iter().copied().find(|name| name.eq_ignore_ascii_case(written))
}

/// Texts under their fields' names.
#[derive(Default)]
pub(super) struct Texts {
    fields: Vec<(&'static str, String)>,
    unknown: Option<String>,
}

impl Texts {
    /// Sets the text of a field that has none yet.
    pub(super) fn set(&mut self, field: &'static str, text: String) -> Result<(), Reason> {
        if self.fields.iter().any(|(name, _)| *name == field) {
            return Err(Reason::Twice(field));
        }
        self.fields.push((field, text));
        Ok(())
    }

    /// Remembers the first element, member or attribute whose name is unknown.
    pub(super) fn set_unknown(&mut self, name: impl FnOnce() -> String) {
        self.unknown.get_or_insert_with(name);
    }

    /// Removes the text of a field and returns it.
    pub(super) fn take(&mut self, field: &str) -> Option<String> {
        let at = self.fields.iter().position(|(name, _)| *name == field)?;
        Some(self.fields.swap_remove(at).1)
    }

    /// Removes the text of an optional field and returns it. An absent field is an error if an
    /// unknown name may be this field under another name.
    pub(super) fn take_optional(
        &mut self,
        field: &str,
        shown: impl Fn() -> String,
    ) -> Result<Option<String>, Reason> {
        match (self.take(field), &self.unknown) {
            (None, Some(content)) => {
                let (content, name) = (content.clone(), field.to_owned());
                Err(Reason::NotFound { field: shown(), content, name })
            }
            (text, _) => Ok(text),
        }
    }

    /// Removes the text of a required field and returns it.
    pub(super) fn take_required(
        &mut self,
        field: &str,
        shown: impl Fn() -> String,
    ) -> Result<String, Reason> {
        self.take_optional(field, &shown)?.ok_or_else(|| Reason::Missing(shown()))
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
    pub(super) videos: Option<Vec<Texts>>,
    /// The names of custom fields, in order.
    pub(super) names: Vec<String>,
    /// The values of custom fields, in order.
    pub(super) values: Vec<String>,
    /// Custom fields that came as pairs. They win over names and values.
    pub(super) pairs: Option<Vec<Texts>>,
}

impl Draft {
    /// Refuses more children than a session may have.
    pub(super) fn check_count(&self) -> Result<(), Reason> {
        let Self { texts: _, chat, videos, names, values, pairs } = self;
        let listed: usize = [chat, videos, pairs].into_iter().flatten().map(Vec::len).sum();
        check_length(listed + names.len().max(values.len()))
    }
}

/// Refuses more children than a session may have. Called after each, to bound the memory.
pub(super) fn check_length(children: usize) -> Result<(), Reason> {
    if children > CHILDREN {
        return Err(Reason::TooMany(CHILDREN));
    }
    Ok(())
}

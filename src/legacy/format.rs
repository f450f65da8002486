//! The two formats of an answer.

/// How an answer is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// XML, unless the caller asks otherwise.
    #[default]
    Xml,
    /// JSON.
    Json,
}

impl Format {
    /// The value of the answer's `Content-Type` header.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Xml => "text/xml; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }

    /// Reads a setting of `OUTPUT_FORMAT`, in any letter case.
    pub(super) fn from_word(word: &str) -> Option<Self> {
        match word {
            _ if word.eq_ignore_ascii_case("XML") => Some(Self::Xml),
            _ if word.eq_ignore_ascii_case("JSON") => Some(Self::Json),
            _ => None,
        }
    }
}

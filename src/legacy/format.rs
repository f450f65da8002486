//! The formats of an answer.

/// The format of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OutputFormat {
    /// XML, the default.
    #[default]
    Xml,
    /// JSON.
    Json,
}

impl OutputFormat {
    /// The value of the answer's `Content-Type` header.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Xml => "text/xml; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }

    /// Parses a value of `OUTPUT_FORMAT`, in any letter case.
    pub(super) fn parse(word: &str) -> Option<Self> {
        match word {
            _ if word.eq_ignore_ascii_case("XML") => Some(Self::Xml),
            _ if word.eq_ignore_ascii_case("JSON") => Some(Self::Json),
            _ => None,
        }
    }
}

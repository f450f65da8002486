//! The formats of an export.

/// The format of an export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OutputFormat {
    /// XML.
    #[default]
    Xml,
    /// JSON.
    Json,
    /// CSV, as RFC 4180 describes it.
    Csv,
    /// One JSON object a line.
    Ndjson,
}

impl OutputFormat {
    /// Every format, and its name.
    pub const ALL: [(Self, &'static str); 4] =
        [(Self::Xml, "XML"), (Self::Json, "JSON"), (Self::Csv, "CSV"), (Self::Ndjson, "NDJSON")];

    /// The value of the answer's `Content-Type` header.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Xml => "text/xml; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Ndjson => "application/x-ndjson; charset=utf-8",
        }
    }

    /// The name.
    pub fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(it, _)| *it == self).map_or("", |(_, name)| name)
    }

    /// The format with this name, in any letter case.
    pub fn parse(name: &str) -> Option<Self> {
        let known = Self::ALL.into_iter().find(|(_, known)| known.eq_ignore_ascii_case(name));
        known.map(|(format, _)| format)
    }
}

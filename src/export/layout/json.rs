//! Objects of JSON.

use super::{super::escape::Escape, CountedText, ItemLayout, Layout};

/// A document of JSON with these names.
#[derive(Clone, Copy, Debug)]
pub struct JsonLayout<'n> {
    /// The member with the number of records.
    pub count: &'n str,
    /// The member with the records.
    pub records: &'n str,
}

/// Objects of JSON, one a line.
#[derive(Clone, Copy, Debug)]
pub struct NdjsonLayout;

/// The items of a list in JSON, in a document or in a cell of CSV.
#[derive(Clone, Copy, Debug)]
pub(super) enum JsonItems {
    InJson,
    InCell,
}

impl Layout for JsonLayout<'_> {
    fn escape(&self) -> Escape {
        Escape::Json
    }

    fn prefix(&self, _names: &[&str]) -> CountedText {
        let Self { count, records } = self;
        CountedText { before: format!("{{\"{count}\":"), after: Some(format!(",\"{records}\":[")) }
    }

    fn record(&self) -> [String; 3] {
        JsonItems::InJson.object("")
    }

    fn field(&self, name: &str) -> [String; 2] {
        JsonItems::InJson.field(name)
    }

    fn list(&self, name: &str) -> [String; 3] {
        list(name)
    }

    fn items(&self) -> &dyn ItemLayout {
        &JsonItems::InJson
    }

    fn between_records(&self) -> &'static str {
        ","
    }

    fn suffix(&self) -> CountedText {
        CountedText::plain("]}")
    }
}

impl Layout for NdjsonLayout {
    fn escape(&self) -> Escape {
        Escape::Json
    }

    fn prefix(&self, _names: &[&str]) -> CountedText {
        CountedText::default()
    }

    fn record(&self) -> [String; 3] {
        ["{", ",", "}\n"].map(str::to_owned)
    }

    fn field(&self, name: &str) -> [String; 2] {
        JsonItems::InJson.field(name)
    }

    fn list(&self, name: &str) -> [String; 3] {
        list(name)
    }

    fn items(&self) -> &dyn ItemLayout {
        &JsonItems::InJson
    }

    fn between_records(&self) -> &'static str {
        ""
    }

    fn suffix(&self) -> CountedText {
        CountedText::default()
    }
}

fn list(name: &str) -> [String; 3] {
    [format!("\"{name}\":["), ",".to_owned(), "]".to_owned()]
}

impl ItemLayout for JsonItems {
    fn escape(&self) -> Escape {
        match self {
            Self::InJson => Escape::Json,
            Self::InCell => Escape::JsonInCsv,
        }
    }

    fn object(&self, _name: &str) -> [String; 3] {
        ["{", ",", "}"].map(str::to_owned)
    }

    fn field(&self, name: &str) -> [String; 2] {
        let quote = match self {
            Self::InJson => "\"",
            Self::InCell => "\"\"",
        };
        [format!("{quote}{name}{quote}:"), String::new()]
    }

    fn value(&self, _name: &str) -> [String; 2] {
        Default::default()
    }
}

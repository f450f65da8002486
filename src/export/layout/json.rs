//! Objects of JSON.

use super::{
    super::{escape::Escape, value::Absent},
    CountedText, ItemLayout, Layout,
};

/// A document of JSON.
#[derive(Clone, Debug)]
pub struct JsonLayout {
    /// The texts before the number of records, after it, and after the records.
    pub envelope: [String; 3],
    /// How an absent value is written.
    pub absent: Absent,
}

/// Objects of JSON, one a line.
#[derive(Clone, Copy, Debug)]
pub struct NdjsonLayout {
    /// How an absent value is written.
    pub absent: Absent,
}

/// The items of a list in JSON, in a document or in a cell of CSV.
#[derive(Clone, Copy, Debug)]
pub(super) enum JsonItems {
    InJson(Absent),
    InCell,
}

/// The items of a list in JSON, by how an absent value is written.
static IN_JSON: [JsonItems; 3] = [
    JsonItems::InJson(Absent::Empty),
    JsonItems::InJson(Absent::Null),
    JsonItems::InJson(Absent::Left),
];

fn items(absent: Absent) -> &'static JsonItems {
    let [empty, null, left] = &IN_JSON;
    match absent {
        Absent::Empty => empty,
        Absent::Null => null,
        Absent::Left => left,
    }
}

impl Layout for JsonLayout {
    fn escape(&self) -> Escape {
        Escape::Json
    }

    fn prefix(&self, _names: &[&str]) -> CountedText {
        let [before, after, _] = self.envelope.clone();
        CountedText { before, after: Some(after) }
    }

    fn absent(&self) -> Absent {
        self.absent
    }

    fn record(&self) -> [String; 3] {
        items(self.absent).object("")
    }

    fn field(&self, name: &str) -> [String; 2] {
        items(self.absent).field(name)
    }

    fn list(&self, name: &str) -> [String; 3] {
        list(name)
    }

    fn items(&self) -> &dyn ItemLayout {
        items(self.absent)
    }

    fn between_records(&self) -> &'static str {
        ","
    }

    fn suffix(&self) -> CountedText {
        let [_, _, end] = &self.envelope;
        CountedText::plain(end)
    }
}

impl Layout for NdjsonLayout {
    fn escape(&self) -> Escape {
        Escape::Json
    }

    fn prefix(&self, _names: &[&str]) -> CountedText {
        CountedText::default()
    }

    fn absent(&self) -> Absent {
        self.absent
    }

    fn record(&self) -> [String; 3] {
        ["{", ",", "}\n"].map(str::to_owned)
    }

    fn field(&self, name: &str) -> [String; 2] {
        items(self.absent).field(name)
    }

    fn list(&self, name: &str) -> [String; 3] {
        list(name)
    }

    fn items(&self) -> &dyn ItemLayout {
        items(self.absent)
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
            Self::InJson(_) => Escape::Json,
            Self::InCell => Escape::JsonInCsv,
        }
    }

    fn absent(&self) -> Absent {
        match self {
            Self::InJson(absent) => *absent,
            Self::InCell => Absent::Empty,
        }
    }

    fn object(&self, _name: &str) -> [String; 3] {
        ["{", ",", "}"].map(str::to_owned)
    }

    fn field(&self, name: &str) -> [String; 2] {
        let quote = match self {
            Self::InJson(_) => "\"",
            Self::InCell => "\"\"",
        };
        [format!("{quote}{name}{quote}:"), String::new()]
    }

    fn value(&self, _name: &str) -> [String; 2] {
        Default::default()
    }
}

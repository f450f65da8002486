//! Elements of XML.

use super::{
    super::{escape::Escape, value::Absent},
    CountedText, ItemLayout, Layout,
};

/// A document of XML with these names.
#[derive(Clone, Debug)]
pub struct XmlLayout<'n> {
    /// The texts before the number of records, after it, and after the records.
    pub envelope: [String; 3],
    /// The element of a record.
    pub record: &'n str,
    /// Whether the items of a list have no element around them.
    pub repeats_items: bool,
    /// How an absent value is written.
    pub absent: Absent,
}

impl Layout for XmlLayout<'_> {
    fn escape(&self) -> Escape {
        Escape::Xml
    }

    fn prefix(&self, _names: &[&str]) -> CountedText {
        let [before, after, _] = self.envelope.clone();
        CountedText { before, after: Some(after) }
    }

    fn absent(&self) -> Absent {
        self.absent
    }

    fn record(&self) -> [String; 3] {
        self.object(self.record)
    }

    fn field(&self, name: &str) -> [String; 2] {
        element(name)
    }

    fn list(&self, name: &str) -> [String; 3] {
        match self.repeats_items {
            true => Default::default(),
            false => self.object(name),
        }
    }

    fn items(&self) -> &dyn ItemLayout {
        self
    }

    fn between_records(&self) -> &'static str {
        ""
    }

    fn suffix(&self) -> CountedText {
        let [_, _, end] = &self.envelope;
        CountedText::plain(end)
    }
}

impl ItemLayout for XmlLayout<'_> {
    fn escape(&self) -> Escape {
        Escape::Xml
    }

    fn absent(&self) -> Absent {
        self.absent
    }

    fn object(&self, name: &str) -> [String; 3] {
        let [start, end] = element(name);
        [start, String::new(), end]
    }

    fn field(&self, name: &str) -> [String; 2] {
        element(name)
    }

    fn value(&self, name: &str) -> [String; 2] {
        element(name)
    }
}

fn element(name: &str) -> [String; 2] {
    [format!("<{name}>"), format!("</{name}>")]
}

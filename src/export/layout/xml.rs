//! Elements of XML.

use super::{super::escape::Escape, CountedText, ItemLayout, Layout};

/// A document of XML with these names.
#[derive(Clone, Copy, Debug)]
pub struct XmlLayout<'n> {
    /// The element around everything.
    pub root: &'n str,
    /// The element with the number of records.
    pub count: &'n str,
    /// The element around the records.
    pub records: &'n str,
    /// The element of a record.
    pub record: &'n str,
}

impl Layout for XmlLayout<'_> {
    fn escape(&self) -> Escape {
        Escape::Xml
    }

    fn prefix(&self, _names: &[&str]) -> CountedText {
        let Self { root, count, records, .. } = self;
        CountedText {
            before: format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{root}><{count}>"),
            after: Some(format!("</{count}><{records}>")),
        }
    }

    fn record(&self) -> [String; 3] {
        self.object(self.record)
    }

    fn field(&self, name: &str) -> [String; 2] {
        element(name)
    }

    fn list(&self, name: &str) -> [String; 3] {
        self.object(name)
    }

    fn items(&self) -> &dyn ItemLayout {
        self
    }

    fn between_records(&self) -> &'static str {
        ""
    }

    fn suffix(&self) -> CountedText {
        CountedText::plain(format!("</{}></{}>", self.records, self.root))
    }
}

impl ItemLayout for XmlLayout<'_> {
    fn escape(&self) -> Escape {
        Escape::Xml
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

//! Lines of CSV, as RFC 4180 describes them.

use super::{
    super::{escape::Escape, value::Absent},
    CountedText, ItemLayout, Layout,
    json::JsonItems,
};

/// Lines of CSV below a heading. A list is a cell with JSON.
#[derive(Clone, Copy, Debug)]
pub struct CsvLayout {
    /// Whether a text that a spreadsheet could run as a formula gets `'` before it.
    pub disarm_formulas: bool,
}

impl Layout for CsvLayout {
    fn escape(&self) -> Escape {
        match self.disarm_formulas {
            true => Escape::CsvWithoutFormulas,
            false => Escape::Csv,
        }
    }

    fn prefix(&self, names: &[&str]) -> CountedText {
        let mut heading = Vec::new();
        for (nth, name) in names.iter().enumerate() {
            if nth > 0 {
                heading.push(b',');
            }
            Escape::Csv.text(name, &mut heading);
        }
        heading.extend_from_slice(b"\r\n");
        CountedText::plain(String::from_utf8_lossy(&heading))
    }

    fn absent(&self) -> Absent {
        Absent::Empty
    }

    fn record(&self) -> [String; 3] {
        ["", ",", "\r\n"].map(str::to_owned)
    }

    fn field(&self, _name: &str) -> [String; 2] {
        Default::default()
    }

    fn list(&self, _name: &str) -> [String; 3] {
        ["\"[", ",", "]\""].map(str::to_owned)
    }

    fn items(&self) -> &dyn ItemLayout {
        &JsonItems::InCell
    }

    fn between_records(&self) -> &'static str {
        ""
    }

    fn suffix(&self) -> CountedText {
        CountedText::default()
    }
}

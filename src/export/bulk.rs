//! Documents of the records of a caller's own query.

use super::{
    document::Document,
    escape::Escape,
    fill::Part,
    layout::{CountedText, Layout, csv::CsvLayout},
    record_count::RecordCount,
};
use crate::graphql::records::RecordField;

impl Document {
    /// One record a line, as JSON. The last line says that the document is complete.
    pub fn lines() -> Self {
        let suffix = CountedText {
            before: "{\"complete\":true,\"count\":".to_owned(),
            after: Some("}\n".to_owned()),
        };
        let record = vec![Part::Record, Part::Text(b"\n".to_vec())];
        let records = RecordCount::default();
        Self { records, prefix: CountedText::default(), record, between: b"", suffix }
    }

    /// A heading, and one record a line. The columns are named by the keys that lead to the fields.
    pub fn cells(layout: CsvLayout, fields: &[RecordField]) -> Self {
        let names: Vec<_> = fields.iter().map(|field| field.path.join(".")).collect();
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        let [start, between, end] = layout.record().map(String::into_bytes);
        let escape: Escape = layout.escape();
        let mut record = vec![Part::Text(start)];
        for field in 0..fields.len() {
            record.push(Part::Text(if field > 0 { between.clone() } else { Vec::new() }));
            record.push(Part::Cell(field, escape));
        }
        record.push(Part::Text(end));
        let (records, prefix) = (RecordCount::default(), layout.prefix(&names));
        Self { records, prefix, record, between: b"", suffix: layout.suffix() }
    }
}

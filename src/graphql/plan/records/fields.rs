//! The fields of a record, found in the template of its object.

use super::super::{
    site::Sites,
    template::{PageValue, Placeholder, RowValue, Template},
};

/// A field of a record, and where its value comes from.
#[derive(Debug)]
pub struct RecordField {
    /// The keys that lead from the record to the field.
    pub path: Vec<String>,
    /// The columns that are null where an object around the field is null.
    pub(super) present: Vec<usize>,
    pub(super) placeholder: Placeholder<RowValue>,
    /// The fields of its items, if it is a list.
    pub items: Option<Vec<Self>>,
}

/// The field that these keys lead to.
pub fn field_at(fields: &[RecordField], path: &[&str]) -> Option<usize> {
    fields.iter().position(|field| field.path == path)
}

/// The fields of a record that has this many keys around it.
pub(super) fn record_fields(
    template: &Template<RowValue>,
    sites: &Sites<'_>,
    depth: usize,
) -> Vec<RecordField> {
    let mut fields = Vec::new();
    add_fields(template, sites, depth, &[], &mut fields);
    fields
}

fn add_fields(
    template: &Template<RowValue>,
    sites: &Sites<'_>,
    depth: usize,
    present: &[usize],
    into: &mut Vec<RecordField>,
) {
    for it in template.placeholders() {
        if let RowValue::Object(column, template) = &it.value {
            let present: Vec<_> = present.iter().copied().chain(*column).collect();
            add_fields(template, sites, depth, &present, into);
            continue;
        }
        let keys = sites.keys(it.site);
        let items = match &it.value {
            RowValue::Page(_, page) => page.placeholders().find_map(|rows| match &rows.value {
                PageValue::Rows(items) => Some((items, sites.keys(rows.site).len())),
                _ => None,
            }),
            RowValue::List(_, _, items) => Some((items, keys.len())),
            _ => None,
        };
        into.push(RecordField {
            path: keys.into_iter().skip(depth).map(str::to_owned).collect(),
            present: present.to_vec(),
            placeholder: it.clone(),
            items: items.map(|(items, depth)| record_fields(items, sites, depth)),
        });
    }
}

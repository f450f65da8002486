//! The attributes of elements.

use quick_xml::{
    XmlVersion,
    events::{BytesStart, attributes::Attribute},
};

use crate::ingest::{
    draft::named,
    problem::{Reason, excerpt},
};

/// The value of an attribute with this name in any letter case.
pub(super) fn value(element: &BytesStart<'_>, name: &str) -> Result<Option<String>, Reason> {
    for attribute in element.attributes() {
        let attribute = attribute.map_err(malformed)?;
        if attribute.key.local_name().as_ref().eq_ignore_ascii_case(name) {
            return text(&attribute).map(Some);
        }
    }
    Ok(None)
}

/// The name of the first attribute that has content and is not `known`. The attributes of XML itself
/// have none, nor have those by which libraries mark the type and the absence of a value.
pub(super) fn with_content(
    element: &BytesStart<'_>,
    known: &[&'static str],
) -> Result<Option<String>, Reason> {
    for attribute in element.attributes() {
        let attribute = attribute.map_err(malformed)?;
        let name = attribute.key.as_ref();
        let prefix = name.split_once(':').map_or(name, |(prefix, _)| prefix);
        let technical = ["xml", "xmlns", "xsi", "type", "nil"].contains(&prefix);
        let known = named(known, attribute.key.local_name().as_ref()).is_some();
        if !technical && !known && !text(&attribute)?.trim().is_empty() {
            return Ok(Some(excerpt(name)));
        }
    }
    Ok(None)
}

fn text(attribute: &Attribute<'_>) -> Result<String, Reason> {
    let value = attribute.normalized_value(XmlVersion::Implicit1_0);
    value.map(|value| value.into_owned()).map_err(malformed)
}

fn malformed(error: impl std::fmt::Display) -> Reason {
    Reason::Malformed(format!("an attribute: {error}"))
}

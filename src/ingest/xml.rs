//! Legacy documents in XML: `<response><requests><request>…`, names in any letter case.

mod attributes;
mod message;
mod parse;
mod split;

pub(super) use parse::parse;
pub(super) use split::Splitter;

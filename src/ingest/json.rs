//! Legacy documents in JSON: `{"requests":[{…}]}`, names in any letter case and any order.

mod parse;
mod split;

pub(super) use parse::parse;
pub(super) use split::Splitter;

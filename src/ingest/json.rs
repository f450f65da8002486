//! Legacy documents in JSON: `{"requests":[{…}]}`, with or without an envelope around it, a bare
//! array, or one object a line. Names are read in any letter case and any order.

mod message;
mod names;
mod parse;
mod scan;
mod split;
mod text;
mod value;

pub(super) use parse::parse;
pub(super) use split::Splitter;

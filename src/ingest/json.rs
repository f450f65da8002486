//! Legacy documents in JSON: `{"requests":[{…}]}`, with or without an envelope around it, a bare
//! array, or one object a line. Names are read in any letter case and any order.

mod names;
mod parse;
mod scan;
mod split;
mod text;
mod value;

pub(super) use parse::parse;
pub(super) use split::Splitter;

/// What is wrong, without the position inside of the part, which would mislead.
fn words(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what).to_owned()
}

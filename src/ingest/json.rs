//! Legacy documents in JSON: `{"requests":[{…}]}`, names in any letter case and any order.

mod parse;
mod split;

pub(super) use parse::parse;
pub(super) use split::Splitter;

/// What is wrong, without the place inside of the part, which would mislead.
fn words(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what).to_owned()
}

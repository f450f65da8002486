//! Reading a legacy profile.

use std::fs;

use super::output::Failure;
use crate::{ingest::style::DocumentStyle, legacy::Profile};

/// The profile in a file, or the built-in one of this name.
pub(super) fn load(file: &str) -> Result<Profile, Failure> {
    let text = match Profile::built_in(file) {
        Some(text) => text.to_owned(),
        None => fs::read_to_string(file)
            .map_err(|error| format!("cannot read the legacy profile {file}: {error}"))?,
    };
    let profile = Profile::parse(&text);
    Ok(profile.map_err(|error| format!("the legacy profile {file} is invalid: {error}"))?)
}

/// The style of documents in the shape of a profile.
pub(super) fn document_style(profile: &Profile) -> DocumentStyle {
    let mut style = DocumentStyle::with_names(|element| profile.element_name(element));
    style.repeats_items = profile.repeats_items();
    style.leaves_out_empty = profile.leaves_out_empty();
    style.offset_seconds = profile.offset_seconds();
    style.booleans = Some(profile.boolean_words().clone());
    style
}

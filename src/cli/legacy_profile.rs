//! Reading a legacy profile.

use std::fs;

use super::output::Failure;
use crate::legacy::Profile;

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

//! Legacy documents in XML: `<response><requests><request>…`, names in any letter case.

mod attributes;
mod parse;
mod split;

use quick_xml::{Error, errors::IllFormedError};

pub(super) use parse::parse;
pub(super) use split::Splitter;

/// What is wrong, in the words of the person who mends the document.
fn words(error: &Error) -> String {
    match error {
        Error::IllFormed(IllFormedError::UnclosedReference) => {
            "a lone '&', which XML writes as '&amp;'".to_owned()
        }
        Error::IllFormed(error) => error.to_string(),
        Error::Syntax(error) => error.to_string(),
        error => error.to_string(),
    }
}

//! The errors of the XML parser, as text.

use quick_xml::{Error, errors::IllFormedError};

/// What is wrong, in the words of the person who mends the document.
pub(super) fn words(error: &Error) -> String {
    match error {
        Error::IllFormed(IllFormedError::UnclosedReference) => {
            "a lone '&', which XML writes as '&amp;'".to_owned()
        }
        Error::IllFormed(error) => error.to_string(),
        Error::Syntax(error) => error.to_string(),
        error => error.to_string(),
    }
}

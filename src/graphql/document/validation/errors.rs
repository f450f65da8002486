//! What is wrong with a document.

/// What is wrong, each with its position in the text.
pub(super) type ValidationErrors = Vec<(usize, String)>;

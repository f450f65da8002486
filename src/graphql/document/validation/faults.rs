//! What is wrong with a document.

/// What is wrong, each with its place in the text.
pub(super) type Faults = Vec<(usize, String)>;

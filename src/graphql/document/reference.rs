//! How a request names its document.

/// The document of a request.
#[derive(Clone, Debug)]
pub enum DocumentRef {
    /// Its text.
    Text(String),
    /// Its id, or its hash. The caller expects that the gateway has the text.
    Id(String),
    /// Its text, and the hash by which later requests name it.
    Both {
        /// The text.
        text: String,
        /// The hash.
        id: String,
    },
}

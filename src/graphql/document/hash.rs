//! The hashes by which requests name documents.

use sha2::{Digest, Sha256};

/// The prefix of a hash as the id of a document, as GraphQL over HTTP has it.
pub(in crate::graphql) const PREFIX: &str = "sha256:";

/// The SHA-256 of a text, in lower-case hexadecimal digits.
pub(in crate::graphql) fn hash_of(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The SHA-256 that an id is, with or without its prefix.
pub(in crate::graphql) fn hash_in(id: &str) -> Option<&str> {
    let hash = id.strip_prefix(PREFIX).unwrap_or(id);
    let is_digit = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    (hash.len() == 64 && hash.bytes().all(is_digit)).then_some(hash)
}

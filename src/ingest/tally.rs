//! The results of an import in numbers.

/// How many sessions ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Sessions that were not stored before.
    pub new: u64,
    /// Sessions that are now different.
    pub changed: u64,
    /// Sessions that were the same already.
    pub unchanged: u64,
    /// Records that were rejected.
    pub rejected: u64,
}

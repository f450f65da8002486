//! Which sessions of an account are in the search index.

/// Which sessions of an account are in the search index. Only where all are, searches are answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Indexed {
    /// All of them.
    All,
    /// Those up to this number, and those that changed since the first of them was added.
    UpTo(i64),
    /// None of them.
    None,
}

/// The error of a search that cannot be answered.
pub const NO_SEARCH: &str = "The account has no search index, or does not have all sessions in it yet, so `search` cannot \
    be answered. The operator of the gateway adds it with: session-history account add-search NAME";

/// Less than the number of each session.
const BEFORE_ALL: i64 = -1;
const NONE: i64 = -2;

impl Indexed {
    /// What is stored in the database: null for all.
    pub fn stored(self) -> Option<i64> {
        match self {
            Self::All => None,
            Self::UpTo(session) => Some(session),
            Self::None => Some(NONE),
        }
    }

    /// What was stored.
    pub fn of_stored(stored: Option<i64>) -> Self {
        match stored {
            None => Self::All,
            Some(NONE) => Self::None,
            Some(session) => Self::UpTo(session),
        }
    }

    /// The number after which sessions are missing, if some are.
    pub fn last(self) -> Option<i64> {
        match self {
            Self::All => None,
            Self::UpTo(session) => Some(session),
            Self::None => Some(BEFORE_ALL),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Indexed;

    #[test]
    fn what_is_stored_is_read_again() {
        for indexed in [Indexed::All, Indexed::None, Indexed::UpTo(-1), Indexed::UpTo(i64::MAX)] {
            assert_eq!(Indexed::of_stored(indexed.stored()), indexed);
        }
    }
}

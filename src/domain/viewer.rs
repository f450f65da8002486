//! Who asks: the account that a key opens, and what the key may do there.

use std::{fmt, str::FromStr};

use sha2::{Digest, Sha256};

/// An account. Every read and write of the history takes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(pub i64);

/// What the cursors of an account begin with: a hash, which does not show the account's number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CursorKey([u8; 4]);

impl CursorKey {
    /// The key of an account that was made at this time. It is the same on each gateway. After a restore from a backup
    /// it is another one.
    pub fn new(account: AccountId, created_at: i64, restore: Option<i64>) -> Self {
        let restore = restore.map(|number| format!("/{number}")).unwrap_or_default();
        let digest = Sha256::digest(format!("cursor/{}/{created_at}{restore}", account.0));
        let mut key = Self::default();
        key.0.iter_mut().zip(digest).for_each(|(byte, of_digest)| *byte = of_digest);
        key
    }
}

impl fmt::Display for CursorKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:08x}", u32::from_be_bytes(self.0))
    }
}

/// What a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Read the account's history.
    Read,
    /// Record sessions and chat messages.
    Write,
    /// Remove and hold sessions, and read the audit and the use of keys.
    Admin,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Admin];

    /// The name on the command line and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Admin => "admin",
        }
    }
}

impl FromStr for Scope {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|scope| scope.as_str() == text);
        found.ok_or_else(|| format!("there is no scope '{text}', only read, write and admin"))
    }
}

/// The caller of a request, identified by a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// The generation of the database file that was read. The numbers below are of this file.
    pub generation: u64,
    /// The account that the key opens.
    pub account: AccountId,
    /// Whether the sessions of the account can be searched.
    pub has_search: bool,
    /// What the account's cursors begin with.
    pub cursor_key: CursorKey,
    /// The account's name.
    pub account_name: String,
    /// The key's number.
    pub key_id: i64,
    /// What the operator calls the key.
    pub key_label: String,
    /// What the key may do.
    pub scopes: Vec<Scope>,
}

impl Viewer {
    /// Whether the key allows this.
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }
}

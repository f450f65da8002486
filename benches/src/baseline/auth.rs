//! The account of a key, by the SHA-256 of the secret, from a map that is read at the start.

use std::collections::HashMap;

use benches::database::{BaselineQueries, Result, Row};
use sha2::{Digest, Sha256};

use crate::sql;

type Hash = [u8; 32];

/// An account, and what its cursors begin with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Account {
    pub(crate) id: i64,
    pub(crate) cursor_key: u32,
}

/// Every key that is not revoked and has no expiry time.
#[derive(Debug)]
pub(crate) struct Keys(HashMap<Hash, Account>);

impl Keys {
    /// Reads the keys.
    pub(crate) async fn load<D: BaselineQueries>(database: &D) -> Result<Self> {
        let mut connection = database.connection().await?;
        let rows = D::rows(&mut connection, sql::KEYS, &[]).await?;
        let mut keys = HashMap::new();
        for row in rows {
            if let Some(hash) = from_hex(row.text(0)?) {
                let (id, created_at) = (row.int(1)?, row.int(2)?);
                let digest = Sha256::digest(format!("cursor/{id}/{created_at}"));
                let cursor_key =
                    digest.iter().take(4).fold(0, |key, byte| key << 8 | u32::from(*byte));
                keys.insert(hash, Account { id, cursor_key });
            }
        }
        Ok(Self(keys))
    }

    /// The account that a secret opens.
    pub(crate) fn account(&self, secret: &str) -> Option<Account> {
        let hash: Hash = Sha256::digest(secret.as_bytes()).into();
        self.0.get(&hash).copied()
    }
}

fn from_hex(text: &str) -> Option<Hash> {
    let mut hash = Hash::default();
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (byte, at) in hash.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(&text[at..at + 2], 16).ok()?;
    }
    Some(hash)
}

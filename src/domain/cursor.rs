//! Cursors: positions in a list, as opaque texts that only their own list takes back.
//!
//! A cursor names its account and its list. It grants nothing: it is a place to continue from,
//! and whoever continues sees only what their own key opens.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{
    page::{Seq, SessionPosition, TechnicianPosition},
    text::printable,
    viewer::AccountId,
};
use crate::error::{Error, Result};

/// The list that a cursor belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum List {
    /// Sessions by start, of an account or of one technician.
    Sessions,
    /// The technicians of an account.
    Technicians,
    /// The chat messages of this session.
    ChatMessages(i64),
    /// The recordings of this session.
    Videos(i64),
}

/// A position that can be written into a cursor and read back.
pub trait Position: Sized {
    /// The position as text.
    fn write(&self) -> String;
    /// The position that [`Position::write`] wrote.
    fn read(text: &str) -> Option<Self>;
}

/// The cursor of a row of a list.
pub fn encode(account: AccountId, list: List, position: &impl Position) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}{}", head(account, list), position.write()))
}

/// The position that a cursor stands for.
///
/// # Errors
/// When the text is no cursor, or one of another list or account.
pub fn decode<P: Position>(account: AccountId, list: List, cursor: &str) -> Result<P> {
    let broken = || Error::input("The cursor is not one of this list.");
    if cursor.len() > 4096 {
        return Err(broken());
    }
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| broken())?;
    let text = String::from_utf8(bytes).map_err(|_| broken())?;
    text.strip_prefix(&head(account, list)).and_then(P::read).ok_or_else(broken)
}

fn head(account: AccountId, list: List) -> String {
    let list = match list {
        List::Sessions => "s".to_owned(),
        List::Technicians => "t".to_owned(),
        List::ChatMessages(session) => format!("c{session}"),
        List::Videos(session) => format!("v{session}"),
    };
    format!("{}/{list}/", account.0)
}

impl Position for SessionPosition {
    fn write(&self) -> String {
        format!("{}/{}", self.started_at, self.id)
    }

    fn read(text: &str) -> Option<Self> {
        let (started_at, id) = text.split_once('/')?;
        Some(Self { started_at: started_at.parse().ok()?, id: id.parse().ok()? })
    }
}

impl Position for TechnicianPosition {
    fn write(&self) -> String {
        self.0.clone()
    }

    fn read(text: &str) -> Option<Self> {
        // No database is asked what not every one of them can hold.
        (printable(text) == text).then(|| Self(text.to_owned()))
    }
}

impl Position for Seq {
    fn write(&self) -> String {
        self.0.to_string()
    }

    fn read(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::{List, decode, encode};
    use crate::domain::{page::Seq, viewer::AccountId};

    #[test]
    fn a_cursor_is_taken_back_by_its_own_list_alone() {
        let cursor = encode(AccountId(1), List::ChatMessages(7), &Seq(3));
        let read = |account, list| decode::<Seq>(AccountId(account), list, &cursor).ok();
        assert_eq!(read(1, List::ChatMessages(7)), Some(Seq(3)));
        assert_eq!(read(2, List::ChatMessages(7)), None);
        assert_eq!(read(1, List::ChatMessages(8)), None);
        assert_eq!(read(1, List::Videos(7)), None);
        assert_eq!(decode::<Seq>(AccountId(1), List::Videos(7), "nonsense").ok(), None);
    }
}

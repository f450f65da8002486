//! Which page of a list: a number of rows before or after a position.

/// From which end of the list a page is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum End {
    /// The first rows.
    First,
    /// The last rows.
    Last,
}

/// A page of a list whose rows have positions of type `P`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PageRequest<P> {
    /// The number of rows, at most.
    pub size: u32,
    /// From which end they are taken.
    pub end: End,
    /// Only rows after this one.
    pub after: Option<P>,
    /// Only rows before this one.
    pub before: Option<P>,
}

/// The rows of a page, in the order of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Whether there are rows before them.
    pub has_previous: bool,
    /// Whether there are rows after them.
    pub has_next: bool,
}

impl<T> Page<T> {
    /// A page from rows as they were read: from the asked end, one more than asked if there is one.
    pub fn from_read<P>(mut rows: Vec<T>, request: &PageRequest<P>) -> Self {
        let size = request.size as usize;
        let more = rows.len() > size;
        rows.truncate(size);
        match request.end {
            End::First => Self { rows, has_previous: request.after.is_some(), has_next: more },
            End::Last => {
                rows.reverse();
                Self { rows, has_previous: more, has_next: request.before.is_some() }
            }
        }
    }
}

/// How sessions are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SessionOrder {
    /// The oldest start first, then the lower number.
    StartedAtAsc,
    /// The newest start first, then the higher number.
    StartedAtDesc,
}

/// The place of a session in a list by start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionPosition {
    /// When it began, in microseconds since the Unix epoch.
    pub started_at: i64,
    /// Its number.
    pub id: i64,
}

/// The place of a technician in the list by user name: the folded user name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TechnicianPosition(pub String);

/// The place of a chat message or recording within its session, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Seq(pub i64);

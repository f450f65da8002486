//! JSON with gaps.

/// JSON with gaps of type `G`.
#[derive(Debug)]
pub(super) struct Template<G>(pub(super) Vec<Part<G>>);

/// A part of a template.
#[derive(Debug)]
pub(super) enum Part<G> {
    /// JSON as it is written.
    Json(String),
    /// What differs from row to row, or from page to page.
    Gap(G),
}

/// A gap that a row fills. Numbers are places among the columns that are read, or of a child.
#[derive(Debug)]
pub(super) enum Cell {
    /// A text, or null.
    Text(usize),
    /// A word that `known` must know.
    Word(usize, fn(&str) -> bool),
    /// A number of 64 bits as a text.
    Digits(usize),
    /// A number of 32 bits; null where it is larger.
    Int(usize),
    /// A number as a float, or null.
    Float(usize),
    /// A time.
    Time(usize),
    /// A time, or null.
    TimeOrNull(usize),
    /// Whole seconds between two times, or null.
    Seconds { from: usize, to: usize },
    /// Whether there is a number.
    Present(usize),
    /// Whether a number is above zero.
    Positive(usize),
    /// An object's id: a word and numbers.
    Id(&'static str, Vec<usize>),
    /// The cursor of the row.
    Cursor(CursorCells),
    /// An object of the same row, or null where there is no number in the column.
    Joined(usize, Template<Cell>),
    /// The child's page.
    Page(usize, Template<PageGap>),
    /// All rows of the child, or those that have this text in this column.
    List(usize, Option<(usize, String)>, Template<Cell>),
}

/// A gap that a page fills.
#[derive(Debug)]
pub(super) enum PageGap {
    HasPrevious,
    HasNext,
    /// The cursor of the first row, or null.
    Start(CursorCells),
    /// The cursor of the last row, or null.
    End(CursorCells),
    Total,
    /// Every row.
    Rows(Template<Cell>),
}

/// The columns that tell a row's place in its list.
#[derive(Clone, Copy, Debug)]
pub(super) enum CursorCells {
    Session { started_at: usize, id: usize },
    Technician { username: usize },
    ChatMessage { session: usize, seq: usize },
    Video { session: usize, seq: usize },
}

impl<G> Template<G> {
    /// A template of an object that has no fields yet.
    pub(super) fn object() -> Self {
        Self(vec![Part::Json("{".to_owned())])
    }

    /// Adds text, joined to the text before.
    pub(super) fn json(&mut self, text: &str) {
        match self.0.last_mut() {
            Some(Part::Json(before)) => before.push_str(text),
            _ => self.0.push(Part::Json(text.to_owned())),
        }
    }

    /// Adds the key of a field, with the comma before it.
    pub(super) fn key(&mut self, key: &str, first: bool) {
        // A name has no letters that JSON would escape.
        self.json(if first { "\"" } else { ",\"" });
        self.json(key);
        self.json("\":");
    }

    /// Adds all of another template.
    pub(super) fn append(&mut self, other: Self) {
        for part in other.0 {
            match part {
                Part::Json(text) => self.json(&text),
                gap => self.0.push(gap),
            }
        }
    }

    /// Adds a gap.
    pub(super) fn gap(&mut self, gap: G) {
        self.0.push(Part::Gap(gap));
    }
}

//! Lines and columns, as the specification counts them.

use async_graphql::Pos;

/// The line and the column of a byte of a text.
pub(in crate::graphql::document) fn position(text: &str, offset: usize) -> Pos {
    Positions::new(text).of(offset)
}

/// The lines and columns of bytes of a text. One pass over the text is enough for ascending offsets.
pub(super) struct Positions<'a> {
    text: &'a str,
    offset: usize,
    at: Pos,
}

const START: Pos = Pos { line: 1, column: 1 };

impl<'a> Positions<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, offset: 0, at: START }
    }

    /// The line of a byte, and its column in characters, both from one.
    pub(super) fn of(&mut self, offset: usize) -> Pos {
        if offset < self.offset {
            (self.offset, self.at) = (0, START);
        }
        let mut signs = self.text.get(self.offset..offset).unwrap_or_default().chars().peekable();
        while let Some(sign) = signs.next() {
            match sign {
                '\r' if signs.peek() == Some(&'\n') => {}
                '\n' | '\r' => self.at = Pos { line: self.at.line + 1, column: 1 },
                _ => self.at.column += 1,
            }
        }
        self.offset = offset;
        self.at
    }
}

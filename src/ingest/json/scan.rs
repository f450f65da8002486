//! Where a JSON value ends, also where it is malformed.
//!
//! The scan does not decide whether a value is valid. It gives the end of every valid value, and it
//! finds the end of most malformed ones: after raw line breaks in strings, quotes that are not
//! escaped, strings without an end, single quotes, comments, unknown words, and brackets or commas
//! that are missing or too many.

/// The maximum number of nested levels in one value.
pub(super) const DEPTH_LIMIT: usize = 64;

/// How far into a value a scan is.
pub(super) struct Scan {
    /// Malformed values are expected. Without it, a value ends as a valid one does.
    tolerant: bool,
    /// The brackets that are open.
    open: Vec<u8>,
    expected: Expected,
    mode: Mode,
    line_break: Option<LineBreak>,
}

/// What comes next in a valid value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expected {
    Name,
    Colon,
    Value,
    Separator,
}

#[derive(Clone, Copy)]
enum Mode {
    Between,
    Bare,
    String {
        quote: u8,
    },
    Escaped {
        quote: u8,
    },
    /// After a quote in a string. It ends the string if a separator follows.
    Closing {
        quote: u8,
    },
    /// After a quote where no string is expected. It begins one unless a separator follows.
    Opening,
    Slash,
    LineComment,
    BlockComment {
        star: bool,
    },
}

/// A line break in a string. If the next quote begins a string, this one has no end, and the line
/// break takes its place.
struct LineBreak {
    /// Its distance from the beginning of the value, in bytes.
    at: usize,
    open: Vec<u8>,
    expected: Expected,
}

/// What a piece of text means for a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The whole piece belongs to the value, which continues.
    More,
    /// The value ends after `length` bytes of the piece. It is complete, or the next byte cannot belong
    /// to it.
    End { length: usize, complete: bool },
    /// The text has to be read again after this number of bytes of the value.
    Rewind(usize),
    /// The value is nested too deep.
    TooDeep,
}

impl Scan {
    pub(super) fn strict() -> Self {
        let (expected, mode) = (Expected::Value, Mode::Between);
        Self { tolerant: false, open: Vec::new(), expected, mode, line_break: None }
    }

    pub(super) fn tolerant() -> Self {
        Self { tolerant: true, ..Self::strict() }
    }

    /// Reads a piece of the value that begins `offset` bytes after the value's beginning.
    pub(super) fn feed(&mut self, piece: &[u8], offset: usize) -> Step {
        let mut index = 0;
        while let Some(&byte) = piece.get(index) {
            if let Mode::String { quote } = self.mode {
                let special = |&byte: &u8| byte == quote || matches!(byte, b'\\' | b'\n' | b'\r');
                match piece[index..].iter().position(special) {
                    None => return Step::More,
                    Some(plain) => index += plain,
                }
                if let Some(step) = self.in_string(piece[index], quote, index, offset) {
                    return step;
                }
            } else {
                match self.outside(byte, index) {
                    ByteResult::Consumed => {}
                    ByteResult::Again => continue,
                    ByteResult::Done(step) => return step,
                }
            }
            index += 1;
        }
        Step::More
    }

    /// What the end of the document means for the value; `None` if the value has no end.
    pub(super) fn finish(&mut self) -> Option<Step> {
        if self.line_break.is_some() {
            return Some(self.end_string_at_line_break());
        }
        let ended = self.open.is_empty() && matches!(self.mode, Mode::Bare | Mode::Closing { .. });
        ended.then_some(Step::End { length: 0, complete: true })
    }

    fn in_string(&mut self, byte: u8, quote: u8, index: usize, offset: usize) -> Option<Step> {
        match byte {
            b'\\' => self.mode = Mode::Escaped { quote },
            b'\n' | b'\r' if self.tolerant && self.line_break.is_none() => {
                let (at, open, expected) = (offset + index, self.open.clone(), self.expected);
                self.line_break = Some(LineBreak { at, open, expected });
            }
            _ if byte != quote => {}
            _ if self.tolerant => self.mode = Mode::Closing { quote },
            _ => {
                self.end_token();
                if self.open.is_empty() {
                    return Some(Step::End { length: index + 1, complete: true });
                }
            }
        }
        None
    }

    /// Reads one byte that is not inside of a string.
    fn outside(&mut self, byte: u8, index: usize) -> ByteResult {
        let separator = matches!(byte, b',' | b':' | b'}' | b']');
        match self.mode {
            Mode::Between | Mode::String { .. } => return self.between(byte, index),
            Mode::Escaped { quote } => self.mode = Mode::String { quote },
            Mode::Closing { .. } if separator || byte == b'/' || self.ends_name(byte) => {
                self.line_break = None;
                self.end_token();
                return self.done_or_again(index);
            }
            Mode::Opening if separator => {
                self.mode = Mode::Between;
                return ByteResult::Again;
            }
            Mode::Closing { .. } | Mode::Opening if byte.is_ascii_whitespace() => {}
            Mode::Closing { .. } if self.line_break.is_some() => {
                return ByteResult::Done(self.end_string_at_line_break());
            }
            Mode::Closing { quote } => {
                self.mode = Mode::String { quote };
                return ByteResult::Again;
            }
            Mode::Opening => {
                self.mode = Mode::String { quote: b'"' };
                return ByteResult::Again;
            }
            Mode::Bare if separator || byte.is_ascii_whitespace() || b"{[\"".contains(&byte) => {
                self.end_token();
                return self.done_or_again(index);
            }
            Mode::Bare => {}
            Mode::Slash => match byte {
                b'/' => self.mode = Mode::LineComment,
                b'*' => self.mode = Mode::BlockComment { star: false },
                _ => {
                    self.mode = Mode::Bare;
                    return ByteResult::Again;
                }
            },
            Mode::LineComment if matches!(byte, b'\n' | b'\r') => self.mode = Mode::Between,
            Mode::BlockComment { star: true } if byte == b'/' => self.mode = Mode::Between,
            Mode::BlockComment { .. } => self.mode = Mode::BlockComment { star: byte == b'*' },
            Mode::LineComment => {}
        }
        ByteResult::Consumed
    }

    /// Reads one byte between strings, words and comments.
    fn between(&mut self, byte: u8, index: usize) -> ByteResult {
        let in_object = self.open.last() == Some(&b'{');
        let incomplete = ByteResult::Done(Step::End { length: index, complete: false });
        let expects_text = matches!(self.expected, Expected::Name | Expected::Value);
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => {}
            b'"' if expects_text || !self.tolerant => self.mode = Mode::String { quote: byte },
            b'"' => self.mode = Mode::Opening,
            b'\'' if self.tolerant && expects_text => self.mode = Mode::String { quote: byte },
            b'/' if self.tolerant => self.mode = Mode::Slash,
            // An object cannot begin here: a bracket that closes the outer one is missing.
            b'{' if self.tolerant
                && in_object
                && matches!(self.expected, Expected::Name | Expected::Separator) =>
            {
                self.open.pop();
                self.expected = Expected::Separator;
                return if self.open.is_empty() { incomplete } else { ByteResult::Again };
            }
            b'{' | b'[' => {
                self.open.push(byte);
                self.expected = if byte == b'{' { Expected::Name } else { Expected::Value };
                if self.open.len() > DEPTH_LIMIT {
                    return ByteResult::Done(Step::TooDeep);
                }
            }
            b'}' | b']' => {
                let bracket = if byte == b'}' { b'{' } else { b'[' };
                let Some(level) = self.open.iter().rposition(|open| *open == bracket) else {
                    return incomplete;
                };
                self.open.truncate(level);
                self.expected = Expected::Separator;
                if self.open.is_empty() {
                    return ByteResult::Done(Step::End { length: index + 1, complete: true });
                }
            }
            b',' | b':' if self.open.is_empty() => return incomplete,
            b':' => self.expected = Expected::Value,
            b',' => self.expected = if in_object { Expected::Name } else { Expected::Value },
            _ => self.mode = Mode::Bare,
        }
        ByteResult::Consumed
    }

    /// Whether a byte after a quote shows that a name ended there, and its colon is missing.
    fn ends_name(&self, byte: u8) -> bool {
        self.expected == Expected::Name && matches!(byte, b'{' | b'[')
    }

    /// After a string or word, before the byte at `index`.
    fn done_or_again(&self, index: usize) -> ByteResult {
        if self.open.is_empty() {
            return ByteResult::Done(Step::End { length: index, complete: true });
        }
        ByteResult::Again
    }

    /// Steps behind a string or word.
    fn end_token(&mut self) {
        self.mode = Mode::Between;
        self.expected = match self.expected {
            Expected::Name => Expected::Colon,
            _ => Expected::Separator,
        };
    }

    fn end_string_at_line_break(&mut self) -> Step {
        let Some(LineBreak { at, open, expected }) = self.line_break.take() else {
            return Step::More;
        };
        (self.open, self.expected) = (open, expected);
        self.end_token();
        Step::Rewind(at)
    }
}

enum ByteResult {
    Consumed,
    /// The byte has to be read again in the new mode.
    Again,
    Done(Step),
}

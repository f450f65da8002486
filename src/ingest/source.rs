//! The bytes of a document as UTF-8, with the line number and the text of the current part.
//!
//! The text allows going back to its beginning, or to any place in it. Parsers consume a few bytes at a
//! time, so `consume` only moves an offset: lines are counted, and the text is copied, once a part.

use std::io::{self, BufRead, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding};

/// The maximum number of bytes of a part of a document, such as a session.
pub(super) const PART_LIMIT: usize = 64 << 20;

const CHUNK: usize = 64 << 10;

/// U+FFFD in UTF-8, which replaces bytes that are not valid in the encoding.
const REPLACEMENT: &[u8] = "\u{FFFD}".as_bytes();

/// One part of a document: the text between two marks.
pub(super) struct Part {
    /// The line on which it begins, from 1.
    pub(super) line: u64,
    /// Its text.
    pub(super) text: String,
    /// Whether some of its bytes were not valid in the document's encoding. U+FFFD replaces them.
    pub(super) broken: bool,
    /// An error that its text alone does not show.
    pub(super) fault: Option<&'static str>,
}

/// A reader of a document's text that remembers everything since the last mark.
pub(super) struct Source<'a> {
    input: Box<dyn BufRead + Send + 'a>,
    decoder: Decoder,
    ended: bool,
    decoded: Vec<u8>,
    used: usize,
    filled: usize,
    /// The line at `counted`.
    line: u64,
    /// How much of `decoded` is counted in `line`.
    counted: usize,
    /// The offsets in `decoded` of U+FFFD in place of bytes that are not valid in the encoding.
    broken: Vec<usize>,
    /// The text of the part, without what is still in `decoded`, from `part_start` to `used`.
    part: Vec<u8>,
    part_start: usize,
    part_line: u64,
    part_broken: bool,
    limit: usize,
    overflowed: bool,
}

impl<'a> Source<'a> {
    pub(super) fn new(
        input: Box<dyn BufRead + Send + 'a>,
        encoding: &'static Encoding,
        limit: usize,
    ) -> Self {
        Self {
            input,
            decoder: encoding.new_decoder_with_bom_removal(),
            ended: false,
            decoded: vec![0; CHUNK + REPLACEMENT.len()],
            used: 0,
            filled: 0,
            line: 1,
            counted: 0,
            broken: Vec::new(),
            part: Vec::new(),
            part_start: 0,
            part_line: 1,
            part_broken: false,
            limit,
            overflowed: false,
        }
    }

    /// The name of the document's encoding.
    pub(super) fn encoding(&self) -> &'static str {
        self.decoder.encoding().name()
    }

    /// The current line, from 1.
    pub(super) fn line(&self) -> u64 {
        self.line + line_breaks(&self.decoded[self.counted..self.used])
    }

    /// The line of the last mark.
    pub(super) fn part_line(&self) -> u64 {
        self.part_line
    }

    /// The maximum number of bytes of a part.
    pub(super) fn limit(&self) -> usize {
        self.limit
    }

    /// Whether the last error was a part that passed the limit.
    pub(super) fn overflowed(&self) -> bool {
        self.overflowed
    }

    /// Begins a part here.
    pub(super) fn mark(&mut self) {
        self.part.clear();
        self.part_start = self.used;
        self.count_lines();
        self.part_line = self.line;
        self.part_broken = false;
    }

    /// The text since the last mark.
    pub(super) fn part(&mut self) -> Part {
        self.copy_part();
        // The text is cut only where a parser saw an ASCII character, hence stays UTF-8.
        let text = String::from_utf8(std::mem::take(&mut self.part))
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        Part { line: self.part_line, text, broken: self.part_broken, fault: None }
    }

    /// What has been read since the last mark, without its first `start` bytes.
    pub(super) fn part_from(&mut self, start: usize) -> &[u8] {
        self.copy_part();
        self.part.get(start..).unwrap_or_default()
    }

    /// How many bytes have been read since the last mark.
    pub(super) fn part_length(&self) -> usize {
        self.part.len() + self.used - self.part_start
    }

    fn copy_part(&mut self) {
        self.part.extend_from_slice(&self.decoded[self.part_start..self.used]);
        self.part_start = self.used;
    }

    fn count_lines(&mut self) {
        self.line = self.line();
        self.counted = self.used;
    }

    /// Goes back inside of the part, so that what follows its first `length` bytes is read again.
    pub(super) fn rewind(&mut self, length: usize) {
        self.copy_part();
        self.count_lines();
        let tail = self.part.split_off(length.min(self.part.len()));
        self.line -= line_breaks(&tail);
        self.overflowed = false;
        if tail.len() <= self.used {
            self.used -= tail.len();
        } else {
            let rest = &self.decoded[self.used..self.filled];
            self.broken.iter_mut().for_each(|at| *at = *at + tail.len() - self.used);
            self.decoded = [&tail, rest].concat();
            (self.used, self.filled) = (0, self.decoded.len());
        }
        (self.counted, self.part_start) = (self.used, self.used);
        if self.part_broken {
            let start = self.used;
            let marks = tail.windows(REPLACEMENT.len()).enumerate();
            let marks = marks.filter(|(_, bytes)| *bytes == REPLACEMENT).map(|(at, _)| start + at);
            self.broken.splice(..0, marks);
        }
    }

    /// Reads on to the next byte that is no white space, and answers it. It is not consumed.
    pub(super) fn skip_white_space(&mut self) -> io::Result<Option<u8>> {
        loop {
            let buffer = self.fill_buf()?;
            let blank = buffer.iter().take_while(|byte| b" \t\r\n".contains(byte)).count();
            let found = buffer.get(blank).copied();
            let ended = buffer.is_empty();
            self.consume(blank);
            if found.is_some() || ended {
                return Ok(found);
            }
        }
    }

    /// Decodes the next piece of input into the empty buffer.
    fn decode(&mut self) -> io::Result<()> {
        self.copy_part();
        self.count_lines();
        (self.used, self.filled, self.counted, self.part_start) = (0, 0, 0, 0);
        self.broken.clear();
        self.decoded.resize(CHUNK + REPLACEMENT.len(), 0);
        while self.filled == 0 && !self.ended {
            let input = match self.input.fill_buf() {
                Ok(input) => input,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let last = input.is_empty();
            let output = &mut self.decoded[..CHUNK];
            let (result, read, written) =
                self.decoder.decode_to_utf8_without_replacement(input, output, last);
            self.input.consume(read);
            self.filled = written;
            match result {
                DecoderResult::InputEmpty => self.ended = last,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => {
                    self.filled += REPLACEMENT.len();
                    self.decoded[written..self.filled].copy_from_slice(REPLACEMENT);
                    self.broken.push(written);
                }
            }
        }
        Ok(())
    }
}

impl BufRead for Source<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.part_length() > self.limit {
            self.overflowed = true;
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        if self.used == self.filled {
            self.decode()?;
        }
        Ok(&self.decoded[self.used..self.filled])
    }

    fn consume(&mut self, count: usize) {
        let end = (self.used + count).min(self.filled);
        self.used = end;
        if !self.broken.is_empty() {
            let ahead = self.broken.len();
            self.broken.retain(|at| *at >= end);
            self.part_broken |= self.broken.len() < ahead;
        }
    }
}

impl Read for Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

fn line_breaks(text: &[u8]) -> u64 {
    text.iter().filter(|&&byte| byte == b'\n').count() as u64
}

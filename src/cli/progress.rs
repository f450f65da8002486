//! How far the reading of documents is: a bar on a terminal, a line now and then elsewhere.

use std::io::{self, IsTerminal, Read};

use indicatif::{HumanBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::output::Failure;

/// The progress of one document, or of all answers of a mirror.
pub(super) struct Progress {
    bar: ProgressBar,
    terminal: bool,
}

impl Progress {
    /// For a document of `length` bytes, or of a length that is not known.
    pub(super) fn new(length: Option<u64>) -> Result<Self, Failure> {
        let terminal = io::stderr().is_terminal();
        let style = match length {
            Some(_) => "{wide_bar} {bytes}/{total_bytes}, {bytes_per_sec}, {eta} left",
            None => "{spinner} {bytes}, {bytes_per_sec}",
        };
        let bar = match length {
            Some(length) => ProgressBar::new(length),
            None => ProgressBar::new_spinner(),
        };
        if !terminal {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        bar.set_style(ProgressStyle::with_template(style)?);
        Ok(Self { bar, terminal })
    }

    /// Counts what is read.
    pub(super) fn wrap(&self, input: impl Read + Send + 'static) -> impl Read + Send + 'static {
        self.bar.wrap_read(input)
    }

    /// The progress as text, where no bar shows it.
    pub(super) fn line(&self) -> Option<String> {
        let read = HumanBytes(self.bar.position());
        (!self.terminal).then(|| match self.bar.length() {
            Some(length) => format!("{read} of {} read", HumanBytes(length)),
            None => format!("{read} read"),
        })
    }

    /// Prints something else while no bar is in the way.
    pub(super) fn suspend(&self, print: impl FnOnce()) {
        self.bar.suspend(print);
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::{Progress, Read};

    #[test]
    fn the_line_tells_how_much_of_the_document_is_read() {
        let progress = Progress::new(Some(4_096)).unwrap();
        let mut input = progress.wrap(&[0; 4_096][..]);
        input.read_exact(&mut [0; 1_024]).unwrap();
        assert_eq!(progress.line().as_deref(), Some("1.00 KiB of 4.00 KiB read"));
        let progress = Progress::new(None).unwrap();
        let mut input = progress.wrap(&[0; 4_096][..]);
        input.read_exact(&mut [0; 2_048]).unwrap();
        assert_eq!(progress.line().as_deref(), Some("2.00 KiB read"));
    }
}

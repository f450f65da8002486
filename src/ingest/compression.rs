//! Documents that are compressed: gzip and zstd, recognised by their first bytes.
//!
//! Memory stays flat: a gzip window has 32 KiB, a zstd window at most 128 MiB (the library refuses
//! larger ones).

use std::io::{self, BufRead, BufReader, Cursor, Read};

use flate2::bufread::MultiGzDecoder;

/// The length of the signatures below.
const SIGNATURE: usize = 4;
const GZIP: [u8; 2] = [0x1F, 0x8B];
const ZSTD: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];
/// A zstd file may begin with frames that carry no data; the low four bits of the first byte vary.
const ZSTD_SKIPPABLE: [u8; 3] = [0x2A, 0x4D, 0x18];
/// The size of the buffer behind a decoder.
const BUFFER: usize = 256 << 10;

/// The document's own bytes, decompressed where `input` is compressed.
///
/// # Errors
/// If it cannot be read.
pub fn decompress<'a>(
    mut input: impl BufRead + Send + 'a,
) -> io::Result<Box<dyn BufRead + Send + 'a>> {
    let mut start = Vec::new();
    (&mut input).take(SIGNATURE as u64).read_to_end(&mut start)?;
    let whole = Cursor::new(start.clone()).chain(input);
    Ok(match start.as_slice() {
        [first, second, ..] if [*first, *second] == GZIP => {
            buffered("gzip", MultiGzDecoder::new(whole))
        }
        [first, rest @ ..] if start == ZSTD || first >> 4 == 5 && rest == ZSTD_SKIPPABLE => {
            buffered("zstd", zstd::stream::read::Decoder::with_buffer(whole)?)
        }
        _ => Box::new(whole),
    })
}

fn buffered<'a>(
    format: &'static str,
    decoder: impl Read + Send + 'a,
) -> Box<dyn BufRead + Send + 'a> {
    Box::new(BufReader::with_capacity(BUFFER, Compressed { format, decoder }))
}

/// A decoder whose errors name the compression.
struct Compressed<R> {
    format: &'static str,
    decoder: R,
}

impl<R: Read> Read for Compressed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.decoder.read(buffer).map_err(|error| {
            let format = self.format;
            let text = match error.kind() {
                io::ErrorKind::Interrupted => return error,
                io::ErrorKind::UnexpectedEof => format!("the {format} data is cut short"),
                _ => format!("the {format} data cannot be decompressed: {error}"),
            };
            io::Error::new(error.kind(), text)
        })
    }
}

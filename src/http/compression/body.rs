//! A body that is compressed while it is sent.

use std::{
    io::{self, Write},
    pin::Pin,
    task::{Context, Poll},
};

use axum::body::{Body, Bytes, HttpBody};
use flate2::{Compression, write::GzEncoder};
use http_body::Frame;

use super::coding::Coding;

/// The level of gzip, of 9.
const GZIP_LEVEL: u32 = 1;
/// The level of zstd, of 22.
const ZSTD_LEVEL: i32 = 1;
/// The number of bytes that are compressed at once.
const PART: usize = 64 * 1024;
/// Compressed bytes are sent when there are this many, or when the rest of the body has to be waited for.
const MIN_FRAME: usize = 8 * 1024;

/// A body that is compressed while it is sent. What is there is sent before more is waited for, so that no
/// row of a stream is held back. A body that fails has no end of its coding.
pub(super) struct CompressedBody {
    body: Body,
    /// What is not compressed yet.
    rest: Bytes,
    encoder: Encoder,
    /// Whether the encoder may hold bytes back.
    is_dirty: bool,
    is_at_end: bool,
}

/// An encoder of a coding, with the fastest level.
pub(super) enum Encoder {
    Gzip(GzEncoder<Vec<u8>>),
    Zstd(zstd::stream::write::Encoder<'static, Vec<u8>>),
}

impl CompressedBody {
    /// A body that is compressed by this encoder.
    pub(super) fn new(body: Body, encoder: Encoder) -> Self {
        Self { body, rest: Bytes::new(), encoder, is_dirty: false, is_at_end: false }
    }

    /// Returns the next frame, none when the body has to be waited for.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<Vec<u8>, axum::Error>> {
        loop {
            if self.rest.is_empty() {
                match Pin::new(&mut self.body).poll_frame(context)? {
                    // An answer has no trailers.
                    Poll::Ready(Some(frame)) => self.rest = frame.into_data().unwrap_or_default(),
                    Poll::Ready(None) => {
                        self.is_at_end = true;
                        self.encoder.finish().map_err(axum::Error::new)?;
                        return Poll::Ready(Ok(std::mem::take(self.encoder.compressed())));
                    }
                    Poll::Pending if self.is_dirty => {
                        self.is_dirty = false;
                        self.encoder.writer().flush().map_err(axum::Error::new)?;
                        return Poll::Ready(Ok(std::mem::take(self.encoder.compressed())));
                    }
                    Poll::Pending => return Poll::Pending,
                }
            }
            let part = self.rest.split_to(self.rest.len().min(PART));
            self.encoder.writer().write_all(&part).map_err(axum::Error::new)?;
            self.is_dirty |= !part.is_empty();
            if self.encoder.compressed().len() >= MIN_FRAME {
                return Poll::Ready(Ok(std::mem::take(self.encoder.compressed())));
            }
        }
    }
}

impl HttpBody for CompressedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.is_at_end {
            return Poll::Ready(None);
        }
        self.poll(context).map(|bytes| Some(bytes.map(|bytes| Frame::data(bytes.into()))))
    }

    fn is_end_stream(&self) -> bool {
        self.is_at_end
    }
}

impl Encoder {
    /// An encoder for a body whose size may be known.
    ///
    /// # Errors
    /// When its memory cannot be had.
    pub(super) fn new(coding: Coding, size: Option<u64>) -> io::Result<Self> {
        Ok(match coding {
            Coding::Gzip => Self::Gzip(GzEncoder::new(Vec::new(), Compression::new(GZIP_LEVEL))),
            Coding::Zstd => {
                let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), ZSTD_LEVEL)?;
                // A small body needs smaller tables.
                encoder.set_pledged_src_size(size)?;
                Self::Zstd(encoder)
            }
        })
    }

    fn writer(&mut self) -> &mut dyn Write {
        match self {
            Self::Gzip(encoder) => encoder,
            Self::Zstd(encoder) => encoder,
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        match self {
            Self::Gzip(encoder) => encoder.try_finish(),
            Self::Zstd(encoder) => encoder.do_finish(),
        }
    }

    /// The bytes that are compressed and not taken.
    fn compressed(&mut self) -> &mut Vec<u8> {
        match self {
            Self::Gzip(encoder) => encoder.get_mut(),
            Self::Zstd(encoder) => encoder.get_mut(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use axum::body::{Body, Bytes, HttpBody};
    use flate2::read::MultiGzDecoder;
    use futures_util::{FutureExt, StreamExt, stream};
    use http_body_util::BodyExt;
    use tokio::sync::mpsc;

    use super::{Coding, CompressedBody, Encoder};

    const CODINGS: [Coding; 2] = [Coding::Gzip, Coding::Zstd];

    fn compressed(body: Body, coding: Coding) -> CompressedBody {
        let size = body.size_hint().exact();
        CompressedBody::new(body, Encoder::new(coding, size).unwrap())
    }

    /// What a client has decoded, and whether it has seen the end.
    fn decoded(coding: Coding, bytes: &[u8]) -> (Vec<u8>, bool) {
        let mut decoder: Box<dyn Read> = match coding {
            Coding::Gzip => Box::new(MultiGzDecoder::new(bytes)),
            Coding::Zstd => Box::new(zstd::stream::read::Decoder::new(bytes).unwrap()),
        };
        let (mut text, mut byte) = (Vec::new(), [0]);
        loop {
            match decoder.read(&mut byte) {
                Ok(0) => return (text, true),
                Ok(_) => text.push(byte[0]),
                Err(_) => return (text, false),
            }
        }
    }

    /// Texts that are hard and easy to compress.
    fn texts() -> Vec<Vec<u8>> {
        let noise = |count: u64| (0..count).flat_map(|n| (n * n * n).to_string().into_bytes());
        [vec![], b"a".to_vec(), b"row ".repeat(100_000), noise(300_000).collect()].into()
    }

    #[tokio::test]
    async fn a_body_is_the_same_after_decoding() {
        for coding in CODINGS {
            for text in texts() {
                let parts =
                    text.chunks(50_000).map(Bytes::copy_from_slice).map(Ok::<_, axum::Error>);
                let stream = Body::from_stream(stream::iter(parts.collect::<Vec<_>>()));
                for body in [Body::from(text.clone()), stream] {
                    let bytes = compressed(body, coding).collect().await.unwrap().to_bytes();
                    assert!(decoded(coding, &bytes) == (text.clone(), true), "{coding:?}");
                    assert!(bytes.len() <= text.len() + 64, "{coding:?}");
                }
            }
        }
    }

    #[tokio::test]
    async fn what_is_there_is_sent_before_more_is_waited_for() {
        for coding in CODINGS {
            let (sender, receiver) = mpsc::unbounded_channel::<Result<Bytes, axum::Error>>();
            let stream = stream::unfold(receiver, |mut it| async { Some((it.recv().await?, it)) });
            let mut body = compressed(Body::from_stream(stream), coding);
            let (mut sent, mut got) = (Vec::new(), Vec::new());
            for row in ["<id>1</id>", "<id>2</id>", "<id>3</id>"] {
                sender.send(Ok(Bytes::from_static(row.as_bytes()))).unwrap();
                sent.extend_from_slice(row.as_bytes());
                while let Some(frame) = body.frame().now_or_never() {
                    got.extend(frame.unwrap().unwrap().into_data().unwrap());
                }
                assert_eq!(decoded(coding, &got), (sent.clone(), false), "{coding:?}");
            }
            // A body that fails is not whole for the client.
            sender.send(Err(axum::Error::new("cut"))).unwrap();
            assert!(body.frame().await.unwrap().is_err());
            assert_eq!(decoded(coding, &got), (sent, false), "{coding:?}");
        }
    }

    #[tokio::test]
    async fn a_long_body_is_sent_in_parts_of_bounded_size() {
        for coding in CODINGS {
            let text = texts().pop().unwrap();
            let mut frames = compressed(Body::from(text), coding).into_data_stream();
            let mut count = 0;
            while let Some(frame) = frames.next().await {
                assert!(frame.unwrap().len() < 200_000);
                count += 1;
            }
            assert!(count > 5, "{coding:?}: {count}");
        }
    }
}

//! Requests to the legacy URL of another server.

use std::{fmt, io, path::Path, time::Duration};

use jiff::fmt::rfc2822;
use reqwest::{
    Certificate, Client, Response, StatusCode, Url,
    header::{ACCEPT_ENCODING, CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER},
};
use tokio::time::Instant;

use super::{body, failure::RequestFailure, plan::FIRST};
use crate::{
    domain::{
        session::StartMethod,
        sync::TimeRange,
        time::{Clock, Timestamp},
    },
    outgoing::{cause, client},
};

/// What is asked of each session: all that the legacy URL has.
pub const VARS: &str = "ID COMPUTER_NAME COMPUTER_DOMAIN COMPUTER_OS TECH_USERNAME TECH_NAME \
    CUSTOMER_NAME CUSTOMER_EMAIL CUSTOMER_NUMBER PROBLEM_DESCRIPTION NOTES HAS_VIDEOS DATE_START DATE_END \
    CHAT_INFO VIDEO_LINKS CUSTOM_FIELD_NAME CUSTOM_FIELD_VALUE";

/// The maximum time to connect.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// The longest pause that a source can ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(6 * 3_600);

/// A server with the legacy URL, and the key for it. It has no `Debug` of the key.
#[derive(Clone)]
pub struct Source {
    client: Client,
    url: Url,
    key: String,
    read_timeout: Duration,
    answer_timeout: Duration,
    max_bytes: u64,
    /// The offset from UTC of dates in filters, in seconds.
    offset_seconds: i32,
    json: bool,
    clock: Clock,
}

/// How a source is asked.
#[derive(Clone, Copy, Debug)]
pub struct SourceOptions<'a> {
    /// A file with additional root certificates, in PEM.
    pub certificates: Option<&'a Path>,
    /// The maximum time in which nothing of an answer arrives.
    pub read_timeout: Duration,
    /// The maximum time of a whole answer.
    pub answer_timeout: Duration,
    /// The maximum length of an answer, decompressed.
    pub max_bytes: u64,
    /// The offset from UTC of dates in filters, in seconds.
    pub offset_seconds: i32,
    /// Whether JSON is requested, and not XML.
    pub json: bool,
    /// The source of the time, for waits that end at a date.
    pub clock: Clock,
}

/// Which sessions are requested.
#[derive(Clone, Copy, Debug)]
pub enum Question {
    /// Those of a start method, or of all, that start in a range. Without the last bound, up to the newest.
    Range(Option<StartMethod>, TimeRange, bool),
    /// The one with this number.
    Id(i64),
}

/// Why a source cannot be asked at all.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The file of certificates cannot be read.
    #[error("cannot read the certificates in {path}: {source}")]
    File {
        /// The file.
        path: String,
        /// The cause.
        source: io::Error,
    },
    /// The client cannot be made, for example because of a certificate.
    #[error("the HTTP client cannot be made: {0}")]
    Client(String),
}

impl fmt::Debug for Source {
    /// Leaves out the key.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Source").field("url", &self.url.as_str()).finish_non_exhaustive()
    }
}

impl Source {
    /// A source at a URL, which has no key, with its key.
    ///
    /// # Errors
    /// When the certificates cannot be read.
    pub fn new(url: Url, key: String, options: &SourceOptions<'_>) -> Result<Self, SourceError> {
        let mut client = client()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(options.read_timeout)
            .timeout(options.answer_timeout);
        if let Some(path) = options.certificates {
            let fail = |source| SourceError::File { path: path.display().to_string(), source };
            let pem = std::fs::read(path).map_err(fail)?;
            let certificates = Certificate::from_pem_bundle(&pem);
            let certificates = certificates.map_err(|error| SourceError::Client(cause(&error)))?;
            if certificates.is_empty() {
                return Err(fail(io::Error::other("it has none in PEM format")));
            }
            for certificate in certificates {
                client = client.add_root_certificate(certificate);
            }
        }
        let client = client.build().map_err(|error| SourceError::Client(cause(&error)))?;
        let SourceOptions { read_timeout, answer_timeout, max_bytes, .. } = *options;
        let SourceOptions { offset_seconds, json, clock, .. } = *options;
        Ok(Self {
            client,
            url,
            key,
            read_timeout,
            answer_timeout,
            max_bytes,
            offset_seconds,
            json,
            clock,
        })
    }

    /// Its URL.
    pub fn address(&self) -> &str {
        self.url.as_str()
    }

    /// The key, to remove it from what the source says.
    pub(super) fn key(&self) -> &str {
        &self.key
    }

    /// Asks a question. The answer is read while it arrives.
    pub(super) async fn ask(
        &self,
        question: Question,
    ) -> Result<(body::BodyTask, impl io::Read + Send + 'static), RequestFailure> {
        let request = self
            .client
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ACCEPT_ENCODING, "gzip, zstd")
            .body(self.form(question));
        let start = Instant::now();
        let response = request.send().await.map_err(|error| self.failure(&error, start))?;
        self.check(&response)?;
        let source = self.clone();
        let response = std::sync::Arc::new(tokio::sync::Mutex::new(response));
        Ok(body::spawn(self.max_bytes, move || {
            let (source, response) = (source.clone(), response.clone());
            async move {
                let part = response.lock().await.chunk().await;
                part.map_err(|error| source.failure(&error, start))
            }
        }))
    }

    /// The form of a request. The key is in it, and nowhere else.
    fn form(&self, question: Question) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("KEY", &self.key).append_pair("VARS", VARS);
        if self.json {
            form.append_pair("OUTPUT_FORMAT", "JSON");
        }
        match question {
            Question::Id(id) => {
                form.append_pair("FILTER_ID", &id.to_string());
            }
            Question::Range(method, range, to_newest) => {
                if let Some(method) = method {
                    form.append_pair("FILTER_START_METHOD", method.as_str());
                }
                if range.start > FIRST {
                    // The bounds themselves do not belong to the answer.
                    form.append_pair("FILTER_DATE_START_INI", &self.date(range.start - 1));
                }
                if !to_newest {
                    form.append_pair("FILTER_DATE_START_END", &self.date(range.end));
                }
            }
        }
        form.finish()
    }

    fn date(&self, second: i64) -> String {
        let time = Timestamp::from_micros(second.saturating_mul(1_000_000));
        let mut text = Vec::new();
        time.unwrap_or(Timestamp::MIN).write_local(self.offset_seconds, b' ', &mut text);
        String::from_utf8(text).unwrap_or_default()
    }

    fn check(&self, response: &Response) -> Result<(), RequestFailure> {
        let status = response.status();
        let number = status.as_u16();
        match status {
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                let wait = self.wait(response.headers());
                Err(RequestFailure::Busy { status: number, wait })
            }
            _ if status.is_redirection() => {
                let to = response.headers().get(LOCATION).and_then(|it| it.to_str().ok());
                let to = to.and_then(|to| self.url.join(to).ok());
                let to = to.as_ref().and_then(Url::host_str).unwrap_or("an unknown address");
                Err(RequestFailure::Redirect { status: number, to: to.to_owned() })
            }
            _ if status.is_server_error() => Err(RequestFailure::Server(number)),
            // A document with an error message may have the status of an error.
            _ if status.is_success() || is_document(response.headers()) => Ok(()),
            _ => Err(RequestFailure::Status(number)),
        }
    }

    /// How long to wait, as the header says: seconds or a date.
    fn wait(&self, headers: &HeaderMap) -> Option<Duration> {
        let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
        let seconds = match text.parse::<u64>() {
            Ok(seconds) => seconds,
            Err(_) => {
                let at = rfc2822::parse(text).ok()?.timestamp();
                let now = self.clock.now().micros().div_euclid(1_000_000);
                u64::try_from(at.as_second() - now).unwrap_or(0)
            }
        };
        Some(Duration::from_secs(seconds).min(LONGEST_WAIT))
    }

    /// Why there is no whole answer to a request that was made at `start`.
    fn failure(&self, error: &reqwest::Error, start: Instant) -> RequestFailure {
        match error {
            _ if error.is_connect() => RequestFailure::Unreachable(cause(error)),
            _ if error.is_timeout() && start.elapsed() >= self.answer_timeout => {
                let seconds = self.answer_timeout.as_secs();
                RequestFailure::Slow(format!(
                    "the answer of the source took more than {seconds} seconds"
                ))
            }
            _ if error.is_timeout() => {
                let seconds = self.read_timeout.as_secs();
                RequestFailure::Slow(format!("the source sent nothing for {seconds} seconds"))
            }
            _ => RequestFailure::Incomplete(cause(error)),
        }
    }
}

fn is_document(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    kind.contains("xml") || kind.contains("json")
}

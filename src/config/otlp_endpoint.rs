//! The URL of a collector of traces.

use std::str::FromStr;

use url::Url;

/// The URL to which traces are sent, with its path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtlpEndpoint(String);

/// The path of traces, if the URL has none.
const PATH: &str = "/v1/traces";

impl OtlpEndpoint {
    /// The URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OtlpEndpoint {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut url: Url =
            text.trim().parse().map_err(|error| format!("this is no URL: {error}"))?;
        if url.scheme() != "http" {
            return Err(
                "write the http URL of a collector on this machine or in your network, such as \
                        http://127.0.0.1:4318; the collector can send traces on over TLS"
                    .to_owned(),
            );
        }
        if !url.username().is_empty() || url.password().is_some() || url.query().is_some() {
            return Err("the URL must have no user, password or query".to_owned());
        }
        if url.path() == "/" {
            url.set_path(PATH);
        }
        Ok(Self(url.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::OtlpEndpoint;

    #[test]
    fn a_url_without_a_path_gets_that_of_traces() {
        for (text, url) in [
            ("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces"),
            (" http://[::1]:4318/ ", "http://[::1]:4318/v1/traces"),
            ("http://collector/otlp/v1/traces", "http://collector/otlp/v1/traces"),
        ] {
            assert_eq!(text.parse::<OtlpEndpoint>().unwrap().as_str(), url);
        }
        for (text, message) in [
            ("127.0.0.1:4318", "this is no URL"),
            ("collector:4318", "the http URL"),
            ("https://collector:4318", "the http URL"),
            ("http://a:b@collector", "no user"),
            ("http://collector/?a=b", "no user"),
        ] {
            let error = text.parse::<OtlpEndpoint>().unwrap_err();
            assert!(error.contains(message), "{text}: {error}");
        }
    }
}

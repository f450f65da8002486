//! The path below which the gateway is served.

use std::str::FromStr;

/// A path such as `/history`: segments, each behind a slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BasePath(String);

/// The maximum length of a base path, in bytes.
const MAX_LENGTH: usize = 200;

impl BasePath {
    /// The path, without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for BasePath {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.contains("://") {
            return Err("this is a URL; write its path alone, such as /history".to_owned());
        }
        let Some(segments) = text.strip_prefix('/') else {
            return Err(format!("a path begins with a slash: /{text}"));
        };
        if segments.is_empty() {
            return Err(
                "this is the root, where the gateway is served without a base path".to_owned()
            );
        }
        if segments.ends_with('/') {
            return Err(format!(
                "the path must not end with a slash: {}",
                text.trim_end_matches('/')
            ));
        }
        if text.len() > MAX_LENGTH {
            return Err(format!("the path has more than {MAX_LENGTH} bytes"));
        }
        // Browsers and proxies change other segments: they encode them, or remove them.
        let is_plain = |sign: char| sign.is_ascii_alphanumeric() || "-._~".contains(sign);
        let is_segment = |it: &str| !["", ".", ".."].contains(&it) && it.chars().all(is_plain);
        match segments.split('/').find(|segment| !is_segment(segment)) {
            Some(segment) => Err(format!(
                "the segment '{segment}' is not allowed: a segment has ASCII letters, digits and - . _ ~"
            )),
            None => Ok(Self(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::BasePath;

    #[test]
    fn a_base_path_has_plain_segments() {
        for path in ["/history", "/a/b-c/d.e_f~1", " /history "] {
            assert_eq!(path.parse::<BasePath>().unwrap().as_str(), path.trim());
        }
        let long = format!("/{}", "a".repeat(200));
        for (path, message) in [
            ("history", "begins with a slash: /history"),
            ("", "begins with a slash"),
            ("/", "without a base path"),
            ("/history/", "must not end with a slash: /history"),
            ("//history", "segment ''"),
            ("/a//b", "segment ''"),
            ("/a/../b", "segment '..'"),
            ("/.", "segment '.'"),
            ("/a b", "segment 'a b'"),
            ("/a%20b", "segment 'a%20b'"),
            ("/ä", "segment 'ä'"),
            ("/a?b", "segment 'a?b'"),
            ("/a#b", "segment 'a#b'"),
            ("/{a}", "segment '{a}'"),
            ("https://example.com/history", "this is a URL"),
            (&long, "more than 200 bytes"),
        ] {
            let error = path.parse::<BasePath>().unwrap_err();
            assert!(error.contains(message), "{path}: {error}");
        }
    }
}

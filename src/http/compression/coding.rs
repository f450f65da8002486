//! The content codings of answers, and which one a client prefers.

use axum::http::{HeaderMap, header::ACCEPT_ENCODING};

/// A content coding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Zstd,
    Gzip,
}

impl Coding {
    /// The value of `Content-Encoding`.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
        }
    }

    /// The coding that a client prefers. None if it prefers an answer without one. Of two that it likes
    /// as much it gets zstd, which costs less.
    pub(super) fn accepted(headers: &HeaderMap) -> Option<Self> {
        let mut accepted = Accepted::default();
        for line in headers.get_all(ACCEPT_ENCODING) {
            line.to_str().unwrap_or_default().split(',').for_each(|member| accepted.add(member));
        }
        let zstd = accepted.zstd.unwrap_or(0.0);
        let gzip = accepted.gzip.or(accepted.any).unwrap_or(0.0);
        let identity = accepted.identity.unwrap_or(0.0);
        match () {
            () if zstd > 0.0 && zstd >= gzip.max(identity) => Some(Self::Zstd),
            () if gzip > 0.0 && gzip >= identity => Some(Self::Gzip),
            () => None,
        }
    }
}

/// The quality of each coding in `Accept-Encoding`.
#[derive(Debug, Default)]
struct Accepted {
    zstd: Option<f32>,
    gzip: Option<f32>,
    identity: Option<f32>,
    /// `*`. It is taken for gzip, which every client of that kind knows.
    any: Option<f32>,
}

impl Accepted {
    /// Adds a member of the list. One that is malformed is ignored.
    fn add(&mut self, member: &str) {
        let (name, parameter) = member.split_once(';').unwrap_or((member, ""));
        let quality = match parameter.split_once('=') {
            None if parameter.trim().is_empty() => Some(1.0),
            Some((name, value)) if name.trim().eq_ignore_ascii_case("q") => {
                value.trim().parse().ok().filter(|quality| (0.0..=1.0).contains(quality))
            }
            _ => None,
        };
        let name = name.trim();
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        let slot = match () {
            () if is("zstd") => &mut self.zstd,
            () if is("gzip") || is("x-gzip") => &mut self.gzip,
            () if is("identity") => &mut self.identity,
            () if is("*") => &mut self.any,
            () => return,
        };
        *slot = quality.or(*slot);
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header::ACCEPT_ENCODING};

    use super::Coding::{self, Gzip, Zstd};

    #[test]
    fn a_client_gets_the_coding_that_it_prefers() {
        for (lines, coding) in [
            (&[][..], None),
            (&[""], None),
            (&["identity"], None),
            (&["br, deflate"], None),
            (&["gzip"], Some(Gzip)),
            (&["GZip"], Some(Gzip)),
            (&["x-gzip"], Some(Gzip)),
            (&["zstd"], Some(Zstd)),
            (&["gzip, deflate, br, zstd"], Some(Zstd)),
            (&["gzip", "zstd"], Some(Zstd)),
            (&["zstd;q=0.5, gzip"], Some(Gzip)),
            (&["zstd; q=0.5 , gzip ;Q=0.4"], Some(Zstd)),
            (&["gzip;q=0"], None),
            (&["gzip;q=0.000, zstd;q=0.001"], Some(Zstd)),
            (&["*"], Some(Gzip)),
            (&["*;q=0"], None),
            (&["*;q=0, gzip"], Some(Gzip)),
            (&["gzip;q=0, *"], None),
            (&["identity;q=1, gzip;q=0.5"], None),
            (&["identity;q=0.5, gzip;q=0.5"], Some(Gzip)),
            (&["identity;q=0"], None),
            (&["gzip;q=x"], None),
            (&["gzip;q=2", "zstd;q=NaN"], None),
            (&["gzip;level=9"], None),
        ] {
            let lines = lines.iter().map(|line| (ACCEPT_ENCODING, HeaderValue::from_static(line)));
            let headers: HeaderMap = lines.collect();
            assert_eq!(Coding::accepted(&headers), coding, "{headers:?}");
        }
    }
}

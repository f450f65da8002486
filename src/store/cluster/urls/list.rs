//! A setting with one database URL, or with several that are separated by commas.

use crate::error::{Error, Result};

/// A kind of database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file.
    Sqlite,
    /// A PostgreSQL server.
    Postgres,
    /// A MySQL or MariaDB server.
    MySql,
}

/// The beginnings of URLs.
const SCHEMES: [(&str, Engine); 5] = [
    ("sqlite:", Engine::Sqlite),
    ("postgres:", Engine::Postgres),
    ("postgresql:", Engine::Postgres),
    ("mysql:", Engine::MySql),
    ("mariadb:", Engine::MySql),
];

/// The URLs of a setting. A comma separates two URLs only if a URL begins after it, since URLs and
/// file names may contain commas.
pub(in crate::store::cluster) fn split(text: &str) -> Vec<&str> {
    let starts = text.match_indices(',').map(|(at, _)| at);
    let starts = starts.filter(|at| begins_url(text[at + 1..].trim_start()));
    let (mut urls, mut from) = (Vec::new(), 0);
    for at in starts.chain([text.len()]) {
        urls.push(text[from..at].trim());
        from = at + 1;
    }
    urls.retain(|url| !url.is_empty());
    urls
}

/// The kind of database that all URLs have.
///
/// # Errors
/// When a URL has another kind, or none.
pub(in crate::store::cluster) fn engine_of(urls: &[&str]) -> Result<Engine> {
    let unknown = || Error::input("A database URL begins with sqlite:, postgres: or mysql:.");
    let mut engines = urls.iter().map(|url| engine(url).ok_or_else(unknown));
    let first = engines.next().ok_or_else(unknown)??;
    for engine in engines {
        if engine? != first {
            return Err(Error::input("All database URLs must have the same kind of database."));
        }
    }
    Ok(first)
}

fn begins_url(text: &str) -> bool {
    let scheme = text.split_once("://").map(|(scheme, _)| scheme);
    engine(text).is_some()
        || scheme
            .is_some_and(|it| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_lowercase()))
}

fn engine(url: &str) -> Option<Engine> {
    SCHEMES.iter().find(|(scheme, _)| url.starts_with(scheme)).map(|(_, engine)| *engine)
}

#[cfg(test)]
mod tests {
    use super::{Engine, engine_of, split};

    #[test]
    fn commas_separate_urls_and_nothing_else() {
        for (text, urls) in [
            ("sqlite:a.db", &["sqlite:a.db"][..]),
            ("sqlite:a,b.db", &["sqlite:a,b.db"]),
            ("postgres://u:p,q@h/d?options=a,b", &["postgres://u:p,q@h/d?options=a,b"]),
            ("mysql://a/d,mariadb://b/d", &["mysql://a/d", "mariadb://b/d"]),
            (" postgres://a/d , postgres://b/d ,", &["postgres://a/d", "postgres://b/d ,"]),
            ("mysql://a/d,oracle://b/d", &["mysql://a/d", "oracle://b/d"]),
            ("oracle:x", &["oracle:x"]),
            ("", &[]),
        ] {
            assert_eq!(split(text), urls, "{text}");
        }
    }

    #[test]
    fn all_urls_are_of_one_kind() {
        for (urls, engine) in [
            (&["mysql://a/d", "mariadb://b/d"][..], Some(Engine::MySql)),
            (&["postgres://a/d", "postgresql://b/d"], Some(Engine::Postgres)),
            (&["sqlite:a"], Some(Engine::Sqlite)),
            (&["postgres://a/d", "mysql://b/d"], None),
            (&["sqlite:a", "oracle:b"], None),
            (&["a"], None),
            (&[], None),
        ] {
            assert_eq!(engine_of(urls).ok(), engine, "{urls:?}");
        }
    }
}

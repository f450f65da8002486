//! The URLs of databases: one, or several with commas.

use std::borrow::Cow;

use crate::error::{Error, Result};

/// A kind of database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Engine {
    Sqlite,
    Postgres,
    MySql,
}

/// How URLs begin.
const SCHEMES: [(&str, Engine); 5] = [
    ("sqlite:", Engine::Sqlite),
    ("postgres:", Engine::Postgres),
    ("postgresql:", Engine::Postgres),
    ("mysql:", Engine::MySql),
    ("mariadb:", Engine::MySql),
];

/// The URLs of a setting. A comma parts two of them only where the next one begins: URLs and the
/// names of files may hold commas of their own.
pub(super) fn split(text: &str) -> Vec<&str> {
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

/// The one kind of database that all of these are.
///
/// # Errors
/// When one is of another kind, or of none.
pub(super) fn engine_of(urls: &[&str]) -> Result<Engine> {
    let unknown = || Error::input("The database URL begins with sqlite:, postgres: or mysql:.");
    let mut engines = urls.iter().map(|url| engine(url).ok_or_else(unknown));
    let first = engines.next().ok_or_else(unknown)??;
    for engine in engines {
        if engine? != first {
            return Err(Error::input("All database URLs name the same kind of database."));
        }
    }
    Ok(first)
}

/// A URL as the driver takes it.
pub(super) fn for_driver(url: &str) -> Cow<'_, str> {
    match url.strip_prefix("mariadb:") {
        Some(rest) => Cow::Owned(format!("mysql:{rest}")),
        None => Cow::Borrowed(url),
    }
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
    fn commas_part_urls_and_nothing_else() {
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

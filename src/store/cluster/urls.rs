//! Database URLs, and the driver's options that they become.

use std::fs::File;

use percent_encoding::percent_decode_str;
use sea_orm::sqlx::{ConnectOptions, mysql::MySqlConnectOptions, postgres::PgConnectOptions};
use url::Url;

use super::failure::reason;
use crate::error::{Error, Result};

mod list;

pub use list::Engine;
pub(super) use list::{engine_of, split};

/// How a pooler between the gateway and PostgreSQL gives its connections to clients.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pooling {
    /// A client has a connection of its own, as it has without a pooler.
    #[default]
    Session,
    /// A client has a connection for one transaction at a time.
    Transaction,
}

/// How a server is reached. Holds a password.
#[derive(Clone)]
pub(super) enum ServerOptions {
    Postgres(Box<PgConnectOptions>),
    MySql(Box<MySqlConnectOptions>),
}

/// The parameters of URLs that the driver knows.
const POSTGRES_PARAMETERS: [&str; 18] = [
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
];
const MYSQL_PARAMETERS: [&str; 13] = [
    "sslmode",
    "ssl-mode",
    "sslca",
    "ssl-ca",
    "charset",
    "collation",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "statement-cache-capacity",
    "socket",
    "timezone",
];
/// Those that name a file.
const FILES: [&str; 8] =
    ["sslrootcert", "ssl-root-cert", "ssl-ca", "sslca", "sslcert", "ssl-cert", "sslkey", "ssl-key"];

const MISPLACED: &str = "it has an '@' or a '#' after its host";

impl ServerOptions {
    /// Reads the URL of a server.
    ///
    /// # Errors
    /// When the URL cannot be read. The message has no part of a password.
    pub(super) fn parse(engine: Engine, text: &str) -> Result<Self> {
        let mut url = Url::parse(text).map_err(unreadable)?;
        check_authority(text, &url)?;
        check_parameters(engine, &mut url)?;
        // A host in brackets is an IPv6 address; one that begins with a slash is a socket.
        let host = percent_decode_str(url.host_str().unwrap_or_default()).decode_utf8_lossy();
        Ok(match engine {
            Engine::MySql => {
                let mut options = MySqlConnectOptions::from_url(&url)
                    .map_err(|failure| unreadable(reason(&failure)))?
                    .charset("utf8mb4")
                    .disable_statement_logging();
                if host.starts_with('/') {
                    options = options.socket(&*host);
                } else {
                    options = options.clone().host(without_brackets(options.get_host()));
                }
                Self::MySql(Box::new(options))
            }
            _ => {
                let options = PgConnectOptions::from_url(&url)
                    .map_err(|failure| unreadable(reason(&failure)))?
                    // PgBouncer refuses this parameter, and no statement reads a float.
                    .extra_float_digits(None)
                    .disable_statement_logging();
                let options = options.clone().host(without_brackets(options.get_host()));
                Self::Postgres(Box::new(options))
            }
        })
    }

    /// Turns prepared statements off if the next transaction may have another connection.
    pub(super) fn for_pooling(self, pooling: Pooling) -> Self {
        match (self, pooling) {
            (Self::Postgres(options), Pooling::Transaction) => {
                Self::Postgres(Box::new(options.statement_cache_capacity(0)))
            }
            (other, _) => other,
        }
    }

    /// The server's host and port, or its socket.
    pub(super) fn address(&self) -> String {
        let (host, port, socket) = match self {
            Self::Postgres(options) => {
                (options.get_host(), options.get_port(), options.get_socket())
            }
            Self::MySql(options) => (options.get_host(), options.get_port(), options.get_socket()),
        };
        match socket {
            Some(socket) => socket.display().to_string(),
            None if host.contains(':') => format!("[{host}]:{port}"),
            None => format!("{host}:{port}"),
        }
    }
}

fn without_brackets(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

fn unreadable(reason: impl std::fmt::Display) -> Error {
    Error::input(format!(
        "The database URL cannot be read: {reason}. In a user name and a password, the characters \
         / ? # % and @ are percent-encoded."
    ))
}

/// Refuses a URL in which a part of the password may count as host, port or path, and one that has
/// several hosts.
fn check_authority(text: &str, url: &Url) -> Result<()> {
    let after_scheme = text.split_once("://").map_or("", |(_, rest)| rest);
    let authority = after_scheme.split(['/', '?', '#']).next().unwrap_or_default();
    if url.fragment().is_some() || !authority.contains('@') && url.path().contains('@') {
        return Err(unreadable(MISPLACED));
    }
    if url.host_str().is_some_and(|host| host.contains(',')) || authority.matches('[').count() > 1 {
        return Err(unreadable(
            "it has several hosts; write a whole URL for each of them, with commas",
        ));
    }
    Ok(())
}

/// Removes unknown parameters, since the driver would log them with their values.
fn check_parameters(engine: Engine, url: &mut Url) -> Result<()> {
    if url.query().is_none() {
        return Ok(());
    }
    let known: &[&str] =
        if engine == Engine::MySql { &MYSQL_PARAMETERS } else { &POSTGRES_PARAMETERS };
    let username = url.username().to_owned();
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let mut kept = url.query_pairs_mut();
    kept.clear();
    for (name, value) in pairs {
        if !known.contains(&name.as_str()) && !name.starts_with("options[") {
            // A password with a '?' ends here.
            if username.is_empty() && (name.contains('@') || value.contains('@')) {
                return Err(unreadable(MISPLACED));
            }
            if name.starts_with("ssl") || name.starts_with("tls") {
                return Err(unreadable(format!("it has the unknown parameter '{name}'")));
            }
            tracing::warn!(parameter = name, "an unknown parameter of the database URL is ignored");
            continue;
        }
        if FILES.contains(&name.as_str())
            && let Err(failure) = File::open(&value)
        {
            return Err(Error::input(format!(
                "The file '{value}' of the parameter '{name}' of the database URL cannot be read: \
                 {failure}."
            )));
        }
        kept.append_pair(&name, &value);
    }
    Ok(())
}

//! On which databases a test runs, and an empty database for it.

use std::{
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};

use sea_orm::QueryResult;
use tempfile::TempDir;

use crate::support::server::{self, Server, administer};

/// A kind of database. Tests get theirs from [`on_each_database`] or [`on_sqlite_alone`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseKind {
    Sqlite,
    Postgres,
    MariaDb,
}

/// An empty database, gone with the value.
#[derive(Debug)]
pub enum Database {
    /// The folder that holds the file.
    File(TempDir),
    Served {
        name: String,
        server: &'static Server,
    },
    /// At this URL, where the test looks after it.
    Elsewhere(String),
}

impl Database {
    pub fn new(on: DatabaseKind) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let Some(server) = Server::shared(on) else {
            return Self::File(tempfile::tempdir().unwrap());
        };
        // Another test process may have left databases on the server.
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{number}", std::process::id());
        administer(&server.url(""), &[&format!("CREATE DATABASE {name}")]).unwrap();
        Self::Served { name, server }
    }

    pub fn url(&self) -> String {
        match self {
            Self::File(_) => format!("sqlite:{}", self.file().unwrap().display()),
            Self::Served { name, server } => server.url(name),
            Self::Elsewhere(url) => url.clone(),
        }
    }

    /// The tables that have this column, in the order of their names.
    pub fn tables_with(&self, column: &str) -> Vec<String> {
        let url = self.url();
        let select = match url.split(':').next().unwrap() {
            "sqlite" => format!(
                "SELECT t.name FROM sqlite_schema t, pragma_table_info(t.name) c
                WHERE t.type = 'table' AND c.name = '{column}' ORDER BY 1"
            ),
            kind => format!(
                "SELECT CAST(table_name AS CHAR(64)) FROM information_schema.columns
                WHERE column_name = '{column}' AND table_schema = {} ORDER BY 1",
                if kind == "postgres" { "current_schema()" } else { "DATABASE()" }
            ),
        };
        let rows = server::select(&url, &select).unwrap();
        let name = |row: &QueryResult| row.try_get_by_index::<String>(0).unwrap();
        rows.iter().map(|row| name(row).trim_end().to_owned()).collect()
    }

    /// The file of an SQLite database.
    pub fn file(&self) -> Option<PathBuf> {
        match self {
            Self::File(folder) => Some(folder.path().join("history.sqlite3")),
            _ => None,
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let Self::Served { name, server } = self else { return };
        let statements = match server.kind {
            DatabaseKind::Postgres => vec![format!("DROP DATABASE {name} WITH (FORCE)")],
            // A transaction that a test left open would hold it up.
            _ => vec!["SET lock_wait_timeout = 1".into(), format!("DROP DATABASE {name}")],
        };
        // What cannot be dropped goes with the server.
        let _ = administer(&server.url(""), &statements);
    }
}

/// Makes a function of the test file a test on SQLite, PostgreSQL and MariaDB.
macro_rules! on_each_database {
    ($($name:ident)+) => {
        crate::support::database::on_each_database!($($name)+: sqlite Sqlite, postgres Postgres, mariadb MariaDb);
    };
    ($name:ident: $($test:ident $kind:ident),+) => {
        mod $name {
            $(#[test]
            fn $test() {
                super::$name(crate::support::database::DatabaseKind::$kind);
            })+
        }
    };
    (async $name:ident: $($test:ident $kind:ident),+) => {
        mod $name {
            $(#[tokio::test]
            async fn $test() {
                super::$name(crate::support::database::DatabaseKind::$kind).await;
            })+
        }
    };
}

/// Makes a function of the test file a test on SQLite only, which takes a reason.
macro_rules! on_sqlite_alone {
    ($($name:ident)+, $reason:literal) => {
        crate::support::database::on_each_database!($($name)+: sqlite Sqlite);
    };
}

/// Makes a function of the test file a test on PostgreSQL and MariaDB.
macro_rules! on_each_server {
    ($($name:ident)+) => {
        crate::support::database::on_each_database!(
            $($name)+: postgres Postgres, mariadb MariaDb
        );
    };
}

pub(crate) use {on_each_database, on_each_server, on_sqlite_alone};

//! The baseline: a server written by hand for exactly the requests of the bench.
//!
//! It reads the tables of the gateway and sends the same bytes, only for the operations of the
//! workloads. It has no filters, limits, errors or schema beyond those requests.
#![allow(clippy::print_stdout, reason = "its address is its only output")]

use std::{net::SocketAddr, sync::Arc};

use anyhow::{Result, bail};
use axum::serve::ListenerExt;
use benches::database::BaselineQueries;
use clap::Parser;
use sqlx::{postgres::PgPool, sqlite::SqlitePool};
use tokio::net::TcpListener;

mod answers;
mod auth;
mod export;
mod graphql;
mod http;
mod legacy;
mod long_pages;
mod shapes;
mod sql;
mod statistics;
mod xml;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The maximum number of connections for reads, as in the gateway.
const CONNECTIONS: u32 = 8;

/// Serves the requests of the bench.
#[derive(Parser)]
struct Arguments {
    /// URL of the database: sqlite:PATH or postgres://…
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: String,
    /// Address and port to listen on.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    match arguments.database_url.split(':').next() {
        Some("sqlite") => serve::<SqlitePool>(&arguments).await,
        Some("postgres" | "postgresql") => serve::<PgPool>(&arguments).await,
        _ => bail!("the database URL begins with sqlite: or postgres:"),
    }
}

async fn serve<D: BaselineQueries>(arguments: &Arguments) -> Result<()> {
    let database = D::open(&arguments.database_url, CONNECTIONS, true).await?;
    let keys = auth::Keys::load(&database).await?;
    let router = http::router(Arc::new(http::App { database, keys }));
    let listener = TcpListener::bind(arguments.listen).await?;
    println!("listening on {}", listener.local_addr()?);
    let listener = listener.tap_io(|connection| {
        // Where this fails, answers are only slower.
        let _ = connection.set_nodelay(true);
    });
    Ok(axum::serve(listener, router).await?)
}

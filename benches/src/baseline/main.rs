//! What the gateway would be if it were written by hand for exactly the requests of the bench.
//!
//! It reads the gateway's own tables and answers byte for byte what the gateway answers, on the
//! two URLs and for the operations of the workloads alone. It is the measure, not a product: it
//! has no filters, limits, errors or schema beyond what those requests need.
#![allow(clippy::print_stdout, reason = "the address it listens on is its one result")]

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
mod shapes;
mod sql;
mod xml;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How many connections read at once, as many as the gateway has.
const CONNECTIONS: u32 = 8;

/// BaselineQueries the bench's requests, and nothing else.
#[derive(Parser)]
struct Arguments {
    /// The database: sqlite:PATH or postgres://…
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: String,
    /// The address and port to listen on.
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
        // Where it fails, answers are only slower.
        let _ = connection.set_nodelay(true);
    });
    Ok(axum::serve(listener, router).await?)
}

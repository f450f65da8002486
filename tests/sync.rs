//! The mirror of another server: `session-history sync`, and `serve --sync-config`.

mod disturbed;
mod errors;
mod following;
mod forget;
mod gateways;
mod limits;
mod measured;
mod missing;
mod other_sources;
mod proxy;
mod source;

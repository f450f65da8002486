//! The mirror of another server: `session-history sync`, and `serve --sync-config`.

mod disturbed;
mod errors;
mod following;
mod gateways;
mod missing;
mod proxy;
mod source;

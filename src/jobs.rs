//! What runs beside `serve`, each job on one gateway at a time.
//!
//! [`lease`] does a piece of work while no other gateway does it, and [`runner`] has the jobs of a process: it starts them
//! again and again, and ends them when the server stops.

pub mod lease;
pub mod mirror;
pub mod retention;
pub mod runner;
pub mod webhooks;

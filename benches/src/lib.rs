//! Code that the programs of the suite share: databases behind one small trait, the folder and
//! server of a run, the programs under test, the documents of the dashboard, requests, and times.

pub mod client;
mod cluster;
pub mod dashboard;
pub mod database;
pub mod engine;
pub mod process;
pub mod programs;
pub mod server;
pub mod stop;
pub mod tables;
pub mod time;
pub mod wire;
pub mod workspace;

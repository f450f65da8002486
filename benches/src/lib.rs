//! What the programs of the suite share: databases behind one small trait and where they are made,
//! the gateway's programs, and times.

mod cluster;
pub mod database;
pub mod home;
pub mod kind;
pub mod process;
pub mod programs;
pub mod tables;
pub mod time;

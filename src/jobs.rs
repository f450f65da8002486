//! What runs beside `serve`, on one gateway at a time.

pub mod retention;

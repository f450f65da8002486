//! Any bytes of a connection, in parts whose size the first byte says. `just fuzz` runs it.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../src/http/legacy_path.rs"]
mod legacy_path;
#[path = "../src/http/server/repaired_stream.rs"]
mod repaired_stream;
#[path = "../src/http/server/request_line.rs"]
mod request_line;
#[path = "../src/http/server/request_line_oracle.rs"]
mod request_line_oracle;

fuzz_target!(|input: &[u8]| {
    if let [part, bytes @ ..] = input {
        request_line_oracle::check(bytes, usize::from(*part).max(1));
    }
});

# The commands of the project; `just` lists them.

_default:
    @just --list

# Serve demo data.
demo:
    cargo run --release -- serve --demo

# Everything that must pass: what CI runs.
check:
    scripts/check

# The tests alone; arguments select some, such as `just test legacy_url`.
test *filter:
    cargo test --workspace {{filter}}

# Format the code.
fmt:
    cargo fmt --all

# A PostgreSQL standby that the gateway reads from, killed under load (needs postgresql).
replica *args:
    scripts/replica {{args}}

# A MariaDB cluster that loses the node in use (needs mariadb-server, galera-4, rsync).
galera *args:
    scripts/galera {{args}}

# Write schema.graphql anew.
schema:
    cargo run --quiet -- schema > schema.graphql

# Count the instructions of the hot paths; `just instructions record` keeps them (needs valgrind).
instructions *args:
    scripts/instructions {{args}}

# Licences, sources and duplicates of the dependencies (needs cargo-deny).
deny:
    cargo deny check

# A large legacy document, such as `just export 100000 xml > big.xml`.
export sessions format:
    @cargo run --quiet --release --example make_export -- --sessions {{sessions}} --format {{format}}

# Measure the gateway beside a server written by hand; `just bench --help` lists the options.
bench *args: _bench-build
    target/release/bench {{args}}

# Measure the gateway beside PostGraphile on PostgreSQL (needs Node.js with npm).
bench-postgraphile *args: _bench-build
    npm ci --prefix benches/postgraphile --no-audit --no-fund
    target/release/bench --database postgres --postgraphile benches/postgraphile {{args}}

# Kill imports at random moments, and compare what later ones make of it; `--help` as for `bench`.
kill-imports *args: _bench-build
    target/release/kill_imports {{args}}

_bench-build:
    cargo build --release --locked --bin session-history --example make_export
    cargo build --release --locked -p benches

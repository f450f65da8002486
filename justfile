# The commands of the project; `just` lists them.

_default:
    @just --list

# Serve demo data.
demo:
    cargo run --release -- serve --demo

# All checks and tests, as CI runs them.
check:
    scripts/check

# Only the tests; arguments select some, such as `just test legacy_url`.
test *filter:
    cargo test --workspace {{filter}}

# Format the code.
fmt:
    cargo fmt --all

# Kill a PostgreSQL standby that the gateway reads from, under load (needs postgresql).
replica *args:
    scripts/replica {{args}}

# Kill the node of a MariaDB cluster that the gateway uses (needs mariadb-server, galera-4, rsync).
galera *args:
    scripts/galera {{args}}

# Make a Debian package and a tarball in target/package (needs debhelper).
package:
    scripts/package

# Write schema.graphql.
schema:
    cargo run --quiet -- schema > schema.graphql

# Count the instructions of requests of nine kinds; `just instructions record` stores them (needs valgrind).
instructions *args:
    scripts/instructions {{args}}

# Fuzz the request lines of the legacy URL (needs cargo-fuzz and the nightly compiler).
fuzz seconds="1200":
    cargo +nightly fuzz run request_lines -- -max_total_time={{seconds}} -dict=fuzz/request_lines.dict -timeout=10

# Check licences, sources and duplicates of the dependencies (needs cargo-deny).
deny:
    cargo deny check

# Write a large legacy document, such as `just export 100000 xml > big.xml`.
export sessions format:
    @cargo run --quiet --release --example make_export -- --sessions {{sessions}} --format {{format}}

# Measure the gateway and the baseline; `just bench --help` lists the options.
bench *args: _bench-build
    target/release/bench {{args}}

# Measure the gateway and PostGraphile on PostgreSQL (needs Node.js with npm).
bench-postgraphile *args: _bench-build
    npm ci --prefix benches/postgraphile --no-audit --no-fund
    target/release/bench --database postgres --postgraphile benches/postgraphile {{args}}

# Kill imports at random moments and compare the rows of later ones; `--help` lists the options.
kill-imports *args: _bench-build
    target/release/kill_imports {{args}}

# Put a mixed load on a gateway for an hour and look whether it grows, fails or loses something; `--help` lists the options.
soak *args: _bench-build
    target/release/soak {{args}}

_bench-build:
    cargo build --release --locked --bin session-history --example make_export
    cargo build --release --locked -p benches

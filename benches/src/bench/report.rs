//! The tables, in Markdown.

use std::fmt::Write;

use crate::{
    arguments::Arguments,
    documents::{Document, Documents},
    idle::Idle,
    import::{Import, Imports},
    rounds::{Run, Runs},
};

/// The report.
#[derive(Debug)]
pub(crate) struct Report {
    text: String,
    has_documents: bool,
}

/// Writes lines to the report. Writing to a string does not fail.
macro_rules! line {
    ($report:expr, $($part:tt)*) => {
        { let _ = writeln!($report.text, $($part)*); }
    };
}

impl Report {
    /// Starts a report with the conditions.
    pub(crate) fn new(arguments: &Arguments) -> Self {
        let Arguments { database, sessions, messages, rounds, seconds, connections, .. } =
            arguments;
        let mut report = Self { text: String::new(), has_documents: false };
        line!(
            report,
            "\n## {database}: {sessions} sessions, {messages} messages each, {connections} \
             connections, {rounds} rounds of {seconds} s\n"
        );
        report
    }

    /// The workloads of single requests: medians over the rounds, and ratios with their spread.
    pub(crate) fn rounds(&mut self, all: &[Runs], other: &str) {
        if all.is_empty() {
            return;
        }
        line!(
            self,
            "| workload | gateway req/s | p50/p99 ms | CPU µs/request (server + database) \
             | {other} req/s | p50/p99 ms | CPU µs/request | CPU ratio (min-max) \
             | peak MiB gateway, {other} |\n|---|---|---|---|---|---|---|---|---|"
        );
        for Runs { name, gateway, other } in all {
            let pairs = gateway.iter().zip(other);
            let ratio = Spread::of(pairs.map(|(gateway, other)| gateway.cpu() / other.cpu()));
            let (gateway_peak, other_peak) = (peak(gateway), peak(other));
            let (gateway, other) = (run(gateway), run(other));
            line!(
                self,
                "| {name} | {gateway} | {other} | {ratio} | {gateway_peak}, {other_peak} |"
            );
        }
        let of = |name| all.iter().find(|runs| runs.name == name).map(|runs| &runs.gateway);
        if let (Some(deep), Some(first)) = (of("deep"), of("first")) {
            let ratio =
                Spread::of(deep.iter().zip(first).map(|(deep, first)| deep.cpu() / first.cpu()));
            line!(self, "\nThe gateway's CPU for `deep` divided by that for `first`: {ratio}.");
        }
    }

    /// An export.
    pub(crate) fn document(&mut self, documents: &Documents) {
        if !self.has_documents {
            self.has_documents = true;
            line!(
                self,
                "\n| document | MB | gateway s | CPU s (server + database) | MB/s \
                 | peak MiB above idle | baseline s | CPU s | MB/s | peak MiB above idle \
                 | CPU ratio (min-max) |\n|---|---|---|---|---|---|---|---|---|---|---|"
            );
        }
        let Documents { name, gateway, baseline } = documents;
        let pairs = gateway.iter().zip(baseline);
        let ratio = Spread::of(
            pairs.map(|(gateway, baseline)| gateway.cpu().div_duration_f64(baseline.cpu())),
        );
        let megabytes = gateway.first().map_or(0.0, |first| first.bytes as f64 / 1e6);
        let (gateway, baseline) = (document(gateway), document(baseline));
        line!(self, "| {name} | {megabytes:.0} | {gateway} | {baseline} | {ratio} |");
    }

    /// The imports.
    pub(crate) fn import(&mut self, imports: &Imports) {
        line!(
            self,
            "| import | s | CPU s (program + database) | rows/s | peak MiB \
             | rows/s of the bare loader's (min-max) |\n|---|---|---|---|---|---|"
        );
        for (name, all) in [
            ("JSON", &imports.json),
            ("XML", &imports.xml),
            ("JSON without search", &imports.without_search),
            ("bare loader", &imports.bare),
        ] {
            let pairs = all.iter().zip(&imports.bare);
            let ratio = Spread::of(pairs.map(|(import, bare)| import.rate() / bare.rate()));
            let of = |value: fn(&Import) -> f64| median(all.iter().map(value));
            let peak = match of(|it| it.peak as f64) / 1024.0 {
                peak if peak > 0.0 => format!("{peak:.0}"),
                _ => "-".to_owned(),
            };
            line!(
                self,
                "| {name} | {:.2} | {:.2} + {:.2} | {:.0} | {peak} | {ratio} |",
                of(|it| it.elapsed.as_secs_f64()),
                of(|it| it.loader.as_secs_f64()),
                of(|it| it.database.as_secs_f64()),
                of(Import::rate),
            );
        }
        let rows = imports.bare.first().map_or(0, |bare| bare.rows);
        line!(self, "\n({rows} rows of sessions, messages, recordings and custom fields.)\n");
    }

    /// The idle gateway.
    pub(crate) fn idle(&mut self, idle: &Idle) {
        let starts = Spread::of(idle.starts.iter().map(|it| it.as_secs_f64() * 1e3));
        let memory = median(idle.memory.iter().map(|it| *it as f64)) / 1024.0;
        let (alone, crowded) = (run(&idle.alone), run(&idle.crowded));
        line!(
            self,
            "\nStart to first answer: {starts} ms. Memory at rest: {memory:.1} MiB.\n\n\
             | `page` on the gateway | req/s | p50/p99 ms | CPU µs/request (server) | peak MiB |\n\
             |---|---|---|---|---|\n\
             | alone | {alone} | {} |\n| beside 1,000 idle connections | {crowded} | {} |",
            peak(&idle.alone),
            peak(&idle.crowded)
        );
    }

    /// The report as Markdown.
    pub(crate) fn markdown(&self) -> &str {
        &self.text
    }
}

fn run(all: &[Run]) -> String {
    let of = |value: fn(&Run) -> f64| median(all.iter().map(value));
    let (p50, p99) = (of(|it| it.p50), of(|it| it.p99));
    let (server, database) = (of(|it| it.server), of(|it| it.database));
    let cpu = of(Run::cpu);
    let parts =
        if database > 0.0 { format!(" ({server:.0} + {database:.0})") } else { String::new() };
    format!("{:.0} | {p50:.2}/{p99:.2} | {cpu:.0}{parts}", of(|it| it.rate))
}

fn peak(all: &[Run]) -> String {
    let most = all.iter().map(|run| run.peak).max().unwrap_or(0);
    format!("{:.0}", most as f64 / 1024.0)
}

fn document(all: &[Document]) -> String {
    let of = |value: fn(&Document) -> f64| median(all.iter().map(value));
    let most = all.iter().map(|it| it.above_idle).max().unwrap_or(0);
    format!(
        "{:.2} | {:.2} + {:.2} | {:.0} | {:.1}",
        of(|it| it.elapsed.as_secs_f64()),
        of(|it| it.server.as_secs_f64()),
        of(|it| it.database.as_secs_f64()),
        of(|it| it.bytes as f64 / 1e6 / it.elapsed.as_secs_f64()),
        most as f64 / 1024.0
    )
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    Spread::of(values).median
}

/// A median with minimum and maximum.
struct Spread {
    median: f64,
    least: f64,
    most: f64,
}

impl Spread {
    fn of(values: impl Iterator<Item = f64>) -> Self {
        let mut values: Vec<_> = values.collect();
        values.sort_by(f64::total_cmp);
        let at = |place: usize| values.get(place).copied().unwrap_or(f64::NAN);
        let last = values.len().saturating_sub(1);
        let median = (at(last / 2) + at(last.div_ceil(2))) / 2.0;
        Self { median, least: at(0), most: at(last) }
    }
}

impl std::fmt::Display for Spread {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:.2} ({:.2}-{:.2})", self.median, self.least, self.most)
    }
}

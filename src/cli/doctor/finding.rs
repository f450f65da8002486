//! What a check found.

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// All is well.
    Ok,
    /// The gateway works, but something should be done.
    Warning,
    /// The gateway does not work, or data is in danger.
    Problem,
}

impl Level {
    fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Problem => "problem",
        }
    }
}

/// All findings, in the order of the checks.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<(Level, &'static str, String)>);

impl Findings {
    pub(super) fn ok(&mut self, topic: &'static str, text: impl AsRef<str>) {
        self.add(Level::Ok, topic, text.as_ref());
    }

    pub(super) fn warning(&mut self, topic: &'static str, text: impl AsRef<str>) {
        self.add(Level::Warning, topic, text.as_ref());
    }

    pub(super) fn problem(&mut self, topic: &'static str, text: impl AsRef<str>) {
        self.add(Level::Problem, topic, text.as_ref());
    }

    /// A finding is one line.
    fn add(&mut self, level: Level, topic: &'static str, text: &str) {
        self.0.push((level, topic, text.split_whitespace().collect::<Vec<_>>().join(" ")));
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The level of the worst one.
    pub(super) fn worst(&self) -> Level {
        self.0.iter().map(|(level, ..)| *level).max().unwrap_or(Level::Ok)
    }

    /// A line for each: the level, the topic and the text, separated by tabs.
    pub(super) fn text(&self) -> String {
        let line = |(level, topic, text): &(Level, &str, String)| {
            format!("{}\t{topic}\t{text}\n", level.as_str())
        };
        self.0.iter().map(line).collect()
    }
}

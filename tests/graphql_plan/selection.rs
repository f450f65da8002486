//! Random selections, made of choices.

use std::fmt::Write;

use serde_json::Value;
use session_history::domain::{
    cursor::{List, encode},
    page::Seq,
    viewer::AccountId,
};

/// A root field, what is selected of it, and the fragments that this uses.
pub struct Document {
    pub field: String,
    pub selection: String,
    pub fragments: String,
}

/// Choices that were made beforehand; past their end, always the first.
struct Maker<'a> {
    choices: std::slice::Iter<'a, u8>,
    names: usize,
    fragments: String,
    account: AccountId,
    /// The session that the object at hand is, where there is no other.
    only: Option<i64>,
}

impl Document {
    pub fn new(account: AccountId, sessions: &[Value], choices: &[u8]) -> Self {
        let (choices, fragments) = (choices.iter(), String::new());
        let mut maker = Maker { choices, names: 0, fragments, account, only: None };
        let session = &sessions[maker.choose(sessions.len())];
        let (field, selection) = match maker.choose(6) {
            0 => {
                let page = maker.page(5);
                let order = maker.one(&["", ", orderBy: STARTED_AT_ASC"]);
                let filter = maker.one(&[
                    "",
                    ", filter: { answered: false }",
                    ", filter: { hasVideos: true }",
                    ", filter: { startMethod: { eq: AGENT } }",
                    ", filter: { customer: { name: { contains: \"a\" } } }",
                ]);
                (format!("sessions({page}{order}{filter})"), maker.connection("Session", 3))
            }
            1 => (format!("technicians({})", maker.page(4)), maker.connection("Technician", 2)),
            2 => {
                let username = session["technician"]["username"].as_str().unwrap_or("nobody");
                (format!("technician(username: \"{username}\")"), maker.object("Technician", 3))
            }
            3 => ("session(id: \"1\")".to_owned(), maker.object("Session", 3)),
            _ => {
                let id = session["legacyId"].as_str().unwrap();
                maker.only = id.parse().ok();
                (format!("session(id: \"session_{id}\")"), maker.object("Session", 3))
            }
        };
        Self { field, selection, fragments: maker.fragments }
    }
}

impl Maker<'_> {
    fn choose(&mut self, among: usize) -> usize {
        usize::from(self.choices.next().copied().unwrap_or(0)) % among
    }

    fn one(&mut self, among: &[&'static str]) -> &'static str {
        among[self.choose(among.len())]
    }

    fn page(&mut self, most: usize) -> String {
        let size = self.choose(most);
        match self.choose(4) {
            0 => "first: $some".to_owned(),
            1 => format!("last: {size}"),
            _ => format!("first: {size}"),
        }
    }

    /// A page of what belongs to a session, perhaps from a place on.
    fn child_page(&mut self, most: usize, list: fn(i64) -> List) -> String {
        let page = self.page(most);
        let side = self.one(&["", "after", "before"]);
        let place = Seq(self.choose(14) as i64);
        match (self.only, side) {
            (Some(session), "after" | "before") => {
                let cursor = encode(self.account, list(session), &place);
                format!("{page}, {side}: \"{cursor}\"")
            }
            _ => page,
        }
    }

    /// A key of its own, for a field that may stand beside itself with other arguments.
    fn alias(&mut self) -> String {
        self.names += 1;
        format!("a{}: ", self.names)
    }

    fn directive(&mut self) -> &'static str {
        match self.choose(8) {
            6 => self.one(&[" @include(if: $yes)", " @include(if: $no)"]),
            7 => self.one(&[" @skip(if: $no)", " @skip(if: $yes)"]),
            _ => "",
        }
    }

    fn connection(&mut self, of: &'static str, depth: usize) -> String {
        let mut set = "{ ".to_owned();
        for _ in 0..=self.choose(4) {
            let (alias, directive) = (self.maybe_alias(), self.directive());
            let _ = match self.choose(7) {
                0 | 1 => write!(set, "{alias}nodes{directive} {} ", self.object(of, depth)),
                2 => write!(
                    set,
                    "{alias}edges{directive} {{ cursor __typename node {} }} ",
                    self.object(of, depth)
                ),
                3 => write!(set, "{alias}totalCount{directive} "),
                4 => write!(
                    set,
                    "pageInfo{directive} {{ hasNextPage endCursor hasPreviousPage startCursor }} "
                ),
                5 => write!(set, "{alias}__typename{directive} "),
                _ => write!(
                    set,
                    "... on {of}Connection{directive} {{ nodes {} }} ",
                    self.object(of, depth)
                ),
            };
        }
        set + "}"
    }

    fn maybe_alias(&mut self) -> String {
        if self.choose(3) == 2 { self.alias() } else { String::new() }
    }

    /// A selection of an object, never empty once the directives are applied.
    fn object(&mut self, of: &'static str, depth: usize) -> String {
        let mut set = "{ __typename ".to_owned();
        for _ in 0..=self.choose(6) {
            set.push_str(&self.item(of, depth));
            set.push(' ');
        }
        set + "}"
    }

    fn item(&mut self, of: &'static str, depth: usize) -> String {
        match self.choose(12) {
            9 => format!("... on Node{} {{ id }}", self.directive()),
            10 if depth > 0 => {
                let on = self.one(&["on Session", "on Technician", ""]);
                let on = if on.ends_with(of) { on } else { "" };
                format!("... {on}{} {}", self.directive(), self.object(of, depth - 1))
            }
            11 if depth > 0 => {
                self.names += 1;
                let name = format!("F{}", self.names);
                let set = self.object(of, depth - 1);
                let _ = write!(self.fragments, "fragment {name} on {of} {set} ");
                format!("...{name}{}", self.directive())
            }
            _ => self.field(of, depth),
        }
    }

    fn field(&mut self, of: &'static str, depth: usize) -> String {
        let (alias, directive) = (self.maybe_alias(), self.directive());
        let below = depth.saturating_sub(1);
        let plain: &[&'static str] = match of {
            "Session" => &[
                "id",
                "legacyId",
                "startedAt",
                "endedAt",
                "durationSeconds",
                "startMethod",
                "updatedAt",
                "answered",
                "problemDescription",
                "notes",
                "hasVideos",
            ],
            "Technician" => &["id", "username", "name"],
            "ChatMessage" => &["id", "sentAt", "sender", "senderRole", "body"],
            _ => &["id", "url", "recordedAt", "durationSeconds", "sizeBytes"],
        };
        let nested = if depth == 0 { 0 } else { self.choose(8) };
        match (of, nested) {
            ("Session", 1) => format!("{alias}customer{directive} {{ name number }}"),
            ("Session", 2) => format!("{alias}computer{directive} {{ os __typename name domain }}"),
            ("Session", 3) => {
                // Whose sessions are others.
                let only = self.only.take();
                let technician = self.object("Technician", below);
                self.only = only;
                format!("{alias}technician{directive} {technician}")
            }
            ("Session", 4) => {
                let filter =
                    self.one(&["", ", filter: { senderRole: { eq: CUSTOMER } }", ", filter: {}"]);
                let (page, alias) = (self.child_page(6, List::ChatMessages), self.alias());
                let set = self.connection("ChatMessage", below);
                format!("{alias}chatMessages({page}{filter}){directive} {set}")
            }
            ("Session", 5) => {
                let (page, alias) = (self.child_page(3, List::Videos), self.alias());
                format!("{alias}videos({page}){directive} {}", self.connection("Video", below))
            }
            ("Session", 6) => format!("videos{directive} {}", self.connection("Video", 0)),
            ("Session", 7) => {
                let name =
                    self.one(&["", "(name: \"asset TAG\")", "(name: \"none\")", "(name: null)"]);
                format!("{}customFields{name}{directive} {{ value __typename name }}", self.alias())
            }
            ("Technician", 4..) => {
                let filter = self.one(&["", ", filter: { hasVideos: true }"]);
                let order = self.one(&["", ", orderBy: STARTED_AT_ASC", ", orderBy: null"]);
                let (page, alias) = (self.page(3), self.alias());
                let set = self.connection("Session", below);
                format!("{alias}sessions({page}{filter}{order}){directive} {set}")
            }
            _ => format!("{alias}{}{directive}", self.one(plain)),
        }
    }
}

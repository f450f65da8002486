//! Random selections, made of choices, as a tree that is written as a document and evaluated.

use std::fmt::Write;

use crate::support::graphql_schema::{SchemaType, TYPES};

/// How many selections an object has, those of fragments included: a selection adds each field name at
/// most twice, and the limit is 30.
const MAX_SELECTIONS: usize = 12;

/// A document: what is selected of the root, and the fragments by name.
#[derive(Debug, Default)]
pub struct Document {
    pub root: Vec<Selection>,
    pub fragments: Vec<(String, &'static str, Vec<Selection>)>,
}

/// One selection.
#[derive(Clone, Debug)]
pub struct Selection {
    pub directive: Directive,
    pub of: Selected,
}

#[derive(Clone, Debug)]
pub enum Selected {
    Field { alias: Option<String>, name: &'static str, arguments: Arguments, set: Vec<Selection> },
    Inline { on: Option<&'static str>, set: Vec<Selection> },
    Spread(String),
}

/// Names and values, as they stand in a document.
pub type Arguments = Vec<Argument>;

/// The name and the value of one of them.
pub type Argument = (&'static str, String);

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Directive {
    None,
    /// `@include` of this value, which is a variable or a literal.
    Include(bool, bool),
    Skip(bool, bool),
}

impl Directive {
    pub fn leaves_out(self) -> bool {
        matches!(self, Self::Include(false, _) | Self::Skip(true, _))
    }
}

/// Choices that were made beforehand; past their end, always the first.
pub struct Maker<'a> {
    choices: std::slice::Iter<'a, u8>,
    names: usize,
    /// How many more selections the object may have.
    room: usize,
    document: Document,
    /// Values for the arguments of some fields.
    values: &'a dyn Fn(&str, &str, usize) -> Vec<Arguments>,
}

impl<'a> Maker<'a> {
    /// `values` tells, for a type, a field of it and a choice, the arguments to choose from.
    pub fn new(choices: &'a [u8], values: &'a dyn Fn(&str, &str, usize) -> Vec<Arguments>) -> Self {
        let document = Document::default();
        Self { choices: choices.iter(), names: 0, room: MAX_SELECTIONS, document, values }
    }

    pub fn document(mut self) -> Document {
        let mut root = Vec::new();
        for _ in 0..=self.choose(3) {
            root.push(self.selection("Query", 4));
        }
        self.document.root = root;
        self.document
    }

    fn choose(&mut self, among: usize) -> usize {
        usize::from(self.choices.next().copied().unwrap_or(0)) % among
    }

    fn directive(&mut self) -> Directive {
        let variable = self.choose(2) == 1;
        match self.choose(12) {
            8 => Directive::Include(true, variable),
            9 => Directive::Include(false, variable),
            10 => Directive::Skip(false, variable),
            11 => Directive::Skip(true, variable),
            _ => Directive::None,
        }
    }

    /// A selection of an object, never empty once the directives are applied.
    fn set(&mut self, of: &'static str, depth: usize) -> Vec<Selection> {
        let mut set = vec![plain("__typename")];
        for _ in 0..=self.choose(6) {
            if self.room > 0 {
                set.push(self.selection(of, depth));
            }
        }
        set
    }

    fn selection(&mut self, of: &'static str, depth: usize) -> Selection {
        self.room = self.room.saturating_sub(1);
        let directive = self.directive();
        let is_node = of == "Node" || SchemaType::named(of).unwrap().is_node;
        let of = match self.choose(12) {
            9 if is_node => Selected::Inline { on: Some("Node"), set: vec![plain("id")] },
            10 if depth > 0 => {
                let on = match of {
                    "Node" => {
                        let nodes: Vec<_> = TYPES.iter().filter(|it| it.is_node).collect();
                        Some(nodes[self.choose(nodes.len())].name.as_str())
                    }
                    of => [None, Some(of)][self.choose(2)],
                };
                Selected::Inline { on, set: self.set(on.unwrap_or(of), depth - 1) }
            }
            11 if depth > 0 => {
                self.names += 1;
                let name = format!("F{}", self.names);
                let set = self.set(of, depth - 1);
                self.document.fragments.push((name.clone(), of, set));
                Selected::Spread(name)
            }
            _ => self.field(of, depth),
        };
        Selection { directive, of }
    }

    fn field(&mut self, of: &'static str, depth: usize) -> Selected {
        let fields = SchemaType::named(of).unwrap().fields.iter();
        // These have tests of their own.
        let others = ["sessionStats", "sessionChanges"];
        let fields: Vec<_> = fields.filter(|it| !others.contains(&&*it.name)).collect();
        let field = fields[self.choose(fields.len())];
        let (name, inner) = (field.name.as_str(), SchemaType::named(&field.item));
        let mut among = (self.values)(of, name, self.choose(256));
        if depth == 0 && inner.is_some() {
            return Selected::Field {
                alias: None,
                name: "__typename",
                arguments: Vec::new(),
                set: Vec::new(),
            };
        }
        let nth = self.choose(among.len().max(1));
        let arguments = if among.is_empty() { Vec::new() } else { among.swap_remove(nth) };
        // Fields that are the same but for their arguments need keys of their own, and so do fields of
        // another type in another node.
        let mut others = TYPES.iter().filter(|it| it.is_node).filter_map(|it| it.field(name));
        let aliased =
            !arguments.is_empty() || others.any(|other| other != field) || self.choose(3) == 2;
        let alias = aliased.then(|| {
            self.names += 1;
            format!("a{}", self.names)
        });
        let set = inner.map_or_else(Vec::new, |inner| {
            let room = std::mem::replace(&mut self.room, MAX_SELECTIONS);
            let set = self.set(&inner.name, depth - 1);
            self.room = room;
            set
        });
        Selected::Field { alias, name, arguments, set }
    }
}

/// A field without anything.
pub fn plain(name: &'static str) -> Selection {
    let of = Selected::Field { alias: None, name, arguments: Vec::new(), set: Vec::new() };
    Selection { directive: Directive::None, of }
}

impl Document {
    /// The text of the document. All of its variables are used, as the specification asks.
    pub fn text(&self) -> String {
        let mut text = "query($yes: Boolean!, $no: Boolean!) { \
            t: __typename none: viewer @include(if: $no) @skip(if: $yes) { keyLabel } "
            .to_owned();
        write_set(&self.root, &mut text);
        text.push('}');
        for (name, on, set) in &self.fragments {
            let _ = write!(text, " fragment {name} on {on} {{ ");
            write_set(set, &mut text);
            text.push('}');
        }
        text
    }
}

fn write_set(set: &[Selection], text: &mut String) {
    for Selection { directive, of } in set {
        let set = match of {
            Selected::Field { alias, name, arguments, set } => {
                if let Some(alias) = alias {
                    let _ = write!(text, "{alias}: ");
                }
                text.push_str(name);
                if !arguments.is_empty() {
                    let written = arguments.iter().map(|(name, value)| format!("{name}: {value}"));
                    let _ = write!(text, "({})", written.collect::<Vec<_>>().join(", "));
                }
                set
            }
            Selected::Inline { on, set } => {
                text.push_str("...");
                if let Some(on) = on {
                    let _ = write!(text, " on {on}");
                }
                set
            }
            Selected::Spread(name) => {
                let _ = write!(text, "...{name}");
                &Vec::new()
            }
        };
        let value = |value: bool, variable: bool| match (value, variable) {
            (true, true) => "$yes",
            (false, true) => "$no",
            (true, false) => "true",
            (false, false) => "false",
        };
        let _ = match directive {
            Directive::None => Ok(()),
            Directive::Include(of, variable) => {
                write!(text, " @include(if: {})", value(*of, *variable))
            }
            Directive::Skip(of, variable) => write!(text, " @skip(if: {})", value(*of, *variable)),
        };
        if !set.is_empty() {
            text.push_str(" { ");
            write_set(set, text);
            text.push('}');
        }
        text.push(' ');
    }
}

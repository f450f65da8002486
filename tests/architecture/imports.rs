//! Which modules and crates each source file names, read from its syntax tree.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use proc_macro2::{TokenStream, TokenTree};
use syn::{
    Attribute, Item, ItemMod, Macro, Meta, UseTree, VisRestricted,
    visit::{self, Visit},
};

/// The names of a path, the first of which is a crate: `crate::store::Row`, `axum::Router`.
pub type AbsolutePath = Vec<String>;

/// What the production code of a source file names.
#[derive(Debug)]
pub struct SourceFile {
    pub path: PathBuf,
    /// The file's module: `["store", "filter"]`.
    pub module: Vec<String>,
    /// Every import, and every path of two names or more.
    pub paths: BTreeSet<AbsolutePath>,
    /// Every text, and every text that a macro contains.
    pub texts: BTreeSet<String>,
    /// Every name in the arguments of an attribute, after the attribute's name: `["arg", "env"]`.
    pub attributes: BTreeSet<[String; 2]>,
}

impl SourceFile {
    /// Reads a file. `module` is the module that the file contains.
    pub fn parse(path: PathBuf, module: Vec<String>, text: &str) -> Self {
        let tree = syn::parse_file(text).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        let mut collector = Collector { module: module.clone(), ..Collector::default() };
        // An import can begin with a name that is declared after it.
        for pass in [Pass::Imports, Pass::Imports, Pass::Everything] {
            collector.pass = pass;
            collector.visit_file(&tree);
        }
        let Collector { paths, texts, attributes, .. } = collector;
        Self { path, module, paths, texts, attributes }
    }
}

/// For each file, by its module: the files of the same crate that it names.
pub fn imports(files: &[SourceFile]) -> BTreeMap<&[String], BTreeSet<&[String]>> {
    let modules: BTreeSet<&[String]> = files.iter().map(|file| &file.module[..]).collect();
    let file_of = |path: &AbsolutePath| -> Option<&[String]> {
        let (_, names) = path.split_first().filter(|(first, _)| *first == "crate")?;
        (1..=names.len()).rev().find_map(|length| modules.get(&names[..length]).copied())
    };
    let imports = files.iter().map(|file| {
        let mut named: BTreeSet<_> = file.paths.iter().filter_map(file_of).collect();
        named.remove(&file.module[..]);
        (&file.module[..], named)
    });
    imports.collect()
}

/// The imports come first: a path can begin with an imported name.
#[derive(Clone, Copy, Default, PartialEq)]
enum Pass {
    #[default]
    Imports,
    Everything,
}

#[derive(Default)]
struct Collector {
    pass: Pass,
    module: Vec<String>,
    /// What the names that the file imports or declares as modules stand for.
    known: BTreeMap<String, AbsolutePath>,
    paths: BTreeSet<AbsolutePath>,
    texts: BTreeSet<String>,
    attributes: BTreeSet<[String; 2]>,
}

impl Collector {
    fn absolute(&self, written: &[String]) -> AbsolutePath {
        let mut module = self.module.clone();
        let mut rest = written;
        while let Some((name, tail)) = rest.split_first() {
            match name.as_str() {
                "crate" => module.clear(),
                "self" => {}
                "super" => drop(module.pop()),
                _ => break,
            }
            rest = tail;
        }
        if rest.len() < written.len() {
            let names = module.into_iter().chain(rest.iter().cloned());
            return std::iter::once("crate".to_owned()).chain(names).collect();
        }
        let known = rest.split_first().and_then(|(name, tail)| Some((self.known.get(name)?, tail)));
        known.map_or_else(|| rest.to_vec(), |(start, tail)| [start, tail].concat())
    }

    fn add_use(&mut self, tree: &UseTree, before: &[String]) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        let (path, name) = match tree {
            UseTree::Path(path) => return self.add_use(&path.tree, &with(&path.ident)),
            UseTree::Group(group) => {
                return group.items.iter().for_each(|tree| self.add_use(tree, before));
            }
            UseTree::Glob(_) => (before.to_vec(), None),
            UseTree::Name(name) if name.ident == "self" => {
                (before.to_vec(), before.last().cloned())
            }
            UseTree::Name(name) => (with(&name.ident), Some(name.ident.to_string())),
            UseTree::Rename(it) if it.ident == "self" => {
                (before.to_vec(), Some(it.rename.to_string()))
            }
            UseTree::Rename(it) => (with(&it.ident), Some(it.rename.to_string())),
        };
        let path = self.absolute(&path);
        match (self.pass, name) {
            (Pass::Everything, _) => drop(self.paths.insert(path)),
            (Pass::Imports, Some(name)) => drop(self.known.insert(name, path)),
            (Pass::Imports, None) => {}
        }
    }

    fn add_path(&mut self, written: &[String]) {
        if self.pass == Pass::Everything && written.len() > 1 {
            self.paths.insert(self.absolute(written));
        }
    }

    /// Macros are not parsed: their paths are names joined by `::`.
    fn add_tokens(&mut self, tokens: TokenStream) {
        let (mut path, mut colons) = (Vec::new(), 0);
        for token in tokens {
            match token {
                TokenTree::Ident(name) => {
                    if colons != 2 {
                        self.add_path(&std::mem::take(&mut path));
                    }
                    path.push(name.to_string());
                    colons = 0;
                }
                TokenTree::Punct(sign) if sign.as_char() == ':' && colons < 2 => colons += 1,
                other => {
                    self.add_path(&std::mem::take(&mut path));
                    colons = 0;
                    match other {
                        TokenTree::Group(group) => self.add_tokens(group.stream()),
                        TokenTree::Literal(literal) => {
                            self.texts.extend(syn::parse_str(&literal.to_string()).ok().map(text));
                        }
                        _ => {}
                    }
                }
            }
        }
        self.add_path(&path);
    }
}

fn text(literal: syn::LitStr) -> String {
    literal.value()
}

impl<'ast> Visit<'ast> for Collector {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_test_only(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        let path = [vec!["crate".to_owned()], self.module.clone(), vec![item.ident.to_string()]];
        if self.pass == Pass::Imports {
            self.known.insert(item.ident.to_string(), path.concat());
        }
        self.module.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.add_use(&item.tree, &[]);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Vec<_> = path.segments.iter().map(|it| it.ident.to_string()).collect();
        self.add_path(&names);
        visit::visit_path(self, path);
    }

    /// `pub(in crate::store)` uses nothing.
    fn visit_vis_restricted(&mut self, _: &'ast VisRestricted) {}

    fn visit_macro(&mut self, call: &'ast Macro) {
        self.visit_path(&call.path);
        self.add_tokens(call.tokens.clone());
    }

    /// A documentation comment is an attribute too, but without arguments.
    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        self.visit_path(attribute.path());
        let Meta::List(list) = &attribute.meta else { return };
        self.add_tokens(list.tokens.clone());
        let Some(of) = attribute.path().get_ident() else { return };
        let names = list.tokens.clone().into_iter().filter_map(|token| match token {
            TokenTree::Ident(name) => Some([of.to_string(), name.to_string()]),
            _ => None,
        });
        self.attributes.extend(names);
    }

    fn visit_lit_str(&mut self, literal: &'ast syn::LitStr) {
        self.texts.insert(literal.value());
    }
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn is_test_only(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident("test"))
    })
}

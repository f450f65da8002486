//! Translation of a legacy request to GraphQL: documents of static parts, and variables.

use async_graphql::{Request as Query, Variables};
use serde_json::{Map, Value, json};

use super::{
    error::LegacyError,
    render::Continuation,
    request::{LegacyRequest, Params},
    vars::{ChildList, FieldPath, Var, VarSource},
};

/// The number of items that one GraphQL query requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageSizes {
    /// Sessions.
    pub sessions: usize,
    /// Chat messages or videos of one session.
    pub children: usize,
}

impl PageSizes {
    /// The default limits of the schema.
    pub const SCHEMA_DEFAULT: Self = Self { sessions: 200, children: 500 };

    /// Smaller pages, for sessions that are too large for these; none if there are no smaller ones.
    pub(super) fn smaller(self) -> Option<Self> {
        match self {
            Self { sessions: 2.., .. } => {
                Some(Self { sessions: self.sessions.div_ceil(4), ..self })
            }
            Self { children: 2.., .. } => Some(self.smaller_children()),
            _ => None,
        }
    }

    pub(super) fn smaller_children(self) -> Self {
        Self { children: self.children.div_ceil(4), ..self }
    }

    /// Smaller pages for sessions with lists, so that a page of long chats needs little memory.
    pub(super) fn for_request(self, request: &LegacyRequest) -> Self {
        match request.has_lists() {
            true => Self { sessions: self.sessions.min(25), ..self },
            false => self,
        }
    }
}

/// The limit of the items of each list on a page that may be the only one.
const MAX_SINGLE_PAGE_CHILDREN: usize = 100;

/// A legacy request in GraphQL, for its first page.
#[derive(Clone, Debug, PartialEq)]
pub struct Translation {
    /// The GraphQL document.
    pub document: String,
    /// The variables of the first page.
    pub variables: Variables,
}

/// Translates a legacy URL, its path and query, or its query string alone. It needs no key and shows
/// none.
pub fn translate_url(url: &str, sizes: PageSizes) -> Result<Translation, LegacyError> {
    let params = Params::parse(query_string(url).as_bytes(), None);
    Ok(Translation::new(&LegacyRequest::parse(&params)?, sizes))
}

impl Translation {
    /// Translates a request.
    pub fn new(request: &LegacyRequest, sizes: PageSizes) -> Self {
        let sizes = sizes.for_request(request);
        let nodes = selections(request.vars());
        let nested = nodes.iter().any(|node| matches!(node, Selection::List(_)));
        let filter = filter(request);
        let mut variables = json!({ "first": sizes.sessions, "count": true });
        if nested {
            variables["children"] = json!(sizes.children);
        }
        let mut document = String::from("query SessionHistory(");
        if !filter.is_empty() {
            document.push_str("$filter: SessionFilter, ");
            variables["filter"] = Value::Object(filter);
        }
        document.push_str("$first: Int!, ");
        document.push_str(if nested { "$children: Int!, " } else { "" });
        document.push_str("$after: String, $count: Boolean!) {\n  sessions(");
        document.push_str(variables.get("filter").map_or("", |_| "filter: $filter, "));
        document.push_str("orderBy: STARTED_AT_ASC, first: $first, after: $after) {\n");
        document.push_str("    totalCount @include(if: $count)\n");
        document.push_str("    pageInfo { hasNextPage endCursor }\n    nodes {\n");
        // Further pages of a session's lists are requested by the session's id.
        document.push_str(if nested { "      id\n" } else { "" });
        for node in nodes {
            document.push_str(&format!("      {}\n", node.text()));
        }
        document.push_str("    }\n  }\n}\n");
        Self { document, variables: Variables::from_json(variables) }
    }

    /// Changes the sizes of the pages.
    pub(super) fn resize(&mut self, sizes: PageSizes) {
        for (name, size) in [("first", sizes.sessions), ("children", sizes.children)] {
            if let Some(variable) = self.variables.get_mut(name) {
                *variable = size.into();
            }
        }
    }

    /// The query for a page that may be the only one. It does not select the count, which is then the
    /// number of sessions on the page.
    pub(super) fn single_page(&self, sizes: PageSizes) -> Query {
        let mut variables = self.variables.clone();
        let first = sizes.sessions.min(PageSizes::SCHEMA_DEFAULT.sessions);
        variables.insert(async_graphql::Name::new("first"), first.into());
        if let Some(children) = variables.get_mut("children") {
            *children = sizes.children.min(MAX_SINGLE_PAGE_CHILDREN).into();
        }
        variables.insert(async_graphql::Name::new("count"), false.into());
        Query::new(&self.document).variables(variables)
    }

    /// The query for the first page, or for the page after a cursor, without the count.
    pub(super) fn page(&self, after: Option<&str>) -> Query {
        let mut variables = self.variables.clone();
        if let Some(cursor) = after {
            variables.insert(async_graphql::Name::new("after"), cursor.into());
            variables.insert(async_graphql::Name::new("count"), false.into());
        }
        Query::new(&self.document).variables(variables)
    }
}

/// The query for more items of a session's list.
pub(super) fn continuation(continuation: &Continuation, sizes: PageSizes) -> Query {
    let Continuation { list, session, after } = continuation;
    let operation = match list {
        ChildList::Chat => "MoreChatMessages",
        ChildList::Videos => "MoreVideos",
    };
    let list = connection(*list, "first: $first, after: $after");
    let document = format!(
        "query {operation}($id: ID!, $first: Int!, $after: String) {{\n  \
         session(id: $id) {{ {list} }}\n}}\n"
    );
    let variables = json!({ "id": session, "first": sizes.children, "after": after });
    Query::new(document).variables(Variables::from_json(variables))
}

/// One field of a session in a document.
enum Selection {
    Field(&'static str),
    Object(&'static str, Vec<&'static str>),
    List(ChildList),
}

impl Selection {
    fn text(&self) -> String {
        match self {
            Self::Field(field) => (*field).to_owned(),
            Self::Object(field, fields) => format!("{field} {{ {} }}", fields.join(" ")),
            Self::List(list) => connection(*list, "first: $children"),
        }
    }
}

/// The selections for these elements. Fields of one object are selected together.
fn selections(vars: &[&'static Var]) -> Vec<Selection> {
    let mut selections: Vec<Selection> = Vec::new();
    for var in vars {
        let (object, fields) = match var.source {
            VarSource::List(list) => {
                selections.push(Selection::List(list));
                continue;
            }
            VarSource::FieldName | VarSource::FieldValue => ("customFields", vec!["name", "value"]),
            VarSource::Number(path)
            | VarSource::Text(path)
            | VarSource::Flag(path)
            | VarSource::Date(path) => match path {
                FieldPath::Own(field) => {
                    selections.push(Selection::Field(field));
                    continue;
                }
                FieldPath::Inner(object, field) => (object, vec![field]),
            },
        };
        let same = selections.iter_mut().find_map(|selection| match selection {
            Selection::Object(field, known) if *field == object => Some(known),
            _ => None,
        });
        match same {
            Some(known) => {
                for field in fields {
                    if !known.contains(&field) {
                        known.push(field);
                    }
                }
            }
            None => selections.push(Selection::Object(object, fields)),
        }
    }
    selections
}

fn connection(list: ChildList, arguments: &str) -> String {
    let (field, items) = (list.field(), list.selection());
    format!("{field}({arguments}) {{ pageInfo {{ hasNextPage endCursor }} nodes {{ {items} }} }}")
}

/// The variable `$filter`.
fn filter(request: &LegacyRequest) -> Map<String, Value> {
    let mut root = Map::new();
    for (filter, value) in request.filters() {
        set(&mut root, filter.path, value.clone());
    }
    root
}

fn set(object: &mut Map<String, Value>, path: &[&str], value: Value) {
    match path {
        [] => {}
        [last] => {
            object.insert((*last).to_owned(), value);
        }
        [first, rest @ ..] => {
            let inner = object.entry(*first).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                set(inner, rest, value);
            }
        }
    }
}

/// The part of a URL after its `?`, or the whole text if it is a query string already.
fn query_string(url: &str) -> &str {
    let url = url.trim();
    let url = url.split_once('#').map_or(url, |(before, _)| before);
    let scheme = url.split_once("://").map_or("", |(scheme, _)| scheme);
    let address =
        url.starts_with('/') || ["http", "https"].iter().any(|it| it.eq_ignore_ascii_case(scheme));
    match url.split_once('?') {
        Some((before, query)) if address || !before.contains('=') => query,
        _ => url,
    }
}

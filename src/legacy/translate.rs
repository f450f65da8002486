//! Translation of a legacy request to GraphQL: documents of static parts, and variables.

use async_graphql::{Request as Query, Variables};
use serde_json::{Map, Value, json};

use super::{
    error::LegacyError,
    profile::{Profile, RowOrder},
    request::{LegacyRequest, Params},
    vars::{ChildList, FieldPath, Var, VarSource},
};
use crate::graphql::records::RecordSizes;

/// The number of items that one GraphQL query requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageSizes {
    /// Sessions.
    pub sessions: u32,
    /// Chat messages or videos of one session.
    pub children: u32,
}

impl PageSizes {
    /// The default limits of the schema.
    pub const SCHEMA_DEFAULT: Self = Self { sessions: 200, children: 500 };

    /// The sizes of a page that may be the only one.
    pub(super) fn single_page(self) -> Self {
        Self {
            sessions: self.sessions.min(Self::SCHEMA_DEFAULT.sessions),
            children: self.children.min(MAX_SINGLE_PAGE_CHILDREN),
        }
    }

    /// Smaller pages for sessions with lists, so that a page of long chats needs little memory.
    pub(super) fn for_request(self, request: &LegacyRequest) -> Self {
        match request.has_lists() {
            true => Self { sessions: self.sessions.min(100), ..self },
            false => self,
        }
    }
}

/// The limit of the items of each list on a page that may be the only one.
const MAX_SINGLE_PAGE_CHILDREN: u32 = 100;

impl From<PageSizes> for RecordSizes {
    fn from(sizes: PageSizes) -> Self {
        Self { records: sizes.sessions, items: Some(sizes.children) }
    }
}

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
pub fn translate_url(
    url: &str,
    profile: &Profile,
    sizes: PageSizes,
) -> Result<Translation, LegacyError> {
    let params = Params::parse(query_string(url).as_bytes(), None);
    Ok(Translation::new(&LegacyRequest::parse(&params, profile)?, sizes))
}

/// A bulk request for all sessions of a call.
pub(super) struct BulkQuery {
    pub(super) document: String,
    pub(super) variables: Map<String, Value>,
    /// The lists that it selects.
    pub(super) lists: Vec<ChildList>,
}

/// Translates a legacy URL to a bulk request with this number of items of each list.
pub(super) fn bulk_query(
    url: &str,
    profile: &Profile,
    items: u32,
) -> Result<BulkQuery, LegacyError> {
    let params = Params::parse(query_string(url).as_bytes(), None);
    let request = LegacyRequest::parse(&params, profile)?;
    let (nodes, filter) = (selections(request.vars()), filter(&request));
    let lists: Vec<_> = nodes.iter().filter_map(Selection::list).collect();
    let (mut declared, mut arguments, mut variables) = (Vec::new(), Vec::new(), Map::new());
    if !filter.is_empty() {
        declared.push("$filter: SessionFilter");
        arguments.push("filter: $filter");
        variables.insert("filter".into(), Value::Object(filter));
    }
    if !lists.is_empty() {
        declared.push("$children: Int!");
        variables.insert("children".into(), items.into());
    }
    arguments.push(match request.order() {
        RowOrder::Oldest => "orderBy: STARTED_AT_ASC",
        RowOrder::Newest => "orderBy: STARTED_AT_DESC",
    });
    let declared = match declared.join(", ") {
        none if none.is_empty() => none,
        declared => format!("({declared})"),
    };
    let id = if lists.is_empty() { "" } else { "      id\n" };
    let nodes: String = nodes.iter().map(|node| format!("      {}\n", node.text())).collect();
    let document = format!(
        "query SessionHistory{declared} {{\n  sessions({}) {{\n    nodes {{\n{id}{nodes}    }}\n  }}\n}}\n",
        arguments.join(", ")
    );
    Ok(BulkQuery { document, variables, lists })
}

impl Translation {
    /// The document, and the variables as JSON.
    pub fn text(&self) -> String {
        let variables = serde_json::to_string_pretty(&self.variables).unwrap_or_default();
        format!("{}\n\n{variables}\n", self.document.trim_end())
    }

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
        document.push_str(match request.order() {
            RowOrder::Oldest => "orderBy: STARTED_AT_ASC, first: $first, after: $after) {\n",
            RowOrder::Newest => "orderBy: STARTED_AT_DESC, first: $first, after: $after) {\n",
        });
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

    /// The query for a page that may be the only one. It does not select the count, which is then the
    /// number of sessions on the page.
    pub(super) fn single_page(self, sizes: PageSizes) -> Query {
        let mut query = self.query();
        let PageSizes { sessions, children } = sizes.single_page();
        query.variables.insert(async_graphql::Name::new("first"), sessions.into());
        if let Some(variable) = query.variables.get_mut("children") {
            *variable = children.into();
        }
        query.variables.insert(async_graphql::Name::new("count"), false.into());
        query
    }

    /// The query for the first page.
    pub(super) fn query(self) -> Query {
        Query::new(self.document).variables(self.variables)
    }
}

/// One field of a session in a document.
enum Selection {
    Field(&'static str),
    Object(&'static str, Vec<&'static str>),
    List(ChildList),
}

impl Selection {
    fn list(&self) -> Option<ChildList> {
        match self {
            Self::List(list) => Some(*list),
            Self::Field(_) | Self::Object(..) => None,
        }
    }

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
    for (_, path, value) in request.filters() {
        set(&mut root, path, value.clone());
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

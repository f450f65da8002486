//! The schema of the library, made from the definitions. The library exports it and answers
//! introspection; it resolves no field of the history itself (see `plan`).

use std::{borrow::Cow, pin::Pin};

use async_graphql::{
    ContainerType, Context, ContextSelectionSet, InputType, ObjectType, OutputType, Positioned,
    Response, Schema, SchemaBuilder, ServerResult, SubscriptionType, Value,
    indexmap::IndexMap,
    parser::types::Field,
    registry::{MetaField, MetaInputValue, MetaType, ObjectBuilder, Registry},
    resolver_utils::resolve_container,
};
use futures_util::Stream;

use super::{
    definition::{
        ArgumentDefinition, ChildrenShape, ConnectionDefinition, FieldDefinition, FieldSource,
        GroupValue, ObjectDefinition,
    },
    scalar::DateTime,
    types::{
        connection::{
            CONNECTION_FIELDS, ConnectionField, EDGE_FIELDS, EdgeField, PAGE_INFO_DESCRIPTION,
            PAGE_INFO_FIELDS, PAGE_INFO_NAME, PageInfoField,
        },
        mutation::MUTATION,
        node::{NODE_DESCRIPTION, NODE_NAME, id_field},
        node_type,
        page_arguments::{FORWARD_ARGUMENTS, PAGE_ARGUMENTS},
        query::QUERY,
        session::SESSION_CONNECTION,
        subscription::SUBSCRIPTION,
    },
};
use crate::store::query::RowKind;

/// The library's schema.
pub(super) type Built = Schema<QueryRoot, MutationRoot, SubscriptionRoot>;

/// A root of the library's schema: of queries, or of mutations.
#[derive(Debug)]
pub(super) struct Root<const IS_MUTATION: bool>;

type QueryRoot = Root<false>;
type MutationRoot = Root<true>;

/// The root of subscriptions.
#[derive(Debug)]
pub(super) struct SubscriptionRoot;

pub(super) fn builder() -> SchemaBuilder<QueryRoot, MutationRoot, SubscriptionRoot> {
    // The limits are enforced before a document gets here, see `limits`.
    Built::build(Root, Root, SubscriptionRoot).disable_suggestions()
}

impl SubscriptionType for SubscriptionRoot {
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed(SUBSCRIPTION.name)
    }

    fn create_type_info(registry: &mut Registry) -> String {
        register_object(&SUBSCRIPTION, registry);
        Self::qualified_type_name()
    }

    fn create_field_stream<'a>(
        &'a self,
        _ctx: &'a Context<'_>,
    ) -> Option<Pin<Box<dyn Stream<Item = Response> + Send + 'a>>> {
        None
    }
}

impl<const IS_MUTATION: bool> Root<IS_MUTATION> {
    const DEFINITION: &ObjectDefinition = if IS_MUTATION { &MUTATION } else { &QUERY };
}

impl<const IS_MUTATION: bool> OutputType for Root<IS_MUTATION> {
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed(Self::DEFINITION.name)
    }

    fn create_type_info(registry: &mut Registry) -> String {
        register_object(Self::DEFINITION, registry);
        for kind in RowKind::ALL.iter().copied() {
            register_object(node_type(kind), registry);
        }
        Self::qualified_type_name()
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        _field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        resolve_container(ctx, self).await
    }
}

impl<const IS_MUTATION: bool> ContainerType for Root<IS_MUTATION> {
    async fn resolve_field(&self, _ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        Ok(None)
    }
}

impl<const IS_MUTATION: bool> ObjectType for Root<IS_MUTATION> {}

/// Adds an object type, and all types that its fields lead to.
fn register_object(object: &ObjectDefinition, registry: &mut Registry) {
    if registry.types.contains_key(object.name) {
        return;
    }
    // Types lead back to themselves: this one is known before its fields are.
    registry.types.insert(object.name.to_owned(), object_type(object, Vec::new()));
    let fields = object.fields.iter().map(|field| object_field(field, registry)).collect();
    registry.types.insert(object.name.to_owned(), object_type(object, fields));
    for interface in object.interfaces {
        registry.add_implements(object.name, interface);
    }
}

fn object_type(object: &ObjectDefinition, fields: Vec<MetaField>) -> MetaType {
    build(object.name, object.description, fields)
}

fn build(name: &str, description: &str, fields: Vec<MetaField>) -> MetaType {
    ObjectBuilder::new(name, by_name(fields)).description(Some(description.to_owned())).build()
}

fn by_name(fields: Vec<MetaField>) -> IndexMap<String, MetaField> {
    fields.into_iter().map(|field| (field.name.clone(), field)).collect()
}

fn object_field(field: &FieldDefinition, registry: &mut Registry) -> MetaField {
    let mut ty = source_type(&field.source, registry);
    if !field.nullable {
        ty.push('!');
    }
    let argument = |argument: &ArgumentDefinition| {
        let description = Some(argument.description.to_owned());
        let default_value = argument.default.map(str::to_owned);
        let ty = (argument.register)(registry);
        let input =
            MetaInputValue { description, default_value, ..MetaInputValue::new(argument.name, ty) };
        (argument.name.to_owned(), input)
    };
    let page: &[_] = match field.source.is_page() {
        true if field.source.is_forward() => &FORWARD_ARGUMENTS,
        true => &PAGE_ARGUMENTS,
        false => &[],
    };
    let args = field.arguments.iter().chain(page).map(argument).collect();
    MetaField {
        args,
        description: Some(field.description.to_owned()),
        ..MetaField::new(field.name, ty)
    }
}

/// The nullable type of the values of a source.
fn source_type(source: &FieldSource, registry: &mut Registry) -> String {
    let mut object = |object: &ObjectDefinition| {
        register_object(object, registry);
        object.name.to_owned()
    };
    match source {
        FieldSource::Text(_) | FieldSource::Cursor(_) => "String".to_owned(),
        FieldSource::Digits(_) | FieldSource::NodeId(_) => "ID".to_owned(),
        FieldSource::Int(_) => "Int".to_owned(),
        FieldSource::Float(_) => "Float".to_owned(),
        FieldSource::IsPresent(_) | FieldSource::IsPositive(_) => "Boolean".to_owned(),
        FieldSource::Time(_) => nullable(<DateTime as InputType>::create_type_info(registry)),
        FieldSource::Enum { register, .. } | FieldSource::Request { register, .. } => {
            nullable(register(registry))
        }
        FieldSource::Object(of) | FieldSource::ObjectOfGroup { object: of, .. } => object(of),
        FieldSource::SessionsOfGroup => connection_type(&SESSION_CONNECTION, registry),
        FieldSource::TechnicianOfGroup => object(node_type(RowKind::Technician)),
        FieldSource::OfGroup { value, .. } => match value {
            GroupValue::Int => "Int".to_owned(),
            GroupValue::Float | GroupValue::Micros | GroupValue::AverageOver(_) => {
                "Float".to_owned()
            }
            GroupValue::Time => nullable(<DateTime as InputType>::create_type_info(registry)),
            GroupValue::Text => "String".to_owned(),
            GroupValue::Flag => "Boolean".to_owned(),
            GroupValue::Enum { register, .. } => nullable(register(registry)),
        },
        FieldSource::Groups(groups) => connection_type(groups.connection, registry),
        FieldSource::Joined(kind, _) => object(node_type(*kind)),
        FieldSource::SessionByNumber(_) => object(node_type(RowKind::Session)),
        FieldSource::Feed(feed) => object(feed.object),
        FieldSource::Mutation(mutation) => object(mutation.payload.object()),
        FieldSource::Row { object: of, .. } | FieldSource::RowByKey { object: of, .. } => {
            object(of)
        }
        FieldSource::Children(children) => match &children.shape {
            ChildrenShape::Connection(connection) => connection_type(connection, registry),
            ChildrenShape::List { object: of, .. } => format!("[{}!]", object(of)),
        },
        FieldSource::List(list) => connection_type(list.connection, registry),
        FieldSource::Node(_) => node_interface(registry),
        FieldSource::Rows { object: of, .. } | FieldSource::Results(of) => {
            format!("[{}!]", object(of))
        }
        FieldSource::Texts { .. } => "[String!]".to_owned(),
        FieldSource::Nodes(_) => format!("[{}]", node_interface(registry)),
    }
}

fn nullable(mut ty: String) -> String {
    if ty.ends_with('!') {
        ty.pop();
    }
    ty
}

fn node_interface(registry: &mut Registry) -> String {
    let id = object_field(&id_field(RowKind::Session), registry);
    registry.types.entry(NODE_NAME.to_owned()).or_insert_with(|| MetaType::Interface {
        name: NODE_NAME.to_owned(),
        description: Some(NODE_DESCRIPTION.to_owned()),
        fields: by_name(vec![id]),
        possible_types: RowKind::ALL.iter().map(|it| node_type(*it).name.to_owned()).collect(),
        extends: false,
        keys: None,
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        rust_typename: None,
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    });
    NODE_NAME.to_owned()
}

/// Adds a connection type, its edge type, and the type of the items.
fn connection_type(connection: &ConnectionDefinition, registry: &mut Registry) -> String {
    let ConnectionDefinition { name, description, edge_name, edge_description, node, kind } =
        connection;
    if registry.types.contains_key(*name) {
        return (*name).to_owned();
    }
    let has = |field: &ConnectionField| field.is_of(*kind);
    let fields = CONNECTION_FIELDS.iter().filter(|(.., field)| has(field));
    let fields = meta_fields(fields, |field| match field {
        ConnectionField::PageInfo => format!("{PAGE_INFO_NAME}!"),
        ConnectionField::Edges => format!("[{edge_name}!]!"),
        ConnectionField::Nodes => format!("[{}!]!", node.name),
        ConnectionField::TotalCount => "Int!".to_owned(),
        ConnectionField::Total => format!("{}!", node.name),
        ConnectionField::Cursor => "String!".to_owned(),
    });
    registry.types.insert((*name).to_owned(), build(name, description, fields));
    let fields = meta_fields(&EDGE_FIELDS, |field| match field {
        EdgeField::Node => format!("{}!", node.name),
        EdgeField::Cursor => "String!".to_owned(),
    });
    registry.types.insert((*edge_name).to_owned(), build(edge_name, edge_description, fields));
    let fields = meta_fields(&PAGE_INFO_FIELDS, |field| match field {
        PageInfoField::HasPreviousPage | PageInfoField::HasNextPage => "Boolean!".to_owned(),
        PageInfoField::StartCursor | PageInfoField::EndCursor => "String".to_owned(),
    });
    let info = build(PAGE_INFO_NAME, PAGE_INFO_DESCRIPTION, fields);
    registry.types.insert(PAGE_INFO_NAME.to_owned(), info);
    register_object(node, registry);
    (*name).to_owned()
}

fn meta_fields<'a, F: Copy + 'a>(
    fields: impl IntoIterator<Item = &'a (&'static str, &'static str, F)>,
    ty: impl Fn(F) -> String,
) -> Vec<MetaField> {
    let field = |(name, description, field): &(&'static str, &'static str, F)| MetaField {
        description: Some((*description).to_owned()),
        ..MetaField::new(*name, ty(*field))
    };
    fields.into_iter().map(field).collect()
}

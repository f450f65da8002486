//! The types of the schema that have fields, read from the committed file.

use std::sync::LazyLock;

use async_graphql::parser::{
    parse_schema,
    types::{BaseType, Type, TypeKind, TypeSystemDefinition},
};

/// An object type, an interface or an input type.
#[derive(Debug)]
pub struct SchemaType {
    pub name: String,
    pub is_input: bool,
    pub is_node: bool,
    pub fields: Vec<SchemaField>,
}

/// A field of a type.
#[derive(Debug, PartialEq)]
pub struct SchemaField {
    pub name: String,
    /// The type of the value, or of the items of a list.
    pub item: String,
    /// Whether the value, or an item of a list, may be null.
    pub nullable: bool,
    /// Whether the value itself may be null, also that of a list.
    pub value_nullable: bool,
    is_list: bool,
}

pub static TYPES: LazyLock<Vec<SchemaType>> = LazyLock::new(|| {
    let schema = parse_schema(include_str!("../../schema.graphql")).unwrap();
    let mut types = Vec::new();
    for definition in schema.definitions {
        let TypeSystemDefinition::Type(definition) = definition else { continue };
        let (mut is_input, mut is_node) = (false, false);
        let fields = match definition.node.kind {
            TypeKind::Object(object) => {
                is_node = object.implements.iter().any(|it| it.node == "Node");
                let fields = object.fields.iter();
                fields.map(|it| SchemaField::new(&it.node.name.node, &it.node.ty.node)).collect()
            }
            TypeKind::Interface(interface) => {
                let fields = interface.fields.iter();
                fields.map(|it| SchemaField::new(&it.node.name.node, &it.node.ty.node)).collect()
            }
            TypeKind::InputObject(input) => {
                is_input = true;
                let fields = input.fields.iter();
                fields.map(|it| SchemaField::new(&it.node.name.node, &it.node.ty.node)).collect()
            }
            _ => continue,
        };
        let name = definition.node.name.node.to_string();
        types.push(SchemaType { name, is_input, is_node, fields });
    }
    types
});

impl SchemaType {
    /// The type with this name, if it has fields.
    pub fn named(name: &str) -> Option<&'static Self> {
        TYPES.iter().find(|it| it.name == name)
    }

    pub fn field(&self, name: &str) -> Option<&SchemaField> {
        self.fields.iter().find(|it| it.name == name)
    }
}

impl SchemaField {
    fn new(name: &str, of: &Type) -> Self {
        let (mut base, mut nullable, mut is_list) = (&of.base, of.nullable, false);
        while let BaseType::List(item) = base {
            (base, nullable, is_list) = (&item.base, item.nullable, true);
        }
        let BaseType::Named(item) = base else { unreachable!() };
        let (name, item, value_nullable) = (name.to_owned(), item.to_string(), of.nullable);
        Self { name, item, nullable, value_nullable, is_list }
    }
}

//! The objects of the schema, and what a field of one returns.

use serde_json::Value;

use super::pages::Page;
use crate::model::session::{Session, Technician};

/// An object.
#[derive(Clone, Debug)]
pub enum Thing<'a> {
    Query,
    Viewer,
    Account,
    Limits,
    Gateway,
    Session(&'a Session),
    Customer(&'a Session),
    Computer(&'a Session),
    Technician(Technician),
    ChatMessage(&'a Session, usize),
    Video(&'a Session, usize),
    CustomField(&'a (String, Option<String>)),
    Connection(&'static str, Page<'a>),
    Edge(Box<Thing<'a>>, String),
    PageInfo(Page<'a>),
}

/// What a field answers.
pub enum Resolved<'a> {
    Leaf(Value),
    /// An error, with null here or, where this is never null, in what is around it.
    Fails,
    One(Option<Thing<'a>>),
    Many(Vec<Option<Thing<'a>>>),
}

impl Thing<'_> {
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Query => "Query",
            Self::Viewer => "Viewer",
            Self::Account => "Account",
            Self::Limits => "RequestLimits",
            Self::Gateway => "Gateway",
            Self::Session(_) => "Session",
            Self::Customer(_) => "Customer",
            Self::Computer(_) => "Computer",
            Self::Technician(_) => "Technician",
            Self::ChatMessage(..) => "ChatMessage",
            Self::Video(..) => "Video",
            Self::CustomField(_) => "CustomField",
            Self::PageInfo(_) => "PageInfo",
            Self::Connection("Session", _) => "SessionConnection",
            Self::Connection("Technician", _) => "TechnicianConnection",
            Self::Connection("ChatMessage", _) => "ChatMessageConnection",
            Self::Connection(..) => "VideoConnection",
            Self::Edge(node, _) => match **node {
                Self::Session(_) => "SessionEdge",
                Self::Technician(_) => "TechnicianEdge",
                Self::ChatMessage(..) => "ChatMessageEdge",
                _ => "VideoEdge",
            },
        }
    }
}

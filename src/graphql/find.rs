//! Finding the document of a request: its text, and what is known of it.

use std::{
    borrow::Cow,
    sync::{Arc, PoisonError},
};

use apollo_compiler::ast;

use super::{
    Parts, Schema,
    context::RequestContext,
    document::{
        self, Document,
        hash::{hash_in, hash_of},
        manifest,
        reference::DocumentRef,
        trusted::TrustedDocuments,
    },
    error::RequestError,
    limits::Limits,
};
use crate::error::{Code, Error, Result};

/// The document of a request, within the limits.
pub(super) struct Found<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) document: Arc<Document>,
    /// The syntax tree of a document that is still to be validated.
    syntax: Option<ast::Document>,
    /// The hash by which the caller stores it.
    hash: Option<&'a str>,
}

impl Parts {
    /// The document of a request. It is not validated unless it is known to be valid.
    ///
    /// # Errors
    /// When it is not stored, not trusted, no document, or exceeds a limit.
    pub(super) fn find<'a>(
        &self,
        reference: &'a DocumentRef,
        context: &RequestContext,
    ) -> Result<Found<'a>, RequestError> {
        let trusted = self.trusted.read().unwrap_or_else(PoisonError::into_inner).clone();
        match trusted {
            Some(trusted) => self.find_trusted(&trusted, reference, context),
            None => self.find_any(reference, context),
        }
    }

    fn find_any<'a>(
        &self,
        reference: &'a DocumentRef,
        context: &RequestContext,
    ) -> Result<Found<'a>, RequestError> {
        let limits = context.limits();
        match reference {
            DocumentRef::Text(text) => self.find_text(text.into(), limits),
            DocumentRef::Id(id) => {
                let hash = checked_hash(id)?;
                let stored = self.persisted.get(context.viewer()?, hash).ok_or_else(not_found)?;
                self.find_text(stored.to_string().into(), limits)
            }
            DocumentRef::Both { text, id } => {
                let hash = checked_hash(id)?;
                if hash != hash_of(text) {
                    return Err(Error::input("The hash is not the SHA-256 of 'query'.").into());
                }
                Ok(Found { hash: Some(hash), ..self.find_text(text.into(), limits)? })
            }
        }
    }

    /// A trusted document. The introspection is answered too, unless it is off.
    fn find_trusted<'a>(
        &self,
        trusted: &TrustedDocuments,
        reference: &'a DocumentRef,
        context: &RequestContext,
    ) -> Result<Found<'a>, RequestError> {
        let limits = context.limits();
        let (text, is_trusted) = match reference {
            DocumentRef::Text(text) | DocumentRef::Both { text, .. } => {
                (Cow::from(text), trusted.has(text))
            }
            DocumentRef::Id(id) => {
                context.viewer()?;
                (trusted.text(id).ok_or_else(not_trusted)?.to_owned().into(), true)
            }
        };
        let found = self.find_text(text, limits);
        let is_introspection = |found: &Found<'_>| found.document.only_introspection;
        if is_trusted || (limits.introspection && found.as_ref().is_ok_and(is_introspection)) {
            return found;
        }
        context.viewer()?;
        Err(not_trusted().into())
    }

    /// A document by its text: from the cache, or parsed.
    ///
    /// The limits come before the validation, which takes longer the more a document expands.
    pub(super) fn find_text<'a>(
        &self,
        text: Cow<'a, str>,
        limits: &Limits,
    ) -> Result<Found<'a>, RequestError> {
        let (document, syntax) = match self.documents.get(&text) {
            Some(known) => (known, None),
            None => {
                let (document, syntax) = document::read(&text, limits)?;
                (Arc::new(document), Some(syntax))
            }
        };
        Ok(Found { text, document, syntax, hash: None })
    }

    /// Refuses a document that is not valid, and remembers one that is. A caller without a key stores nothing.
    pub(super) fn validate(
        &self,
        found: &mut Found<'_>,
        context: &RequestContext,
    ) -> Result<(), RequestError> {
        let viewer = context.viewer().ok();
        if let Some(syntax) = found.syntax.take() {
            self.validator.validate(&syntax, context.limits().max_errors as usize)?;
            if viewer.is_some() {
                self.documents.put(&found.text, found.document.clone());
            }
        }
        if let (Some(viewer), Some(hash)) = (viewer, found.hash) {
            self.persisted.put(viewer, hash, &found.text);
        }
        Ok(())
    }

    /// The reasons why a trusted document is not valid, each with its position.
    fn problems(&self, text: &str, limits: &Limits) -> Vec<String> {
        let read = document::read(text, limits).and_then(|(document, syntax)| {
            self.validator.validate(&syntax, limits.max_errors as usize)?;
            Ok(document.check_operations()?)
        });
        read.err().map_or_else(Vec::new, |error| error.texts().collect())
    }
}

impl Schema {
    /// Trusts only the documents of a manifest from now on. Returns their number.
    ///
    /// # Errors
    /// What is wrong with the manifest. Then nothing is changed.
    pub fn trust(&self, manifest: &str, limits: &Limits) -> Result<usize, Vec<String>> {
        let entries = manifest::parse(manifest).map_err(|problem| vec![problem])?;
        let problems = entries.iter().flat_map(|entry| {
            let problems = self.0.problems(&entry.text, limits);
            problems.into_iter().map(|problem| format!("{}, {problem}", entry.place))
        });
        let problems: Vec<_> = problems.collect();
        match TrustedDocuments::new(entries) {
            Ok(trusted) if problems.is_empty() => {
                let count = trusted.len();
                let slot = &self.0.trusted;
                *slot.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(trusted));
                Ok(count)
            }
            Ok(_) => Err(problems),
            Err(wrong_ids) => Err([wrong_ids, problems].concat()),
        }
    }
}

/// The hash that names a document without a manifest.
fn checked_hash(id: &str) -> Result<&str> {
    hash_in(id).ok_or_else(|| {
        Error::input(
            "The hash of a document must be its SHA-256 in 64 lower-case hexadecimal digits; as 'documentId', \
             after 'sha256:'.",
        )
    })
}

/// Clients send the document after this message or code.
fn not_found() -> Error {
    Error::client(Code::PersistedQueryNotFound, "PersistedQueryNotFound")
}

fn not_trusted() -> Error {
    let message = "This gateway answers trusted documents only, and this is none of them.";
    Error::client(Code::DocumentNotTrusted, message)
}

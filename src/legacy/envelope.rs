//! What is around the sessions of an answer, and the document of an error.

use super::{
    error::LegacyError,
    profile::{JsonEnvelope, Profile, XmlEnvelope},
};
use crate::export::{Escape, OutputFormat};

/// The texts of an XML document before the number of sessions, after it, and after the sessions.
pub(super) fn xml(profile: &Profile) -> [String; 3] {
    let name = |element| profile.names.get(element);
    let (root, count, sessions) = (name("response"), name("nrequests"), name("requests"));
    let (start, end) = match profile.xml.envelope {
        XmlEnvelope::Response => ("", ""),
        XmlEnvelope::Result => ("<result>SUCCESS</result><details>", XML_RESULT_END),
    };
    [
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{root}>{start}<{count}>"),
        format!("</{count}><{sessions}>"),
        format!("</{sessions}>{end}</{root}>"),
    ]
}

const XML_RESULT_END: &str = "</details><errorDetails></errorDetails>";

/// The texts of a JSON document before the number of sessions, after it, and after the sessions.
pub(super) fn json(profile: &Profile) -> [String; 3] {
    let name = |element| profile.names.get(element);
    let (root, count, sessions) = (name("response"), name("nrequests"), name("requests"));
    let (start, end) = match profile.json.envelope {
        JsonEnvelope::Bare => (String::new(), ""),
        JsonEnvelope::Response => (format!("{{\"{root}\":"), "}"),
        JsonEnvelope::Result => {
            ("{\"result\":\"SUCCESS\",\"details\":".to_owned(), ",\"errorDetails\":null}")
        }
    };
    [format!("{start}{{\"{count}\":"), format!(",\"{sessions}\":["), format!("]}}{end}")]
}

impl LegacyError {
    /// The body of the answer.
    pub fn body(&self, profile: &Profile) -> Vec<u8> {
        let (root, message) = (profile.names.get("response"), profile.names.get("error_msg"));
        let in_json = |end: &str| {
            let member = format!("{{\"{message}\":");
            match profile.json.envelope {
                JsonEnvelope::Bare => (member, format!("}}{end}")),
                JsonEnvelope::Response => (format!("{{\"{root}\":{member}"), format!("}}}}{end}")),
                JsonEnvelope::Result => (
                    "{\"result\":\"FAIL\",\"details\":null,\"errorDetails\":".to_owned(),
                    format!("}}{end}"),
                ),
            }
        };
        let ((before, after), escape) = match self.format() {
            // An error in XML has no XML declaration, like the published samples.
            OutputFormat::Xml => {
                let around = match profile.xml.envelope {
                    XmlEnvelope::Response => {
                        (format!("<{root}><{message}>"), format!("</{message}></{root}>"))
                    }
                    XmlEnvelope::Result => (
                        format!("<{root}><result>FAIL</result><details></details><errorDetails>"),
                        format!("</errorDetails></{root}>"),
                    ),
                };
                (around, Escape::Xml)
            }
            OutputFormat::Json => (in_json(""), Escape::Json),
            OutputFormat::Ndjson => (in_json("\n"), Escape::Json),
            OutputFormat::Csv => ((format!("{message}\r\n"), "\r\n".to_owned()), Escape::Csv),
        };
        let mut out = before.into_bytes();
        escape.text(self.message(), &mut out);
        out.extend_from_slice(after.as_bytes());
        out
    }
}

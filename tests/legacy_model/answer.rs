//! The answer as the contract describes it.

use super::call::{Filter, Format, Meaning};
use crate::model::{session::Session, text::same, time};

/// The whole body.
pub fn body(history: &[Session], meaning: &Meaning) -> String {
    let passes = |session: &&Session| {
        meaning.filters.iter().all(|it| passes(session, it)) && has_field(session, meaning)
    };
    let mut sessions: Vec<_> = history.iter().filter(passes).collect();
    sessions.sort_by_key(|session| (session.details.started_at, session.id));
    let count = sessions.len();
    match meaning.format {
        Format::Xml => {
            let requests: String = sessions.iter().map(|it| xml(it, meaning)).collect();
            format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<response>\
                 <nrequests>{count}</nrequests><requests>{requests}</requests></response>"
            )
        }
        Format::Json => {
            let requests: Vec<_> = sessions.iter().map(|it| json(it, meaning)).collect();
            format!("{{\"nrequests\":{count},\"requests\":[{}]}}", requests.join(","))
        }
        Format::Ndjson => sessions.iter().map(|it| json(it, meaning) + "\n").collect(),
        Format::Csv => {
            let heading = columns(meaning).map(|(name, _)| name).collect::<Vec<_>>().join(",");
            let line = |session: &&Session| {
                let values: serde_json::Value =
                    serde_json::from_str(&json(session, meaning)).unwrap();
                let cells = columns(meaning).map(|(name, is_list)| match &values[&name] {
                    // The text as the answer in JSON has it.
                    list if is_list => format!("\"{}\"", list.to_string().replace('"', "\"\"")),
                    serde_json::Value::String(text) => cell(text),
                    other => other.to_string(),
                });
                cells.collect::<Vec<_>>().join(",") + "\r\n"
            };
            format!("{heading}\r\n{}", sessions.iter().map(line).collect::<String>())
        }
    }
}

/// The columns of CSV, and whether each is a list.
fn columns(meaning: &Meaning) -> impl Iterator<Item = (String, bool)> {
    let last_custom = meaning.vars.iter().rposition(|var| var.starts_with("CUSTOM_FIELD_"));
    meaning.vars.iter().enumerate().flat_map(move |(nth, var)| {
        let column = (var.to_lowercase(), ["CHAT_INFO", "VIDEO_LINKS"].contains(var));
        let all = (last_custom == Some(nth)).then(|| ("custom_fields".to_owned(), true));
        [Some(column), all].into_iter().flatten()
    })
}

/// A text as a cell.
fn cell(text: &str) -> String {
    let quoted =
        text.contains(['"', ',', '\r', '\n']) || text.starts_with(' ') || text.ends_with(' ');
    if quoted { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

fn passes(session: &Session, filter: &Filter) -> bool {
    let details = &session.details;
    match filter {
        Filter::Id(id) => id.is_none_or(|id| session.id == id),
        Filter::Start(true, at) => at.is_none_or(|at| details.started_at > at),
        Filter::Start(false, at) => at.is_none_or(|at| details.started_at < at),
        Filter::Text(_, _, text) if text.trim().is_empty() => true,
        Filter::Text(_, about, text) => session.text(about).is_some_and(|it| same(it, text)),
        Filter::StartMethod(agent) => agent.is_none_or(|agent| details.agent == agent),
        Filter::Processed(is) => is.is_none_or(|is| details.technician.is_some() == is),
        Filter::HasVideos(has) => has.is_none_or(|has| details.has_videos == has),
        Filter::FieldName(_) | Filter::FieldValue(_) => true,
    }
}

/// Whether the same custom field has the name and the value of the filters.
fn has_field(session: &Session, meaning: &Meaning) -> bool {
    let asked = field_filters(meaning).any(|text| text.is_some());
    !asked || session.details.fields.iter().any(|field| is_named(field, meaning))
}

fn is_named((name, value): &(String, Option<String>), meaning: &Meaning) -> bool {
    field_filters(meaning)
        .zip([Some(name), value.as_ref()])
        .all(|(asked, text)| asked.is_none_or(|asked| text.is_some_and(|text| same(asked, text))))
}

/// The name and the value of the filters.
fn field_filters(meaning: &Meaning) -> impl Iterator<Item = Option<&str>> {
    let (mut name, mut value) = (None, None);
    for filter in &meaning.filters {
        match filter {
            Filter::FieldName(text) => name = Some(text.as_str()),
            Filter::FieldValue(text) => value = Some(text.as_str()),
            _ => {}
        }
    }
    [name, value].into_iter().map(|text| text.filter(|text| !text.trim().is_empty()))
}

/// The text of an element that is one text.
fn plain(session: &Session, var: &str) -> String {
    let details = &session.details;
    match var {
        "ID" => session.id.to_string(),
        "HAS_VIDEOS" => (if details.has_videos { "TRUE" } else { "FALSE" }).to_owned(),
        "DATE_START" => time::legacy(details.started_at),
        "DATE_END" => details.ended_at.map(time::legacy).unwrap_or_default(),
        _ => session.text(&var.to_lowercase()).unwrap_or_default().to_owned(),
    }
}

fn xml(session: &Session, meaning: &Meaning) -> String {
    let mut out = String::new();
    let details = &session.details;
    let custom = |var: &str| var.starts_with("CUSTOM_FIELD_");
    let first_custom = meaning.vars.iter().find(|var| custom(var));
    for var in &meaning.vars {
        out += &match *var {
            "CHAT_INFO" => {
                let messages = details.chat.iter().map(|message| {
                    let parts = element("date", &escaped(&time::legacy(message.sent_at)))
                        + &element("sender", &escaped(message.sender.as_deref().unwrap_or("")))
                        + &element("text", &escaped(&message.body));
                    element("message", &parts)
                });
                element("chat_info", &messages.collect::<String>())
            }
            "VIDEO_LINKS" => {
                let links = details.videos.iter().map(|url| element("video_link", &escaped(url)));
                element("video_links", &links.collect::<String>())
            }
            var if custom(var) && Some(&var) != first_custom => String::new(),
            var if custom(var) => {
                let none = [(String::new(), None)];
                let fields = if details.fields.is_empty() { &none[..] } else { &details.fields };
                let mut pairs = String::new();
                for (name, value) in fields {
                    for half in meaning.vars.iter().filter(|var| custom(var)) {
                        let is_name = half.ends_with("NAME");
                        let text = if is_name { name } else { value.as_deref().unwrap_or("") };
                        pairs += &element(&half.to_lowercase(), &escaped(text));
                    }
                }
                pairs
            }
            var => element(&var.to_lowercase(), &escaped(&plain(session, var))),
        };
    }
    element("request", &out)
}

fn element(name: &str, content: &str) -> String {
    format!("<{name}>{content}</{name}>")
}

/// A text that an XML parser reads back unchanged, except for what XML 1.0 forbids.
fn escaped(text: &str) -> String {
    let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..);
    let text: String = text.chars().map(|c| if allowed(c) { c } else { '\u{FFFD}' }).collect();
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('\r', "&#13;")
}

fn json(session: &Session, meaning: &Meaning) -> String {
    let details = &session.details;
    let named = details.fields.iter().find(|field| is_named(field, meaning));
    let chosen = named.or(details.fields.first());
    let (name, value) = chosen.map_or(("", None), |(name, value)| (name, value.as_deref()));
    let last_custom = meaning.vars.iter().rfind(|var| var.starts_with("CUSTOM_FIELD_"));
    let mut members = Vec::new();
    for var in &meaning.vars {
        let content = match *var {
            "ID" => session.id.to_string(),
            "CHAT_INFO" => array(details.chat.iter().map(|message| {
                let (date, sender) = (time::legacy(message.sent_at), message.sender.as_deref());
                object(&[
                    member("date", &quoted(&date)),
                    member("sender", &quoted(sender.unwrap_or(""))),
                    member("text", &quoted(&message.body)),
                ])
            })),
            "VIDEO_LINKS" => array(details.videos.iter().map(|url| quoted(url))),
            "CUSTOM_FIELD_NAME" => quoted(name),
            "CUSTOM_FIELD_VALUE" => quoted(value.unwrap_or("")),
            var => quoted(&plain(session, var)),
        };
        members.push(member(&var.to_lowercase(), &content));
        if Some(var) == last_custom {
            let fields = details.fields.iter().map(|(name, value)| {
                let value = quoted(value.as_deref().unwrap_or(""));
                object(&[member("name", &quoted(name)), member("value", &value)])
            });
            members.push(member("custom_fields", &array(fields)));
        }
    }
    object(&members)
}

fn member(name: &str, content: &str) -> String {
    format!("\"{name}\":{content}")
}

fn object(members: &[String]) -> String {
    format!("{{{}}}", members.join(","))
}

fn array(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(","))
}

/// A text as JSON, with only the necessary escapes.
fn quoted(text: &str) -> String {
    let escaped = |c: char| match c {
        '"' | '\\' => format!("\\{c}"),
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        '\u{8}' => "\\b".to_owned(),
        '\u{C}' => "\\f".to_owned(),
        '\0'..='\u{1F}' => format!("\\u{:04x}", u32::from(c)),
        _ => c.to_string(),
    };
    format!("\"{}\"", text.chars().map(escaped).collect::<String>())
}

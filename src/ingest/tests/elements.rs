//! Every field of a record is read from a document that has every element, and every text has a limit.

use super::{json, one, rejection, xml};
use crate::{
    history::limits::LONG_TEXT,
    ingest::draft::{ElementKind, LINK_TEXTS, MESSAGE_TEXTS, PAIR_TEXTS, SESSION_ELEMENTS},
};

/// A value that every field of this name accepts.
fn value(name: &str) -> &'static str {
    match name {
        "id" | "duration_seconds" | "size_bytes" => "1",
        "date_start" | "date_end" | "date" | "recorded_at" => "2024-01-01",
        "has_videos" => "TRUE",
        "start_method" => "AGENT",
        "sender_role" => "SYSTEM",
        _ => "x",
    }
}

fn members(names: &[&str]) -> String {
    let member = |name: &&str| format!("\"{name}\":\"{}\"", value(name));
    names.iter().map(member).collect::<Vec<_>>().join(",")
}

fn elements(names: &[&str]) -> String {
    names.iter().map(|name| format!("<{name}>{}</{name}>", value(name))).collect()
}

fn session_texts() -> Vec<&'static str> {
    let texts = SESSION_ELEMENTS.iter().filter(|(_, kind)| *kind == ElementKind::Text);
    texts.map(|(name, _)| *name).collect()
}

#[test]
fn every_field_of_a_record_is_read() {
    let texts = session_texts();
    let [session, message, link, pair] =
        [&texts, MESSAGE_TEXTS, LINK_TEXTS, PAIR_TEXTS].map(members);
    let by_json = one(&json(&format!(
        r#"{session},"chat_info":[{{{message}}}],"video_links":[{{{link}}}],"custom_fields":[{{{pair}}}]"#
    )));
    let attributes = LINK_TEXTS[1..].iter().map(|name| format!(" {name}='{}'", value(name)));
    let by_xml = one(&xml(&format!(
        "{}<chat_info><message>{}</message></chat_info>
        <video_links><video_link{}>x</video_link></video_links>{}",
        elements(&texts),
        elements(MESSAGE_TEXTS),
        attributes.collect::<String>(),
        elements(&["custom_field_name", "custom_field_value"]),
    )));
    let shown = format!("{by_json:?}");
    let unread = ["Absent", "Empty", "None", "[]"].into_iter().find(|it| shown.contains(it));
    assert_eq!(unread, None, "{shown}");
    assert_eq!(by_json, by_xml);
}

#[test]
fn every_text_has_a_limit() {
    let long = format!("\"{}\"", "x".repeat(LONG_TEXT + 1));
    let rejected = |name: &str, members: String| {
        let members = members.replace(&format!("\"{name}\":\"x\""), &format!("\"{name}\":{long}"));
        let reason = rejection(&json(&members));
        assert!(reason.contains(" has 65537 characters"), "{name}: {reason}");
    };
    let texts = session_texts();
    let limited = |names: &[&'static str]| -> Vec<_> {
        names.iter().copied().filter(|name| value(name) == "x").collect()
    };
    for name in limited(&texts) {
        rejected(name, members(&texts));
    }
    for (list, names) in
        [("chat_info", MESSAGE_TEXTS), ("video_links", LINK_TEXTS), ("custom_fields", PAIR_TEXTS)]
    {
        for name in limited(names) {
            rejected(name, format!("\"id\":1,\"{list}\":[{{{}}}]", members(names)));
        }
    }
}

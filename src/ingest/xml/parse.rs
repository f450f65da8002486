//! One `<request>` element to a draft.

use quick_xml::{
    Reader,
    escape::resolve_xml_entity,
    events::{BytesRef, BytesStart, Event},
};

use super::words;
use crate::ingest::{
    draft::{Draft, MESSAGE_TEXTS, SESSION_TEXTS, Texts, named},
    problem::{Reason, excerpt},
};

/// Reads one `<request>` element. Elements that it does not know say nothing.
pub(in crate::ingest) fn parse(raw: &str) -> Result<Draft, Reason> {
    let mut reader = inside(raw)?;
    let mut draft = Draft::default();
    children(&mut reader, |reader, element| {
        let name = element.local_name();
        let name = name.as_ref();
        if let Some(field) = named(&SESSION_TEXTS, name) {
            draft.texts.set(field, text(reader, field)?)?;
        } else if name.eq_ignore_ascii_case("custom_field_name") {
            draft.names.push(text(reader, "custom_field_name")?);
            draft.check_count()?;
        } else if name.eq_ignore_ascii_case("custom_field_value") {
            draft.values.push(text(reader, "custom_field_value")?);
            draft.check_count()?;
        } else if name.eq_ignore_ascii_case("chat_info") {
            chat(reader, &mut draft)?;
        } else if name.eq_ignore_ascii_case("video_links") {
            videos(reader, &mut draft)?;
        } else {
            skip(reader, element)?;
        }
        Ok(())
    })?;
    Ok(draft)
}

/// The text of an element that holds nothing else.
pub(super) fn parse_text(raw: &str, field: &str) -> Result<String, Reason> {
    text(&mut inside(raw)?, field)
}

fn chat(reader: &mut Reader<&[u8]>, draft: &mut Draft) -> Result<(), Reason> {
    if draft.chat.is_some() {
        return Err(Reason::Twice("chat_info"));
    }
    draft.chat = Some(Vec::new());
    children(reader, |reader, element| {
        if !element.local_name().as_ref().eq_ignore_ascii_case("message") {
            return skip(reader, element);
        }
        let mut texts = Texts::default();
        children(reader, |reader, element| {
            match named(&MESSAGE_TEXTS, element.local_name().as_ref()) {
                Some(field) => texts.set(field, text(reader, field)?),
                None => skip(reader, element),
            }
        })?;
        draft.chat.get_or_insert_default().push(texts);
        draft.check_count()
    })
}

fn videos(reader: &mut Reader<&[u8]>, draft: &mut Draft) -> Result<(), Reason> {
    if draft.videos.is_some() {
        return Err(Reason::Twice("video_links"));
    }
    draft.videos = Some(Vec::new());
    children(reader, |reader, element| {
        if !element.local_name().as_ref().eq_ignore_ascii_case("video_link") {
            return skip(reader, element);
        }
        let link = text(reader, "video_link")?;
        draft.videos.get_or_insert_default().push(link);
        draft.check_count()
    })
}

/// A reader that stands behind the start tag of the one element in `raw`.
fn inside(raw: &str) -> Result<Reader<&[u8]>, Reason> {
    let mut reader = Reader::from_str(raw);
    reader.config_mut().expand_empty_elements = true;
    next(&mut reader)?;
    Ok(reader)
}

/// Calls `each` behind every child's start tag, up to the end of the current element. It must
/// read up to the end of the child.
fn children<'a>(
    reader: &mut Reader<&'a [u8]>,
    mut each: impl FnMut(&mut Reader<&'a [u8]>, &BytesStart<'a>) -> Result<(), Reason>,
) -> Result<(), Reason> {
    loop {
        match next(reader)? {
            Event::Start(element) => each(reader, &element)?,
            Event::End(_) => return Ok(()),
            Event::Text(text) if text.trim().is_empty() => {}
            Event::Text(text) => return Err(Reason::Stray(excerpt(text.trim()))),
            Event::CData(text) => return Err(Reason::Stray(excerpt(&text))),
            Event::GeneralRef(name) => return Err(Reason::Stray(format!("&{};", excerpt(&name)))),
            _ => {}
        }
    }
}

/// The text up to the end of the current element, line ends normalized as XML prescribes.
fn text(reader: &mut Reader<&[u8]>, field: &str) -> Result<String, Reason> {
    let mut content = String::new();
    loop {
        match next(reader)? {
            Event::Text(text) => content.push_str(&text.xml10_content()),
            Event::CData(text) => content.push_str(&text.xml10_content()),
            Event::GeneralRef(name) => resolve(&name, &mut content)?,
            Event::End(_) => return Ok(content),
            Event::Start(_) => {
                return Err(Reason::Shape { field: field.to_owned(), shape: "a plain text" });
            }
            _ => {}
        }
    }
}

/// Appends what a reference stands for. `&#0;`, which XML forbids, is taken for what it means.
fn resolve(reference: &BytesRef<'_>, content: &mut String) -> Result<(), Reason> {
    let unknown = || Reason::Entity(excerpt(reference));
    if reference.is_char_ref() {
        let zero = reference[1..].trim_start_matches('x').bytes().all(|byte| byte == b'0');
        let character = if zero && reference.ends_with('0') {
            Some('\0')
        } else {
            reference.resolve_char_ref().map_err(|_| unknown())?
        };
        content.extend(character);
    } else {
        content.push_str(resolve_xml_entity(reference).ok_or_else(unknown)?);
    }
    Ok(())
}

fn skip(reader: &mut Reader<&[u8]>, element: &BytesStart<'_>) -> Result<(), Reason> {
    reader.read_to_end(element.name()).map(drop).map_err(malformed)
}

fn next<'a>(reader: &mut Reader<&'a [u8]>) -> Result<Event<'a>, Reason> {
    match reader.read_event().map_err(malformed)? {
        Event::Eof => Err(Reason::Malformed("the element has no end".to_owned())),
        event => Ok(event),
    }
}

fn malformed(error: quick_xml::Error) -> Reason {
    Reason::Malformed(words(&error))
}

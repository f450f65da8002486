//! One `<request>` element to a draft.

use quick_xml::{
    Reader,
    escape::resolve_xml_entity,
    events::{BytesRef, BytesStart, Event},
};

use super::{attributes, message::words};
use crate::ingest::{
    draft::{
        Draft, ElementKind, LINK_TEXTS, MESSAGE_TEXTS, Texts, check_length, named, session_element,
    },
    problem::{Reason, excerpt},
    style::{DocumentStyle, ElementScope},
};

/// Reads one `<request>` element. Unknown elements in it are ignored.
pub(in crate::ingest) fn parse(raw: &str, style: &DocumentStyle) -> Result<Draft, Reason> {
    let (mut reader, element) = inside(raw)?;
    let scope = ElementScope::Envelope;
    check_item(style, scope, "the list of <request> elements", &element, "request")?;
    let mut draft = Draft::default();
    children(&mut reader, |reader, element| {
        let written = element.local_name();
        let known = session_element(style.standard_name(ElementScope::Session, written.as_ref()));
        let Some((name, kind)) = known else {
            repeated_item(reader, element, &mut draft, style)?;
            return draft.check_count();
        };
        match kind {
            ElementKind::Text => draft.texts.set(name, text(reader, element, name)?)?,
            ElementKind::ChatInfo => {
                list(reader, element, &mut draft.chat, name, |reader, element| {
                    message(reader, element, style)
                })?
            }
            ElementKind::VideoLinks => {
                list(reader, element, &mut draft.videos, name, |reader, element| {
                    link(reader, element, style)
                })?
            }
            ElementKind::CustomFields => list(reader, element, &mut draft.pairs, name, pair)?,
            ElementKind::CustomFieldName => draft.names.push(text(reader, element, name)?),
            ElementKind::CustomFieldValue => draft.values.push(text(reader, element, name)?),
        }
        draft.check_count()
    })?;
    Ok(draft)
}

/// Reads a message or a link that no element of a list surrounds, if the style has them. Other unknown
/// elements are ignored.
fn repeated_item<'a>(
    reader: &mut Reader<&'a [u8]>,
    element: &BytesStart<'a>,
    draft: &mut Draft,
    style: &DocumentStyle,
) -> Result<(), Reason> {
    if style.repeats_items && is(style, ElementScope::Item, element, "message") {
        draft.chat.get_or_insert_default().push(message(reader, element, style)?);
    } else if style.repeats_items && is(style, ElementScope::Item, element, "video_link") {
        draft.videos.get_or_insert_default().push(link(reader, element, style)?);
    } else {
        skip(reader, element)?;
    }
    Ok(())
}

/// The text of an element that contains only text.
pub(super) fn parse_text(raw: &str, field: &str) -> Result<String, Reason> {
    let (mut reader, element) = inside(raw)?;
    text(&mut reader, &element, field)
}

fn message(
    reader: &mut Reader<&[u8]>,
    element: &BytesStart<'_>,
    style: &DocumentStyle,
) -> Result<Texts, Reason> {
    check_item(style, ElementScope::Item, "chat_info", element, "message")?;
    let mut texts = Texts::default();
    if let Some(name) = attributes::with_content(element, &[])? {
        texts.set_unknown(|| format!("the attribute '{name}' is not read; make it an element"));
    }
    children(reader, |reader, element| {
        let written = element.local_name();
        let name = style.standard_name(ElementScope::Message, written.as_ref());
        match named(MESSAGE_TEXTS, name) {
            Some(field) => texts.set(field, text(reader, element, field)?),
            None => {
                texts.set_unknown(|| format!("{} is unknown; rename it", shown_name(element)));
                skip(reader, element)
            }
        }
    })?;
    Ok(texts)
}

/// Names and values are elements of the record. A list of them has content only in JSON.
fn pair(_: &mut Reader<&[u8]>, element: &BytesStart<'_>) -> Result<Texts, Reason> {
    let accepted = "<custom_field_name> and <custom_field_value> in <request> are";
    Err(not_accepted("custom_fields", element, accepted))
}

/// A link, with the fields of the recording that are attributes.
fn link(
    reader: &mut Reader<&[u8]>,
    element: &BytesStart<'_>,
    style: &DocumentStyle,
) -> Result<Texts, Reason> {
    check_item(style, ElementScope::Item, "video_links", element, "video_link")?;
    let mut texts = Texts::default();
    for field in &LINK_TEXTS[1..] {
        if let Some(value) = attributes::value(element, field)? {
            texts.set(field, value)?;
        }
    }
    let url = content(reader, "video_link")?;
    if url.trim().is_empty()
        && let Some(name) = attributes::with_content(element, LINK_TEXTS)?
    {
        return Err(attribute_not_accepted("video_link", &name));
    }
    texts.set("url", url)?;
    Ok(texts)
}

/// Reads the items of a list.
fn list<'a>(
    reader: &mut Reader<&'a [u8]>,
    element: &BytesStart<'a>,
    target: &mut Option<Vec<Texts>>,
    field: &'static str,
    each: impl Fn(&mut Reader<&'a [u8]>, &BytesStart<'a>) -> Result<Texts, Reason>,
) -> Result<(), Reason> {
    if target.is_some() {
        return Err(Reason::Twice(field));
    }
    let mut items = Vec::new();
    children(reader, |reader, element| {
        items.push(each(reader, element)?);
        check_length(items.len())
    })?;
    if items.is_empty()
        && let Some(name) = attributes::with_content(element, &[])?
    {
        return Err(attribute_not_accepted(field, &name));
    }
    *target = Some(items);
    Ok(())
}

/// A reader behind the start tag of the one element in `raw`, and that tag.
fn inside(raw: &str) -> Result<(Reader<&[u8]>, BytesStart<'_>), Reason> {
    let mut reader = Reader::from_str(raw);
    reader.config_mut().expand_empty_elements = true;
    match next(&mut reader)? {
        Event::Start(element) => Ok((reader, element)),
        _ => Err(Reason::Malformed("an element is missing".to_owned())),
    }
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
            Event::CData(text) if text.trim().is_empty() => {}
            Event::CData(text) => return Err(Reason::Stray(excerpt(&text))),
            Event::GeneralRef(name) => return Err(Reason::Stray(format!("&{};", excerpt(&name)))),
            _ => {}
        }
    }
}

/// The text of an element. An empty text is an error if the element has an unknown attribute.
fn text(
    reader: &mut Reader<&[u8]>,
    element: &BytesStart<'_>,
    field: &str,
) -> Result<String, Reason> {
    let content = content(reader, field)?;
    if content.trim_start().is_empty()
        && let Some(name) = attributes::with_content(element, &[])?
    {
        return Err(attribute_not_accepted(field, &name));
    }
    Ok(content)
}

/// The text up to the end of the current element, line ends normalized as XML prescribes.
fn content(reader: &mut Reader<&[u8]>, field: &str) -> Result<String, Reason> {
    let mut content = String::new();
    loop {
        match next(reader)? {
            Event::Text(text) => content.push_str(&text.xml10_content()),
            Event::CData(text) => content.push_str(&text.xml10_content()),
            Event::GeneralRef(name) => resolve(&name, &mut content)?,
            Event::End(_) => return Ok(content),
            Event::Start(element) => {
                let (field, found) = (field.to_owned(), shown_name(&element));
                return Err(Reason::Shape { field, shape: "text", found });
            }
            _ => {}
        }
    }
}

/// Appends the text of a reference. `&#0;`, which XML forbids, is accepted.
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

fn is(style: &DocumentStyle, scope: ElementScope, element: &BytesStart<'_>, name: &str) -> bool {
    let written = element.local_name();
    style.standard_name(scope, written.as_ref()).eq_ignore_ascii_case(name)
}

fn shown_name(element: &BytesStart<'_>) -> String {
    format!("the element <{}>", excerpt(element.local_name().as_ref()))
}

/// Refuses an element of a list that is not called `item`.
fn check_item(
    style: &DocumentStyle,
    scope: ElementScope,
    field: &str,
    element: &BytesStart<'_>,
    item: &str,
) -> Result<(), Reason> {
    match is(style, scope, element, item) {
        true => Ok(()),
        false => Err(not_accepted(field, element, &format!("<{item}> is"))),
    }
}

fn not_accepted(field: &str, element: &BytesStart<'_>, accepted: &str) -> Reason {
    let rule = format!("only {accepted} accepted");
    Reason::NotAccepted { field: field.to_owned(), content: shown_name(element), rule }
}

fn attribute_not_accepted(field: &str, name: &str) -> Reason {
    let content = format!("the unknown attribute '{name}'");
    let rule = "write the value inside the element".to_owned();
    Reason::NotAccepted { field: field.to_owned(), content, rule }
}

fn malformed(error: quick_xml::Error) -> Reason {
    Reason::Malformed(words(&error))
}

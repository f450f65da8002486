//! Rules of XML documents.

use super::{fatal, one, read, rejection, xml};
use crate::history::record::Field;

fn notes(text: &str) -> Field<String> {
    one(&xml(&format!("<id>1</id><notes>{text}</notes>"))).notes
}

fn value(text: &str) -> Field<String> {
    Field::Value(text.to_owned())
}

#[test]
fn text_is_kept_character_for_character() {
    assert_eq!(notes("  a &lt;b&gt; &amp; &quot;c&quot; \n"), value("  a <b> & \"c\" \n"));
    assert_eq!(
        notes("<![CDATA[ <p>]]>&#xE9;<!-- not this --><![CDATA[&amp;]]>"),
        value(" <p>é&amp;")
    );
    assert_eq!(notes("a&#13;\nb"), value("a\r\nb"));
    assert_eq!(notes("a\r\nb\rc"), value("a\nb\nc"), "XML's own rule for line ends");
}

#[test]
fn names_are_read_in_any_case_and_unknown_elements_are_ignored() {
    let document = "<RESPONSE attr='1'><more><request><id>9</id></request></more><Requests>\
        <x:REQUEST xmlns:x='urn:x'><ID>5</ID><rating><stars>3</stars></rating><rating/>\
        <NOTES>n</NOTES></x:REQUEST></Requests></RESPONSE>";
    let record = one(document);
    assert_eq!((record.id, record.notes), (5, value("n")));
}

#[test]
fn a_faulty_session_does_not_stop_the_next() {
    let document = "<response>\n<requests>\n<request><id>1</id></request>\n\
        <request>\n<id>x</id>\n</request>\n<request><id>2</id><notes>&company;</notes></request>\n\
        <request/>\n<request><id>3</id><notes>R & D</notes></request>\n\
        <request><id>4</id><notes><b>x</b></notes></request>\n<request>5</request>\n\
        <request><id>6</id></request>\n</requests></response>";
    let outcome = read(document);
    assert!(outcome.fatal.is_none(), "{:?}", outcome.fatal);
    assert_eq!(outcome.records.iter().map(|record| record.id).collect::<Vec<_>>(), [1, 6]);
    let told: Vec<String> = outcome.rejections.iter().map(ToString::to_string).collect();
    assert_eq!(told[0], "record 2, line 4: id 'x' is not a number from 0 to 9223372036854775807");
    assert_eq!(
        told[1],
        "record 3, line 7: the entity '&company;' is unknown; XML defines only lt, gt, amp, apos and quot"
    );
    assert_eq!(told[2], "record 4, line 8: id is missing; it is required");
    let lone = "record 5, line 9: not well-formed: a lone '&', which XML writes as '&amp;'";
    assert_eq!(told[3], lone);
    assert_eq!(told[4], "record 6, line 10: notes must be text, not the element <b>");
    assert_eq!(
        told[5],
        "record 7, line 11: the text '5' is not inside a field; put it into the element of a field"
    );
    assert_eq!(outcome.rejections[0].raw, "<request>\n<id>x</id>\n</request>");
}

#[test]
fn declared_encodings_are_read() {
    let document = |label: &str| {
        let mut bytes = format!("<?xml version='1.0' encoding='{label}'?>").into_bytes();
        bytes.extend(b"<response><requests><request><id>1</id><notes>caf\xE9</notes>");
        bytes.extend(b"</request></requests></response>");
        bytes
    };
    for label in ["ISO-8859-1", "windows-1252", "latin1"] {
        assert_eq!(read(document(label)).records[0].notes, value("café"), "{label}");
    }
    assert!(fatal(document("x-unheard-of")).contains("'x-unheard-of', which is not supported"));
    let outcome = read(document("utf-8"));
    let told = outcome.rejections[0].to_string();
    assert_eq!(
        told,
        "record 1, line 1: the session has bytes that are not UTF-8, shown as \u{FFFD}; save it as UTF-8"
    );
    assert!(outcome.fatal.is_none());
}

#[test]
fn bytes_of_another_encoding_spoil_only_their_session() {
    let mut document = b"<response><requests>".to_vec();
    for id in 0..4_000 {
        let body: &[u8] = if id % 1_000 == 7 { b"\xE9\xFF" } else { "ééé".as_bytes() };
        document.extend(format!("<request><id>{id}</id><notes>").bytes());
        document.extend(body);
        document.extend(b"</notes></request>");
    }
    document.extend(b"</requests></response>");
    let outcome = read(document);
    let rejected: Vec<u64> = outcome.rejections.iter().map(|it| it.position.number).collect();
    assert_eq!(rejected, [8, 1_008, 2_008, 3_008]);
    assert_eq!(outcome.records.len(), 3_996);
}

#[test]
fn what_is_no_legacy_document_is_refused() {
    assert_eq!(fatal(""), "line 1: not a session history document: it is empty");
    assert!(fatal("hello").contains("it begins with 'hello'"));
    assert!(fatal("<html></html>").contains("it begins with <html>"));
    assert!(fatal("<response></response>").contains("it has no <requests>"));
    assert!(fatal("<response><error_msg/></response>").contains("it has no <requests>"));
    assert!(fatal("<requests></requests>").contains("does not begin with <response>"));
    assert!(fatal("<response>oops<requests/></response>").contains("text outside of any session"));
    assert!(fatal("<response><requests/></response><response/>").contains("more than one root"));
    let crossed = "<response><requests>\n<request><id>1</notes></request></requests></response>";
    assert!(fatal(crossed).starts_with("line 2: not well-formed: expected `</id>`"));
}

#[test]
fn nesting_has_a_limit() {
    let deep = |levels: usize| {
        xml(&format!("<id>1</id>{}{}", "<a>".repeat(levels), "</a>".repeat(levels)))
    };
    assert_eq!(one(&deep(60)).id, 1);
    assert_eq!(fatal(deep(100_000)), "line 1: the nesting is deeper than the limit of 64 levels");
}

#[test]
fn entities_do_not_expand() {
    let document = "<!DOCTYPE response [<!ENTITY a 'boom'>]><response><requests><request>\
        <id>1</id><notes>&a;</notes></request></requests></response>";
    assert_eq!(
        rejection(document),
        "record 1, line 1: the entity '&a;' is unknown; XML defines only lt, gt, amp, apos and quot"
    );
}

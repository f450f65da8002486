//! A record with content that is not understood is rejected, never stored in part.

use super::{json, one, rejection, xml};
use crate::history::record::Field;

/// Each of the elements in a session of its own is rejected for the reason.
#[track_caller]
fn rejected(documents: &[String], reason: &str) {
    for document in documents {
        let told = rejection(document);
        assert!(told.ends_with(reason), "{document}: {told}");
    }
}

fn in_xml(element: &str) -> String {
    xml(&format!("<id>1</id>{element}"))
}

fn in_json(member: &str) -> String {
    json(&format!("\"id\":1,{member}"))
}

#[test]
fn a_list_under_unknown_names_is_not_empty() {
    for (element, reason) in [
        (
            "<chat_info><msg>Hello</msg></chat_info>",
            "chat_info contains the element <msg>; only <message> is accepted",
        ),
        (
            "<chat_info><message><date>2011-01-03</date><text/></message><x/></chat_info>",
            "chat_info contains the element <x>; only <message> is accepted",
        ),
        (
            "<video_links><link>https://v.example/1</link></video_links>",
            "video_links contains the element <link>; only <video_link> is accepted",
        ),
        (
            "<video_links><video_link><url>https://v.example/1</url></video_link></video_links>",
            "video_link must be text, not the element <url>",
        ),
        (
            "<video_links>https://v.example/1</video_links>",
            "the text 'https://v.example/1' is not inside a field; put it into the element of a field",
        ),
        (
            "<chat_info><![CDATA[Hello]]></chat_info>",
            "the text 'Hello' is not inside a field; put it into the element of a field",
        ),
        (
            "<custom_fields><custom_field><name>A</name></custom_field></custom_fields>",
            "custom_fields contains the element <custom_field>; only <custom_field_name> and \
             <custom_field_value> in <request> are accepted",
        ),
        (
            "<custom_field_name>A</custom_field_name><custom_field_value>1</custom_field_value>\
          <custom_fields/>",
            "custom_fields does not contain the field 'A'; add it, or remove custom_fields",
        ),
        (
            "<chat_info text='Hello'/>",
            "chat_info contains the unknown attribute 'text'; write the value inside the element",
        ),
        (
            "<video_links><video_link href='https://v.example/1'/></video_links>",
            "video_link contains the unknown attribute 'href'; write the value inside the element",
        ),
        (
            "<notes value='N'/>",
            "notes contains the unknown attribute 'value'; write the value inside the element",
        ),
    ] {
        rejected(&[in_xml(element)], reason);
    }
    for (member, reason) in [
        (r#""chat_info":"Hello""#, "chat_info must be an array, not a string"),
        (r#""chat_info":{"message":[]}"#, "chat_info must be an array, not an object"),
        (r#""chat_info":false"#, "chat_info must be an array, not a boolean"),
        (r#""chat_info":["Hello"]"#, "a message of chat_info must be an object, not a string"),
        (r#""video_links":"https://v.example/1""#, "video_links must be an array, not a string"),
        (
            r#""video_links":[{"href":"x"}]"#,
            "the url of video link 1 is missing, and the member 'href' is unknown; rename it, or add 'url'",
        ),
        (r#""video_links":[["x"]]"#, "a link of video_links must be text, not an array"),
        (r#""custom_fields":{"A":"1"}"#, "custom_fields must be an array, not an object"),
        (
            r#""custom_fields":[{"label":"A"}]"#,
            "the name of custom field 1 is missing, and the member 'label' is unknown; rename it, or add 'name'",
        ),
        (r#""custom_field_name":["A","B"]"#, "custom_field_name must be text, not an array"),
        (
            r#""custom_field_name":"A","custom_fields":[]"#,
            "custom_fields does not contain the field 'A'; add it, or remove custom_fields",
        ),
        (r#""notes":["N"]"#, "notes must be text, not an array"),
        (
            r#""requests":[{"id":2}]"#,
            "the record contains the list 'requests' of other records; records cannot contain records",
        ),
    ] {
        rejected(&[in_json(member)], reason);
    }
}

#[test]
fn sessions_under_unknown_names_are_not_skipped() {
    let document = "<response><requests><session><id>1</id></session></requests></response>";
    rejected(
        &[document.to_owned()],
        "the list of <request> elements contains the element <session>; only <request> is accepted",
    );
}

#[test]
fn a_message_has_a_date_a_text_and_perhaps_a_sender() {
    let date = "<date>2011-01-03</date>";
    let message =
        |inner: &str| in_xml(&format!("<chat_info><message>{inner}</message></chat_info>"));
    let object = |inner: &str| in_json(&format!("\"chat_info\":[{{{inner}}}]"));
    rejected(
        &[message(&format!("{date}<sender/>")), object(r#""date":"2011-01-03","sender":"""#)],
        "the text of chat message 1 is missing; it is required",
    );
    rejected(
        &[message(&format!("{date}<sender/><body>x</body>"))],
        "the text of chat message 1 is missing, and the element <body> is unknown; rename it, or add 'text'",
    );
    rejected(
        &[message("<text>x</text>"), object(r#""text":"x""#)],
        "the date of chat message 1 is missing; it is required",
    );
    rejected(
        &[message("<date>\n</date><text>x</text>"), object(r#""date":null,"text":"x""#)],
        "the date of chat message 1 is empty; a value is required",
    );
    rejected(
        &[message("<date>now</date><text>x</text>")],
        "the date of chat message 1 'now' is not a date such as 2011-01-03 09:15:02",
    );
    rejected(
        &[message(&format!("{date}<from>Ann</from><text>x</text>"))],
        "the sender of chat message 1 is missing, and the element <from> is unknown; rename it, or add 'sender'",
    );
    rejected(
        &[object(r#""date":"2011-01-03","from":"Ann","text":"x""#)],
        "the sender of chat message 1 is missing, and the member 'from' is unknown; rename it, or add 'sender'",
    );
    rejected(
        &[in_xml(
            "<chat_info><message sender='Ann'><date>2011-01-03</date><text>x</text></message></chat_info>",
        )],
        "the sender of chat message 1 is missing, and the attribute 'sender' is not read; make it an element, or add 'sender'",
    );
    rejected(
        &[object(r#""date":"2011-01-03","text":"x","text":"y""#)],
        "text occurs twice; only one is accepted",
    );
    for document in [
        message(&format!("{date}<text/>")),
        message(&format!("{date}<sender> </sender><text></text><color>red</color>")),
        object(r#""date":"2011-01-03","text":null"#),
        object(r#""date":"2011-01-03","sender":null,"text":"","color":"red""#),
    ] {
        let line = &one(&document).chat.unwrap()[0];
        assert_eq!((line.sender.as_deref(), line.body.as_str()), (None, ""), "{document}");
    }
}

#[test]
fn a_custom_field_has_a_name() {
    let fields = |list: &str| in_json(&format!("\"custom_fields\":{list}"));
    rejected(
        &[fields(r#"[{"name":"A","value":"1"},{"value":"2"}]"#)],
        "the name of custom field 2 is missing; it is required",
    );
    rejected(&[fields("[{}]")], "the name of custom field 1 is missing; it is required");
    rejected(
        &[
            fields(r#"[{"name":" ","value":"2"}]"#),
            in_xml("<custom_field_name/><custom_field_value>2</custom_field_value>"),
        ],
        "the name of custom field 1 is empty; a value is required",
    );
    rejected(
        &[
            fields(r#"[{"name":"A"},{"name":""}]"#),
            in_xml(
                "<custom_field_name>A</custom_field_name><custom_field_name>\n</custom_field_name>",
            ),
        ],
        "the name of custom field 2 is empty; a value is required",
    );
    let value = "<custom_field_value>\n</custom_field_value>";
    for document in [
        fields(r#"[{"name":"","value":""}]"#),
        fields("null"),
        fields("\" \""),
        in_xml("<custom_fields/>"),
        in_xml(&format!("<custom_field_name>\n </custom_field_name>{value}")),
    ] {
        assert_eq!(one(&document).custom_fields, Some(vec![]), "{document}");
    }
}

#[test]
fn a_recording_has_a_link() {
    let attributes = "recorded_at='2011-01-03' duration_seconds='5'";
    rejected(
        &[
            in_xml(&format!("<video_links><video_link {attributes}/></video_links>")),
            in_json(r#""video_links":[{"url":"","duration_seconds":5}]"#),
        ],
        "the url of video link 1 is empty; a value is required",
    );
}

#[test]
fn attributes_of_xml_itself_say_nothing() {
    let document = xml("<id type='integer'>1</id><notes xsi:nil='true' xmlns:xsi='urn:x'/>\
        <chat_info type='array' xml:space='preserve'/><customer_name lang='de'>N</customer_name>");
    let record = one(&document);
    assert_eq!((record.notes, record.chat), (Field::Empty, Some(vec![])));
    assert_eq!(record.customer_name, Field::Value("N".to_owned()));
}

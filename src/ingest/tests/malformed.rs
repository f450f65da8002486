//! Malformed records of JSON documents are rejected alone.

use super::{fatal, read};

/// The numbers of the records that were read and of those that were rejected.
fn outcome(document: &str) -> (Vec<i64>, Vec<u64>) {
    let outcome = read(document);
    assert!(outcome.fatal.is_none(), "{document}: {:?}", outcome.fatal);
    let ids = outcome.records.iter().map(|it| it.id).collect();
    (ids, outcome.rejections.iter().map(|it| it.position.number).collect())
}

const MALFORMED: [&str; 33] = [
    "{\"id\":2,\"notes\":\"a\nb\"}",
    "{\"id\":2,\"notes\":\"a\r\n\r\nb\",\"customer_name\":\"c\"}",
    "{\"id\":2,\"notes\":\"a\tb\"}",
    "{\"id\":NaN}",
    "{\"id\":2,\"notes\":undefined}",
    "{\"id\":2,}",
    "{\"id\":2,\"chat_info\":[{\"date\":\"2011-01-03\",\"text\":\"x\"},]}",
    "{\"id\":2,\"notes\":\"\\x41\"}",
    "{\"id\":2,\"notes\":\"\\ud800\"}",
    "{'id':2,'notes':'it is \"quoted\" {'}",
    "{id:2}",
    "{\"id\":2, // it's {\n\"notes\":\"n\"}",
    "{\"id\":2, /* \"not [ closed */ \"notes\":\"n\"}",
    "{\"id\":2,\"notes\":\"abc\n}",
    "{\"id\":2,\"notes\":\"abc\n,\"customer_name\":\"c\"}",
    "{\"id\":2,\"notes\":\"abc,\n\"customer_name\":\"c\"}",
    "{\"id\":2,\"chat_info\":[{\"date\":\"2011-01-03\",\"text\":\"abc\n}]}",
    "{\"id\":2,\"notes\":\"say \"hello\" to\"}",
    "{\"id\":2,\"notes\":\"a 5\" disk\",\"customer_name\":\"c\"}",
    "{\"id\":2,\"notes\":\"two lines\nand 5\" disks\"}",
    "{\"id\":2 \"notes\":\"n\"}",
    "{\"id\":2\n\"notes\":\"n\"}",
    "{\"id\":2,\"notes\" \"n\"}",
    "{\"id\":2,,\"notes\":\"n\"}",
    "{\"id\":2,\"notes\"}",
    "{\"id\":2,\"chat_info\":[{\"date\":\"2011-01-03\"]}",
    "{\"id\":2,\"chat_info\":[{\"date\":\"2011-01-03\"}}",
    "{\"id\":2,\"more\" {\"id\":7}}",
    "{\"id\":02}",
    "{\"id\":2,\"notes\":\"a\\\nb\"}",
    "nope",
    "{\"id\":2,\"customer_number\":.5}",
    "{\"id\":2,\"notes\":'n'}",
];

#[test]
fn a_malformed_record_is_rejected_alone() {
    for malformed in MALFORMED {
        for space in ["", "\n", " \n  "] {
            let document = format!(
                "{{\"requests\":[{{\"id\":1}},{space}{malformed}{space},{space}{{\"id\":3}},{space}{{\"id\":4}}]}}"
            );
            let document = if malformed.contains("//") || malformed.contains("abc\n}") {
                document.replace(&format!("{malformed}{space},"), &format!("{malformed}\n,"))
            } else {
                document
            };
            assert_eq!(outcome(&document), (vec![1, 3, 4], vec![2]), "{document}");
        }
    }
}

#[test]
fn a_malformed_record_is_rejected_alone_in_every_envelope() {
    for malformed in MALFORMED.into_iter().filter(|it| !it.contains("//") && !it.contains("nope")) {
        let records = ["{\"id\":1}", malformed, "{\"id\":3}"];
        let array = format!("[{}]", records.join(",\n"));
        for document in [
            array.clone(),
            format!("{{\"result\":\"SUCCESS\",\"details\":{{\"requests\":{array}}}}}"),
            records.join("\n"),
        ] {
            assert_eq!(outcome(&document), (vec![1, 3], vec![2]), "{document}");
        }
    }
}

#[test]
fn the_reason_names_the_line() {
    let document = "{\"requests\":[\n{\"id\":1},\n{\n\"id\": nope},\n{\"id\":2,}]}";
    let told: Vec<_> = read(document).rejections.iter().map(ToString::to_string).collect();
    assert_eq!(told[0], "record 2, line 3: not well-formed: expected ident, on line 4");
    assert_eq!(told[1], "record 3, line 5: not well-formed: trailing comma");
}

#[test]
fn brackets_and_commas_between_records_do_not_lose_the_next() {
    for (document, ids, rejected) in [
        ("[{\"id\":1},{\"id\":2,{\"id\":3}]", vec![1, 3], vec![2]),
        ("[{\"id\":1},{\"id\":2\n{\"id\":3}]", vec![1, 3], vec![2]),
        ("[{\"id\":1},{\"id\":2]", vec![1], vec![2]),
        ("[{\"id\":1}},{\"id\":2}]", vec![1, 2], vec![2]),
        ("[{\"id\":1} {\"id\":2},{\"id\":3}]", vec![1, 3], vec![2]),
        ("[{\"id\":1},]", vec![1], vec![2]),
        ("[{\"id\":1}, // with a \" and a {\n{\"id\":2}]", vec![1], vec![2]),
        ("[{\"id\":1} // with a \" and a {\n,{\"id\":2}]", vec![1, 2], vec![2]),
        ("[{\"id\":1},,{\"id\":2}]", vec![1, 2], vec![2]),
        ("[,]", vec![], vec![1, 2]),
    ] {
        assert_eq!(outcome(document), (ids, rejected), "{document}");
    }
}

#[test]
fn a_malformed_record_without_an_end_is_named() {
    let told = fatal("{\"requests\":[{\"id\":1},\n{\"id\":NaN,\"notes\":\"abc");
    assert!(told.starts_with("line 2: not well-formed: "), "{told}");
    assert!(fatal("{\"requests\":[{\"id\":1},\n{\"id\":2").contains("it is incomplete"));
}

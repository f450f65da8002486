//! The rejects file.

use super::read;
use crate::ingest::{format::Format, rejects::Rejects};

#[test]
fn without_a_rejection_there_is_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("in.xml.rejects.xml");
    assert_eq!(Rejects::new(vec![path.clone()], Format::Xml).path(), None);
    assert!(!path.exists());
}

#[test]
fn a_mended_file_can_be_read_again() {
    let xml = "<response><requests><request><id>1</id><notes>a--b</notes><date_end>--x--\
        </date_end></request><request><id>2</id></request><request a='b'><id>y</id></request>\
        </requests></response>";
    let json =
        r#"{"requests":[{"id":1,"notes":"a--b","date_end":"--x--"},{"id":2},{"id":"y"},{ }]}"#;
    for (document, format) in [(xml, Format::Xml), (json, Format::Json)] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rejects");
        let mut rejects = Rejects::new(vec![path.clone()], format);
        let first = read(document);
        for (index, rejection) in first.rejections.iter().enumerate() {
            assert!(rejects.push(rejection).in_file);
            let again = read(std::fs::read(&path).unwrap());
            assert!(again.fatal.is_none(), "{:?}", again.fatal);
            let reasons = |it: &super::Outcome| {
                it.rejections.iter().map(|it| it.reason.clone()).collect::<Vec<_>>()
            };
            assert_eq!(reasons(&again), reasons(&first)[..=index]);
        }
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains("record 1, line 1: date_end"), "{text}");
        let mended =
            text.replace("--x--", "2011-01-03").replace("<id>y<", "<id>3<").replace("\"y\"", "3");
        let again = read(&mended);
        assert_eq!(again.records.iter().map(|it| it.id).take(2).collect::<Vec<_>>(), [1, 3]);
    }
}

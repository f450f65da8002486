//! The command `import`: counts, warnings, rejected records, exit codes.

use std::{fs, io::Write};

use flate2::{Compression, write::GzEncoder};

use crate::{
    import::awkward_history,
    support::{
        database::{DatabaseKind, on_each_database},
        process::{self, CommandEnvironment},
    },
};

fn home_with_account(on: DatabaseKind) -> CommandEnvironment {
    let environment = CommandEnvironment::new(on);
    process::stdout(&environment, &["account", "create", "acme"]);
    environment
}

fn import(environment: &CommandEnvironment, arguments: &[&str]) -> (Option<i32>, String, String) {
    let arguments = [&["import", "--account", "acme"], arguments].concat();
    let output = process::run(environment, &arguments);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

on_each_database!(the_command_counts_new_changed_unchanged_and_rejected_sessions);
fn the_command_counts_new_changed_unchanged_and_rejected_sessions(on: DatabaseKind) {
    let environment = home_with_account(on);
    fs::write(environment.path().join("a.json"), awkward_history()).unwrap();
    let (code, out, _) = import(&environment, &["a.json"]);
    assert_eq!((code, out.as_str()), (Some(0), "new 6, changed 0, unchanged 0, rejected 0\n"));
    let (code, out, _) = import(&environment, &["a.json"]);
    assert_eq!((code, out.as_str()), (Some(0), "new 0, changed 0, unchanged 6, rejected 0\n"));
}

on_each_database!(standard_input_is_a_file_too);
fn standard_input_is_a_file_too(on: DatabaseKind) {
    let environment = home_with_account(on);
    let arguments = ["import", "--account", "acme", "-", "--start-method", "agent"];
    let output = process::run_with_input(&environment, &arguments, awkward_history().as_bytes());
    assert_eq!(output.stdout, b"new 6, changed 0, unchanged 0, rejected 0\n");
}

on_each_database!(
    a_rejected_record_is_reported_with_its_line_and_written_to_a_file_that_can_be_imported
);
fn a_rejected_record_is_reported_with_its_line_and_written_to_a_file_that_can_be_imported(
    on: DatabaseKind,
) {
    let environment = home_with_account(on);
    let document = "<response><requests>\n\
        <request><id>1</id><date_start>2024-01-01</date_start></request>\n\
        <request><id>2</id><date_start>2024-13-01</date_start></request>\n\
        <request><id>3</id><notes>never seen before</notes></request>\n\
        <request><id>4</id><date_start>2024-01-04</date_start></request>\n\
        </requests></response>";
    fs::write(environment.path().join("a.xml"), document).unwrap();
    let (code, out, err) = import(&environment, &["a.xml"]);
    assert_eq!((code, out.as_str()), (Some(3), "new 2, changed 0, unchanged 0, rejected 2\n"));
    assert!(err.contains("a.xml: record 2, line 3: date_start '2024-13-01' is not"), "{err}");
    assert!(err.contains("a.xml: record 3, line 4: date_start is missing"), "{err}");

    let rejects = fs::read_to_string(environment.path().join("a.xml.rejects.xml")).unwrap();
    let mended = rejects.replace("2024-13-01", "2024-12-01").replace("<id>3</id>", "<id>4</id>");
    fs::write(environment.path().join("mended.xml"), mended).unwrap();
    let (code, out, err) = import(&environment, &["mended.xml"]);
    assert_eq!(
        (code, out.as_str()),
        (Some(0), "new 1, changed 1, unchanged 0, rejected 0\n"),
        "{err}"
    );
}

on_each_database!(a_document_that_was_cut_short_fails_and_the_sessions_before_are_stored);
fn a_document_that_was_cut_short_fails_and_the_sessions_before_are_stored(on: DatabaseKind) {
    let environment = home_with_account(on);
    let whole = awkward_history();
    fs::write(environment.path().join("cut.json"), &whole[..whole.len() - 40]).unwrap();
    let (code, out, err) = import(&environment, &["cut.json"]);
    assert_eq!((code, out.as_str()), (Some(1), "new 5, changed 0, unchanged 0, rejected 0\n"));
    assert!(err.contains("it is incomplete"), "{err}");
}

on_each_database!(an_unknown_account_or_file_is_an_error);
fn an_unknown_account_or_file_is_an_error(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    let (code, _, err) = import(&environment, &["a.json"]);
    assert_eq!(code, Some(1));
    assert!(err.contains("There is no account 'acme'"), "{err}");
    let environment = home_with_account(on);
    let (code, _, err) = import(&environment, &["a.json"]);
    assert_eq!(code, Some(1));
    assert!(err.contains("a.json: No such file"), "{err}");
}

const TWO_RECORDS: &str = r#"[{"id":1,"date_start":"2024-01-01"},{"id":"x","notes":"rejected"}]"#;

on_each_database!(
    rejected_records_go_to_the_current_folder_where_none_can_be_written_beside_the_document
);
fn rejected_records_go_to_the_current_folder_where_none_can_be_written_beside_the_document(
    on: DatabaseKind,
) {
    let environment = home_with_account(on);
    // A folder in place of the file, which root cannot write either.
    fs::create_dir_all(environment.path().join("in/a.json.rejects.json")).unwrap();
    fs::write(environment.path().join("in/a.json"), TWO_RECORDS).unwrap();
    let (code, out, err) = import(&environment, &["in/a.json"]);
    assert_eq!((code, out.as_str()), (Some(3), "new 1, changed 0, unchanged 0, rejected 1\n"));
    let warning = "warning: cannot write the rejects file in/a.json.rejects.json: Is a directory";
    assert!(err.contains(warning), "{err}");
    assert!(err.contains("1 rejected sessions are in a.json.rejects.json"), "{err}");
    let rejects = fs::read_to_string(environment.path().join("a.json.rejects.json")).unwrap();
    assert!(rejects.contains("\"notes\":\"rejected\""), "{rejects}");
}

on_each_database!(rejected_records_go_to_standard_error_where_no_file_can_be_written);
fn rejected_records_go_to_standard_error_where_no_file_can_be_written(on: DatabaseKind) {
    let environment = home_with_account(on);
    fs::create_dir(environment.path().join("stdin.rejects.json")).unwrap();
    for document in ["-", "/dev/stdin"] {
        let arguments = ["import", "--account", "acme", document];
        let output = process::run_with_input(&environment, &arguments, TWO_RECORDS.as_bytes());
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(3), "{err}");
        assert!(err.contains("cannot write the rejects file stdin.rejects.json: "), "{err}");
        assert!(err.contains(r#"{"id":"x","notes":"rejected"}"#), "{err}");
        assert!(err.contains("1 rejected sessions are shown above, in no file"), "{err}");
    }
    assert!(!std::path::Path::new("/dev/stdin.rejects.json").exists());
}

on_each_database!(the_rejects_file_can_be_chosen);
fn the_rejects_file_can_be_chosen(on: DatabaseKind) {
    let environment = home_with_account(on);
    fs::write(environment.path().join("a.json"), TWO_RECORDS).unwrap();
    let (code, _, err) = import(&environment, &["a.json", "--rejects", "bad.json"]);
    assert_eq!(code, Some(3), "{err}");
    assert!(fs::read_to_string(environment.path().join("bad.json")).unwrap().contains("rejected"));
    assert!(!environment.path().join("a.json.rejects.json").exists());
    let (code, _, err) = import(&environment, &["a.json", "--rejects", "./a.json"]);
    assert_eq!((code, err.as_str()), (Some(1), "error: --rejects names the document itself\n"));
    let (code, _, err) = import(&environment, &["a.json", "b.json", "--rejects", "bad.json"]);
    assert_eq!((code, err.as_str()), (Some(1), "error: --rejects needs a single FILE\n"));
}

on_each_database!(ends_that_stand_for_open_are_counted_once_a_document);
fn ends_that_stand_for_open_are_counted_once_a_document(on: DatabaseKind) {
    let environment = home_with_account(on);
    let record = |id: usize, end: &str| {
        format!("{{\"id\":{id},\"date_start\":\"2024-01-01\",\"date_end\":\"{end}\"}}\n")
    };
    let lines: String =
        [record(1, "2024-01-02"), record(2, "9999-12-31"), record(3, "0000-00-00"), record(4, "")]
            .concat();
    fs::write(environment.path().join("a.ndjson"), lines).unwrap();
    for outcome in ["new 4, changed 0, unchanged 0", "new 0, changed 0, unchanged 4"] {
        let (code, out, err) = import(&environment, &["a.ndjson"]);
        assert_eq!((code, out), (Some(0), format!("{outcome}, rejected 0\n")));
        let warning = "warning: a.ndjson: 2 sessions are stored as open: their date_end is before \
            their start, or means \"open\" (first: record 2, line 2)\n";
        assert_eq!(err, warning);
    }
}

on_each_database!(compressed_documents_are_read_as_they_are);
fn compressed_documents_are_read_as_they_are(on: DatabaseKind) {
    let environment = home_with_account(on);
    let document: Vec<u8> = awkward_history().encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(&[b"\xFF\xFE", document.as_slice()].concat()).unwrap();
    fs::write(environment.path().join("a.json.gz"), gzip.finish().unwrap()).unwrap();
    let zstd = zstd::encode_all(awkward_history().as_bytes(), 3).unwrap();
    fs::write(environment.path().join("a.json.zst"), zstd).unwrap();
    let (code, out, err) = import(&environment, &["a.json.gz", "a.json.zst"]);
    assert_eq!(code, Some(0), "{err}");
    assert_eq!(out, "new 6, changed 0, unchanged 6, rejected 0\n");
}

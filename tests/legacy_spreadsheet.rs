//! LibreOffice reads an answer in CSV, and has the same cells as the sessions.

use std::{path::Path, process::Command};

use serde_json::json;

use crate::support::{
    Gateway,
    database::{DatabaseKind, on_sqlite_alone},
};

on_sqlite_alone!(async a_spreadsheet_has_the_cells_of_an_answer_in_csv, "a spreadsheet reads the answer, and not the database");
async fn a_spreadsheet_has_the_cells_of_an_answer_in_csv(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let texts = [
        "plain",
        "0012",
        "=1+1",
        "+5",
        "-5",
        "@a",
        "a,b",
        "say \"hello\"",
        "one\ntwo\n\nfour",
        "1e5",
        "2011-01-03",
        "TRUE",
        "Zoë ☎ 日本",
        "'quoted'",
        "\ttab",
        "a;b",
        "1,5",
        "#NAME?",
        "\"",
    ];
    let sessions = (1..).zip(texts).map(|(id, text)| {
        json!({
            "id": id, "date_start": "2011-01-03 09:15:02", "notes": text,
            "chat_info": [{ "date": "2011-01-03 09:15:40", "text": text }],
        })
    });
    let document = json!({ "requests": sessions.collect::<Vec<_>>() });
    gateway.import(&tenant, &document.to_string()).await;
    let vars = ("VARS", "ID NOTES DATE_START CHAT_INFO");
    let csv = gateway.legacy(&tenant.key, &[vars, ("OUTPUT_FORMAT", "CSV")]).await;

    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("answer.csv"), &csv.body).unwrap();
    // UTF-8 with commas and quotation marks, all columns as text, as a user chooses in the dialog.
    let read = "--infilter=CSV:44,34,76,1,1/2/2/2/3/2/4/2";
    convert(folder.path(), &[read, "--convert-to", "xlsx", "answer.csv"]);
    let write = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false";
    std::fs::create_dir(folder.path().join("back")).unwrap();
    convert(folder.path(), &["--convert-to", write, "--outdir", "back", "answer.xlsx"]);
    let back = std::fs::read(folder.path().join("back/answer.csv")).unwrap();
    assert_eq!(cells(&back), cells(&csv.body));
    assert_eq!(cells(&csv.body).len(), texts.len() + 1);
}

fn convert(folder: &Path, arguments: &[&str]) {
    let profile = format!("-env:UserInstallation=file://{}/profile", folder.display());
    let output = Command::new("soffice")
        .args(["--headless", &profile])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap_or_else(|error| {
            panic!("cannot run soffice, which the package libreoffice-calc has: {error}")
        });
    assert!(output.status.success(), "{output:?}");
}

/// The cells of CSV, read by a reader of its own.
fn cells(csv: &[u8]) -> Vec<Vec<String>> {
    let text = String::from_utf8(csv.to_vec()).unwrap();
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut is_quoted, mut rest) = (false, text.chars().peekable());
    while let Some(c) = rest.next() {
        match c {
            '"' if is_quoted && rest.peek() == Some(&'"') => cell.extend(rest.next()),
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !is_quoted => {}
            '\n' if !is_quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            c => cell.push(c),
        }
    }
    assert!(row.is_empty() && cell.is_empty() && !is_quoted);
    rows
}

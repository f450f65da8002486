//! Legacy profiles: the answers of each, byte for byte, and what a profile changes of requests.

use serde_json::json;

use crate::support::{
    Gateway, Tenant,
    database::{DatabaseKind, on_each_database, on_sqlite_alone},
    process::{self, CommandEnvironment},
};

const VARS: (&str, &str) = (
    "VARS",
    "ID CUSTOMER_NUMBER HAS_VIDEOS DATE_START DATE_END NOTES CHAT_INFO VIDEO_LINKS CUSTOM_FIELD_NAME \
     CUSTOM_FIELD_VALUE",
);

async fn gateway(on: DatabaseKind, profile: &str) -> (Gateway, Tenant) {
    let gateway = Gateway::start_with(on, &["--legacy-profile", profile]).await;
    let tenant = gateway.tenant("acme").await;
    let document = json!({ "requests": [
        {
            "id": 12334, "customer_number": "C-77", "notes": "",
            "date_start": "2011-01-03 09:15:02", "date_end": "2011-01-03 09:41:57",
            "chat_info": [
                { "date": "2011-01-03 09:15:40", "sender": "mytech@techplace.com", "text": "Hello" },
                { "date": "2011-01-03 23:30:00", "text": "é" },
            ],
            "video_links": ["https://videos.example/1", "https://videos.example/2"],
            "custom_fields": [{ "name": "Asset tag", "value": "A-1" }, { "name": "Floor" }],
        },
        { "id": 12335, "date_start": "2011-02-03 00:00:00" },
    ]});
    gateway.import(&tenant, &document.to_string()).await;
    (gateway, tenant)
}

async fn answer(of: &(Gateway, Tenant), more: &[(&str, &str)]) -> String {
    of.0.legacy(&of.1.key, &[&[VARS], more].concat()).await.text()
}

on_each_database!(async the_profile_rest_has_the_vendors_newer_envelope);
async fn the_profile_rest_has_the_vendors_newer_envelope(on: DatabaseKind) {
    let gateway = gateway(on, "rest").await;
    for (format, golden) in [
        ("XML", include_str!("legacy_profiles/rest.xml")),
        ("JSON", include_str!("legacy_profiles/rest.json")),
        ("NDJSON", include_str!("legacy_profiles/rest.ndjson")),
        ("CSV", include_str!("legacy_profiles/rest.csv")),
    ] {
        assert_golden(&answer(&gateway, &[("OUTPUT_FORMAT", format)]).await, golden, format);
    }
    let errors = [
        (
            "XML",
            "<response><result>FAIL</result><details></details><errorDetails>Invalid VARS setting: X.</errorDetails></response>",
        ),
        ("JSON", r#"{"result":"FAIL","details":null,"errorDetails":"Invalid VARS setting: X."}"#),
    ];
    for (format, body) in errors {
        let parameters = [("VARS", "X"), ("OUTPUT_FORMAT", format)];
        assert_eq!(gateway.0.legacy(&gateway.1.key, &parameters).await.text(), body);
    }
}

on_each_database!(async the_default_profile_is_that_of_the_contract);
async fn the_default_profile_is_that_of_the_contract(on: DatabaseKind) {
    let gateway = gateway(on, "default").await;
    for (format, golden) in [
        ("XML", include_str!("legacy_profiles/default.xml")),
        ("JSON", include_str!("legacy_profiles/default.json")),
        ("NDJSON", include_str!("legacy_profiles/default.ndjson")),
        ("CSV", include_str!("legacy_profiles/default.csv")),
    ] {
        assert_golden(&answer(&gateway, &[("OUTPUT_FORMAT", format)]).await, golden, format);
    }
}

/// Git may not change the line breaks of a golden file, so CSV is compared without its CR.
fn assert_golden(answer: &str, golden: &str, format: &str) {
    let (answer, golden) = (answer.replace("\r\n", "\n"), golden.replace("\r\n", "\n"));
    // An answer in XML or JSON has no line break at its end, and a file has one.
    assert_eq!(answer.trim_end_matches('\n'), golden.trim_end_matches('\n'), "{format}");
}

/// A profile of which every setting is other than the default.
const OTHER: &str = include_str!("legacy_profiles/other.toml");

on_each_database!(async every_setting_of_a_profile_changes_answers);
async fn every_setting_of_a_profile_changes_answers(on: DatabaseKind) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("profile.toml");
    std::fs::write(&file, OTHER).unwrap();
    let gateway = gateway(on, file.to_str().unwrap()).await;
    assert_eq!(
        answer(&gateway, &[]).await,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sessionHistory><nrequests>2</nrequests><requests>\
         <row><session>12335</session><hasVideos>N</hasVideos>\
         <dateStart>2011-02-03T02:00:00+02:00</dateStart></row>\
         <row><session>12334</session><customerNumber>C-77</customerNumber><hasVideos>Y</hasVideos>\
         <dateStart>2011-01-03T11:15:02+02:00</dateStart><dateEnd>2011-01-03T11:41:57+02:00</dateEnd>\
         <message><date>2011-01-03T11:15:40+02:00</date><sender>mytech@techplace.com</sender>\
         <text>Hello</text></message><message><date>2011-01-04T01:30:00+02:00</date><text>é</text></message>\
         <videoLink>https://videos.example/1</videoLink><videoLink>https://videos.example/2</videoLink>\
         <customFieldName>Asset tag</customFieldName><customFieldValue>A-1</customFieldValue>\
         <customFieldName>Floor</customFieldName><customFieldValue></customFieldValue></row></requests></sessionHistory>"
    );
    assert_eq!(
        answer(&gateway, &[("OUTPUT_FORMAT", "JSON")]).await,
        r#"{"sessionHistory":{"nrequests":2,"requests":[{"session":"12335","hasVideos":false,"dateStart":"2011-02-03T02:00:00+02:00","chatInfo":[],"videoLinks":[],"customFields":[]},{"session":"12334","customerNumber":"C-77","hasVideos":true,"dateStart":"2011-01-03T11:15:02+02:00","dateEnd":"2011-01-03T11:41:57+02:00","chatInfo":[{"date":"2011-01-03T11:15:40+02:00","sender":"mytech@techplace.com","text":"Hello"},{"date":"2011-01-04T01:30:00+02:00","text":"é"}],"videoLinks":["https://videos.example/1","https://videos.example/2"],"customFieldName":"Asset tag","customFieldValue":"A-1","customFields":[{"name":"Asset tag","value":"A-1"},{"name":"Floor"}]}]}}"#
    );
    // The first value of a record can be absent.
    let first = gateway
        .0
        .legacy(&gateway.1.key, &[("VARS", "NOTES ID SHOE_SIZE"), ("OUTPUT_FORMAT", "JSON")])
        .await;
    assert!(first.text().contains(r#""requests":[{"session":"12335"},{"session":"12334"}]"#));

    let found = async |filters: &[(&str, &str)]| {
        let parameters = [&[("VARS", "ID"), ("OUTPUT_FORMAT", "NDJSON")], filters].concat();
        gateway.0.legacy(&gateway.1.key, &parameters).await.text().matches("12335").count()
    };
    // Midnight of UTC is two o'clock in the zone of the profile, and the first bound is included.
    for (bound, count) in [
        (("FILTER_DATE_START_INI", "2011-02-03 02:00:00"), 1),
        (("FILTER_DATE_START_INI", "2011-02-03 02:00:01"), 0),
        (("FILTER_DATE_START_INI", "2011-02-03T00:00:00Z"), 1),
        (("FILTER_DATE_START_INI", "2011-02-03"), 1),
        (("FILTER_DATE_START_INI", "2011-02-04"), 0),
        (("FILTER_DATE_START_END", "2011-02-03 02:00"), 0),
        (("FILTER_DATE_START_END", "2011-02-03 02:01"), 1),
    ] {
        assert_eq!(found(&[bound]).await, count, "{bound:?}");
    }
    let refused = gateway.0.legacy(&gateway.1.key, &[("VARS", "SHOE_SIZE")]).await;
    assert_eq!(refused.status, 400);
    assert_eq!(
        refused.text(),
        "<sessionHistory><fault>Invalid VARS setting.</fault></sessionHistory>"
    );
}

on_each_database!(async what_a_built_in_profile_writes_is_imported_again);
async fn what_a_built_in_profile_writes_is_imported_again(on: DatabaseKind) {
    for profile in ["default", "rest"] {
        let gateway = gateway(on, profile).await;
        let whole = answer(&gateway, &[]).await;
        for format in ["XML", "JSON", "NDJSON"] {
            let written = answer(&gateway, &[("OUTPUT_FORMAT", format)]).await;
            let copy = gateway.0.tenant(&format!("copy-{format}")).await;
            gateway.0.import(&copy, &written).await;
            let again = gateway.0.legacy(&copy.key, &[VARS]).await.text();
            assert_eq!(again, whole, "{profile} {format}");
        }
    }
}

on_each_database!(async what_any_profile_writes_is_imported_with_the_same_profile);
async fn what_any_profile_writes_is_imported_with_the_same_profile(on: DatabaseKind) {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    // Names that are the standard names of other elements, and dates without an offset.
    let swapped = "[names]\nid = \"NOTES\"\nnotes = \"id\"\ndate = \"text\"\ntext = \"date\"\nrequests = \
                   \"request\"\nrequest = \"requests\"\nname = \"value\"\nvalue = \"name\"\n[dates]\nzone = \
                   \"-03:30\"\n[answers]\nbooleans = [\"FALSE\", \"TRUE\"]\n";
    std::fs::write(path("swapped.toml"), swapped).unwrap();
    std::fs::write(path("other.toml"), OTHER).unwrap();
    for profile in [path("swapped.toml"), path("other.toml"), "rest".to_owned()] {
        let gateway = gateway(on, &profile).await;
        let whole = answer(&gateway, &[]).await;
        let environment = CommandEnvironment::at(gateway.0.database.url());
        for format in ["XML", "JSON", "NDJSON"] {
            let written = answer(&gateway, &[("OUTPUT_FORMAT", format)]).await;
            let (document, account) = (path("document"), format!("copy-{format}"));
            std::fs::write(&document, &written).unwrap();
            let copy = gateway.0.tenant(&account).await;
            let profile_of = ["--legacy-profile", &profile];
            let import = [&["import", &document, "--account", &account][..], &profile_of].concat();
            let output = process::run(&environment, &import);
            assert!(output.status.success(), "{profile} {format}: {output:?}");
            let again = gateway.0.legacy(&copy.key, &[VARS]).await.text();
            assert_eq!(again, whole, "{profile} {format}");
        }
    }
}

on_sqlite_alone!(an_invalid_profile_stops_the_start, "it is about a file that is not the database");
fn an_invalid_profile_stops_the_start(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    let file = environment.path().join("profile.toml");
    std::fs::write(&file, "[xml]\nenvelope = \"response\"\ncolour = \"red\"\n").unwrap();
    let file = file.to_str().unwrap();
    let failure = |file| {
        let output = process::run(&environment, &["serve", "--legacy-profile", file]);
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let first = failure(file);
    for text in [file, "line 3", "colour"] {
        assert!(first.contains(text), "{text}: {first}");
    }
    assert!(failure("no-such-file").contains("cannot read the legacy profile no-such-file"));
}

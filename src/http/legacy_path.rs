//! The paths of the legacy URL.

/// The names of the vendor's scripts, as routes: the documented one, and the one that the vendor serves.
const ROUTES: [&str; 2] = ["/get_session_history.php", "/get_history_api.php"];

/// The names of the schemas of answers, as routes.
pub(super) const XSD: &str = "/get_session_history.xsd";
pub(super) const JSON_SCHEMA: &str = "/get_session_history.schema.json";

/// The route of a path whose last segment is the name of a script, in any letter case. Any prefix is
/// accepted, and slashes at the end.
pub(super) fn route(path: &[u8]) -> Option<&'static str> {
    last_segment(path, &ROUTES)
}

/// The route of a path whose last segment is the name of a schema.
pub(super) fn schema_route(path: &[u8]) -> Option<&'static str> {
    last_segment(path, &[XSD, JSON_SCHEMA])
}

fn last_segment(path: &[u8], routes: &[&'static str]) -> Option<&'static str> {
    let end = path.iter().rposition(|byte| *byte != b'/')? + 1;
    let path = path.get(..end)?;
    routes.iter().copied().find(|route| {
        let start = path.len().checked_sub(route.len());
        let segment = start.and_then(|start| path.get(start..));
        segment.is_some_and(|segment| segment.eq_ignore_ascii_case(route.as_bytes()))
    })
}

#[cfg(test)]
mod tests {
    use super::route;

    #[test]
    fn the_last_segment_is_the_name_of_a_script() {
        for (path, expected) in [
            ("/get_session_history.php", Some("/get_session_history.php")),
            ("/INTEGRATION/Get_Session_History.PHP", Some("/get_session_history.php")),
            ("//integration//get_history_api.php//", Some("/get_history_api.php")),
            ("http://old.example/a b/get_history_api.php", Some("/get_history_api.php")),
            ("", None),
            ("/", None),
            ("get_history_api.php", None),
            ("/xget_history_api.php", None),
            ("/get_history_api.php/x", None),
            ("/get_history_api.phpx", None),
            ("/get_history_api.php?x", None),
            ("/get_history_api%2Ephp", None),
        ] {
            assert_eq!(route(path.as_bytes()), expected, "{path}");
        }
    }
}

//! The GraphQL documents of the dashboard, from the source of the page.

const SOURCE: &str = include_str!("../../web/src/dashboard/queries.js");

/// The name and the text of each document that the page sends. Lists have all columns.
pub fn documents() -> Vec<(&'static str, String)> {
    let columns = SOURCE.split_once("const SELECTIONS = {").unwrap_or_default().1;
    let columns = columns.split_once("};").unwrap_or_default().0;
    let columns: Vec<_> = columns.split('"').skip(1).step_by(2).collect();
    let document = |constant: &'static str| {
        let (name, value) = constant.split_once(" = ")?;
        let value = value.strip_prefix("(columns) => ").unwrap_or(value);
        let text = value.strip_prefix('`')?.split_once('`')?.0;
        Some((name, text.replace("${selection(columns)}", &columns.join(" "))))
    };
    SOURCE.split("export const ").skip(1).filter_map(document).collect()
}

#[cfg(test)]
mod tests {
    use super::{SOURCE, documents};

    #[test]
    fn each_exported_document_is_found_and_complete() {
        let documents = documents();
        assert_eq!(documents.len(), SOURCE.matches("\nexport const ").count());
        for (name, text) in documents {
            assert!(text.starts_with("query ") || text.starts_with("subscription "), "{name}");
            assert!(text.ends_with('}') && !text.contains("${"), "{name}: {text}");
        }
    }

    #[test]
    fn the_list_has_all_columns() {
        let documents = documents();
        let (_, list) = documents.iter().find(|(name, _)| *name == "sessionsQuery").unwrap();
        for column in ["startedAt", "technician { name username }", "problemDescription notes"] {
            assert!(list.contains(column), "{list}");
        }
    }
}

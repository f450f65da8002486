//! Where the rejected sessions of a document go.

use std::path::{Path, PathBuf};

use crate::ingest::format::Format;

/// The paths for the rejects file of a document, the best first: beside the document, then in the
/// current folder. A document that is no regular file has nothing beside it. What is in `used` is
/// the rejects file of another document.
pub(super) fn all(document: &Path, format: Format, used: &[PathBuf]) -> Vec<PathBuf> {
    let ending = match format {
        Format::Xml => "xml",
        Format::Json => "json",
    };
    let named = |document: &Path| {
        let numbered = |number: usize| {
            let mut path = document.as_os_str().to_owned();
            path.push(match number {
                1 => format!(".rejects.{ending}"),
                _ => format!(".rejects-{number}.{ending}"),
            });
            PathBuf::from(path)
        };
        (1..).map(numbered).find(|path| !used.contains(path))
    };
    let beside = document.is_file().then(|| named(document));
    let name =
        document.file_name().filter(|_| beside.is_some()).map_or("stdin".as_ref(), Path::new);
    let mut paths: Vec<_> = [beside.flatten(), named(name)].into_iter().flatten().collect();
    paths.dedup();
    paths
}

#[cfg(test)]
mod tests {
    use super::{Format, Path, PathBuf, all};

    #[test]
    fn two_documents_do_not_share_a_file() {
        let first = all(Path::new("-"), Format::Json, &[]);
        assert_eq!(first, [PathBuf::from("stdin.rejects.json")]);
        let second = all(Path::new("/dev/stdin"), Format::Json, &first);
        assert_eq!(second, [PathBuf::from("stdin.rejects-2.json")]);
    }

    #[test]
    fn the_current_folder_comes_after_the_document_s_own() {
        let folder = tempfile::tempdir().unwrap();
        let document = folder.path().join("a.xml");
        std::fs::write(&document, "").unwrap();
        let beside = folder.path().join("a.xml.rejects.xml");
        let expected = [beside, PathBuf::from("a.xml.rejects.xml")];
        assert_eq!(all(&document, Format::Xml, &[]), expected);
    }
}

//! Filling the placeholders of templates.

use std::sync::Arc;

mod cursor;
mod progress;
mod value;

pub(super) use progress::{Progress, Stop, Written};
use value::{boolean, column_value, number};
pub(super) use value::{int_of, null, time_of};

use super::{
    load::{LoadedChild, LoadedPages, LoadedRows},
    site::{SiteId, Sites},
    template::{PageValue, Part, Placeholder, RowValue, Template},
};
use crate::{
    domain::{cursor::foreign_cursor, viewer::CursorKey},
    error::{Error, Result},
    graphql::error::int_overflow,
    store::{Row, page_range::PageRange},
};

/// An answer that is being written.
pub(super) struct Writer<'a> {
    pub(super) out: &'a mut Vec<u8>,
    pub(super) sites: &'a Sites<'a>,
    pub(super) cursor_key: CursorKey,
    /// The length of the text at which writing pauses.
    pub(super) pause_at: usize,
    pub(super) progress: &'a mut Progress,
    /// The indexes of the lists around the value that is written, from the outermost.
    pub(super) indexes: Vec<usize>,
}

impl Writer<'_> {
    /// Fails a field.
    pub(super) fn fail<T>(&self, site: SiteId, error: impl Into<Arc<Error>>) -> Written<T> {
        Err(Stop::Failed(self.sites.error(site, &self.indexes, error)))
    }

    /// Writes a value that may be null: null beside its error where it fails.
    pub(super) fn or_null(&mut self, write: impl FnOnce(&mut Self) -> Written) -> Written {
        let Some(nullable) = self.progress.enter_nullable(self.out.len()) else {
            null(self.out);
            return Ok(());
        };
        let depth = self.indexes.len();
        match write(self) {
            Ok(()) => Ok(()),
            Err(Stop::Paused) => {
                self.progress.pause_in_nullable(nullable);
                Err(Stop::Paused)
            }
            Err(Stop::Failed(error)) => {
                self.progress.fail_nullable(nullable, *error, self.out);
                self.indexes.truncate(depth);
                null(self.out);
                Ok(())
            }
        }
    }

    /// Writes the items of a list.
    pub(super) fn items<T>(
        &mut self,
        items: impl Iterator<Item = T>,
        mut write: impl FnMut(&mut Self, T) -> Written,
    ) -> Written {
        let resumed = self.progress.resume();
        if resumed.is_none() {
            self.out.push(b'[');
        }
        let depth = self.indexes.len();
        for (nth, item) in items.enumerate().skip(resumed.unwrap_or(0)) {
            if nth > 0 && resumed != Some(nth) {
                self.out.push(b',');
            }
            self.indexes.truncate(depth);
            self.indexes.push(nth);
            let written = write(self, item);
            self.progress.note_pause(&written, nth);
            written?;
        }
        self.indexes.truncate(depth);
        self.out.push(b']');
        Ok(())
    }

    /// Writes the parts of a template.
    pub(super) fn parts<V>(
        &mut self,
        template: &Template<V>,
        mut write: impl FnMut(&mut Self, &Placeholder<V>) -> Written,
    ) -> Written {
        let resumed = self.progress.resume().unwrap_or(0);
        for (nth, part) in template.0.iter().enumerate().skip(resumed) {
            let it = match part {
                Part::Json(text) => {
                    self.out.extend_from_slice(text.as_bytes());
                    continue;
                }
                Part::Placeholder(it) => it,
            };
            let written = if self.out.len() >= self.pause_at {
                Err(Stop::Paused)
            } else if it.nullable {
                self.or_null(|this| write(this, it))
            } else {
                write(self, it)
            };
            self.progress.note_pause(&written, nth);
            written?;
        }
        Ok(())
    }

    /// Writes a page of rows.
    pub(super) fn page(
        &mut self,
        template: &Template<PageValue>,
        loaded: &LoadedRows,
        page: &PageRange,
        total: u64,
    ) -> Written {
        self.parts(template, |this, it| {
            match &it.value {
                PageValue::HasPrevious => boolean(page.has_previous, this.out),
                PageValue::HasNext => boolean(page.has_next, this.out),
                PageValue::Start(columns) => {
                    this.cursor_or_null(columns, loaded, page.in_order().next(), it.site)?;
                }
                // Of the change feed, where no row may have matched yet.
                PageValue::End(columns) if page.has_next && page.resume_at.is_some() => {
                    this.resume_cursor(columns, loaded, page, it.site)?;
                }
                PageValue::End(columns) => {
                    this.cursor_or_null(columns, loaded, page.in_order().last(), it.site)?;
                }
                PageValue::Resume(columns) => this.resume_cursor(columns, loaded, page, it.site)?,
                PageValue::Total => match i32::try_from(total) {
                    Ok(total) => number(total.into(), this.out),
                    Err(_) => return this.fail(it.site, int_overflow(total)),
                },
                PageValue::Whole(template) => {
                    let last = loaded.rows.len().saturating_sub(1);
                    this.row(template, loaded, last, it.site)?;
                }
                PageValue::Rows(template) => this.items(page.in_order(), |this, index| {
                    this.row(template, loaded, index, it.site)
                })?,
            }
            Ok(())
        })
    }

    /// Writes one row.
    pub(super) fn row(
        &mut self,
        template: &Template<RowValue>,
        loaded: &LoadedRows,
        index: usize,
        site: SiteId,
    ) -> Written {
        match loaded.rows.get(index) {
            Some(row) => self.fill(template, loaded, row),
            None => self.fail(site, Error::internal("a row was not read")),
        }
    }

    /// Writes a row by a template.
    pub(super) fn fill(
        &mut self,
        template: &Template<RowValue>,
        loaded: &LoadedRows,
        row: Row<'_>,
    ) -> Written {
        self.parts(template, |this, it| this.value(it, loaded, row))
    }

    /// Writes the value of one placeholder of a row.
    pub(super) fn placeholder(
        &mut self,
        it: &Placeholder<RowValue>,
        loaded: &LoadedRows,
        row: Row<'_>,
    ) -> Written {
        match it.nullable {
            true => self.or_null(|this| this.value(it, loaded, row)),
            false => self.value(it, loaded, row),
        }
    }

    fn value(&mut self, it: &Placeholder<RowValue>, loaded: &LoadedRows, row: Row<'_>) -> Written {
        match &it.value {
            RowValue::Object(present, template) => {
                let present = present.map(|it| row.opt_i64(it)).transpose();
                match present.or_else(|error| self.fail(it.site, error))? {
                    Some(None) => null(self.out),
                    Some(Some(_)) | None => self.fill(template, loaded, row)?,
                }
            }
            RowValue::Single(child, template) => {
                let found = self.child(loaded, *child, row, it.site)?;
                let found = found.and_then(|(parent, pages)| {
                    Some((pages, pages.pages.page(parent).in_order().next()?))
                });
                match found {
                    Some((pages, index)) => self.row(template, &pages.loaded, index, it.site)?,
                    None => null(self.out),
                }
            }
            RowValue::Page(child, template) => match self.child(loaded, *child, row, it.site)? {
                Some((parent, pages)) => {
                    let total = pages.totals.get(&parent).copied().unwrap_or(0);
                    self.page(template, &pages.loaded, pages.pages.page(parent), total)?;
                }
                None => null(self.out),
            },
            RowValue::List(child, matching, template) => {
                match self.child(loaded, *child, row, it.site)? {
                    Some((parent, pages)) => {
                        let page = pages.pages.page(parent);
                        let rows = matching_rows(matching.as_ref(), &pages.loaded, page);
                        let rows = rows.or_else(|error| self.fail(it.site, error))?;
                        self.items(rows.into_iter(), |this, index| {
                            this.row(template, &pages.loaded, index, it.site)
                        })?;
                    }
                    None => null(self.out),
                }
            }
            RowValue::Fails(error) => return self.fail(it.site, error.clone()),
            RowValue::Cursor(columns) => {
                self.cursor(columns, row, it.site)?;
            }
            value => match column_value(value, row, self.out) {
                Ok(true) => {}
                Ok(false) if it.nullable => null(self.out),
                Ok(false) => return self.fail(it.site, Error::internal("a value is missing")),
                Err(error) => return self.fail(it.site, error),
            },
        }
        Ok(())
    }

    /// The key and the loaded rows of a parent; none where the row's parent column is null.
    fn child<'b>(
        &self,
        loaded: &'b LoadedRows,
        child: usize,
        row: Row<'_>,
        site: SiteId,
    ) -> Written<Option<(i64, &'b LoadedPages)>> {
        let Some(child) = loaded.children.get(child) else {
            return self.fail(site, Error::internal("a child was not read"));
        };
        let LoadedChild { parent, cursor_parent, outcome } = &**child;
        match (row.opt_i64(*parent), outcome) {
            (Err(error), _) => self.fail(site, error),
            (Ok(None), _) => Ok(None),
            (Ok(Some(parent)), _) if cursor_parent.is_some_and(|it| it != parent) => {
                self.fail(site, foreign_cursor())
            }
            (_, Err(error)) => self.fail(site, error.clone()),
            (Ok(Some(parent)), Ok(pages)) => Ok(Some((parent, pages))),
        }
    }
}

/// The rows of a list that have the text that an argument asks for.
fn matching_rows(
    matching: Option<&(usize, String)>,
    loaded: &LoadedRows,
    page: &PageRange,
) -> Result<Vec<usize>> {
    let Some((column, text)) = matching else { return Ok(page.in_order().collect()) };
    let mut rows = Vec::new();
    for index in page.in_order() {
        let row = loaded.rows.get(index).ok_or_else(|| Error::internal("a row was not read"))?;
        if row.text(*column)? == Some(text) {
            rows.push(index);
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use async_graphql::parser::{parse_query, types::Selection};

    use super::{LoadedRows, PageRange, PageValue, Progress, Sites, Stop, Template, Writer};
    use crate::domain::viewer::CursorKey;

    #[test]
    fn a_total_that_passes_32_bits_is_an_error() {
        let document = parse_query("{ sessions { totalCount } }").unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let Selection::Field(field) = &operation.node.selection_set.node.items[0].node else {
            panic!("a field");
        };
        let mut sites = Sites::default();
        let site = sites.add(field, None, false);
        let mut template = Template::object();
        template.placeholder(PageValue::Total, site, false);
        let rows = LoadedRows { rows: Arc::default(), children: Vec::new() };
        let write = |total| {
            let mut out = Vec::new();
            let mut writer = Writer {
                out: &mut out,
                sites: &sites,
                cursor_key: CursorKey::default(),
                pause_at: usize::MAX,
                progress: &mut Progress::default(),
                indexes: Vec::new(),
            };
            match writer.page(&template, &rows, &PageRange::default(), total) {
                Ok(()) => Ok(String::from_utf8(out).unwrap()),
                Err(Stop::Failed(error)) => Err(error.error.to_string()),
                Err(Stop::Paused) => panic!("paused"),
            }
        };
        assert_eq!(write(2_147_483_647).unwrap(), "{2147483647");
        assert!(write(2_147_483_648).unwrap_err().contains("2147483648"));
    }
}

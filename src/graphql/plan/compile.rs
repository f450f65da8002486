//! From a selection to templates: which fields, under which keys, with which arguments.

use async_graphql::{
    Positioned,
    parser::types::{Field, Selection, SelectionSet},
};

use super::{
    Answer, NoAnswer, Plan,
    reading::Reading,
    template::{Cell, CursorCells, PageGap, Template},
};

/// Selection sets of one object, whose fields belong together.
pub(super) type Sets<'a> = Vec<&'a SelectionSet>;

/// A field of an answer, which may be selected in several places.
pub(super) struct Wanted<'a> {
    /// The field's key in the answer.
    pub(super) key: &'a str,
    /// Where it is selected.
    pub(super) fields: Vec<&'a Positioned<Field>>,
}

impl<'a> Wanted<'a> {
    /// The field's name in the schema.
    pub(super) fn name(&self) -> &'a str {
        self.fields.first().map_or("", |field| field.node.name.node.as_str())
    }

    /// What is selected of it.
    pub(super) fn sets(&self) -> Sets<'a> {
        self.fields.iter().map(|field| &field.node.selection_set.node).collect()
    }
}

impl<'a> Plan<'a> {
    /// The fields that are selected of an object of a type, which is the first of the names; the
    /// others are its interfaces. They stand in the order in which their keys first appear.
    pub(super) fn fields(&self, sets: Sets<'a>, names: &[&str]) -> Answer<Vec<Wanted<'a>>> {
        let mut wanted = Vec::new();
        for set in sets {
            self.collect(set, names, &mut wanted)?;
        }
        Ok(wanted)
    }

    /// An object of a type, with what `field` makes of each of its fields.
    pub(super) fn object<G>(
        &self,
        sets: Sets<'a>,
        names: &[&str],
        mut field: impl FnMut(&mut Template<G>, &Wanted<'a>) -> Answer<()>,
    ) -> Answer<Template<G>> {
        let mut template = Template::object();
        for (nth, wanted) in self.fields(sets, names)?.iter().enumerate() {
            template.key(wanted.key, nth == 0);
            match wanted.name() {
                "__typename" => {
                    let [name, ..] = names else { return Err(NoAnswer::GiveUp) };
                    template.json(&format!("\"{name}\""));
                }
                _ => field(&mut template, wanted)?,
            }
        }
        template.json("}");
        Ok(template)
    }

    fn collect(
        &self,
        set: &'a SelectionSet,
        names: &[&str],
        into: &mut Vec<Wanted<'a>>,
    ) -> Answer<()> {
        for selection in &set.items {
            if self.is_left_out(selection.node.directives())? {
                continue;
            }
            let (condition, inner) = match &selection.node {
                Selection::Field(field) => {
                    let key = field.node.response_key().node.as_str();
                    match into.iter_mut().find(|known| known.key == key) {
                        Some(known) => known.fields.push(field),
                        None => into.push(Wanted { key, fields: vec![field] }),
                    }
                    continue;
                }
                Selection::InlineFragment(inline) => {
                    (inline.node.type_condition.as_ref(), &inline.node.selection_set)
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    let fragment = self.fragments.get(name).ok_or(NoAnswer::GiveUp)?;
                    (Some(&fragment.node.type_condition), &fragment.node.selection_set)
                }
            };
            let applies = condition.is_none_or(|it| names.contains(&it.node.on.node.as_str()));
            if applies {
                self.collect(&inner.node, names, into)?;
            }
        }
        Ok(())
    }

    /// A connection. `cursor` tells what a row's cursor is made of, and `node` makes its object.
    pub(super) fn connection(
        &self,
        sets: Sets<'a>,
        [name, edge]: [&str; 2],
        reading: &mut Reading,
        cursor: fn(&mut Reading) -> CursorCells,
        node: fn(&Self, Sets<'a>, &mut Reading) -> Answer<Template<Cell>>,
    ) -> Answer<Template<PageGap>> {
        let template = self.object(sets, &[name], |out, field| {
            reading.listed |= field.name() != "totalCount";
            match field.name() {
                "totalCount" => {
                    reading.counted = true;
                    out.gap(PageGap::Total);
                }
                "nodes" => out.gap(PageGap::Rows(node(self, field.sets(), reading)?)),
                "edges" => {
                    let edge = self.object(field.sets(), &[edge], |out, field| {
                        match field.name() {
                            "cursor" => out.gap(Cell::Cursor(cursor(reading))),
                            "node" => out.append(node(self, field.sets(), reading)?),
                            _ => return Err(NoAnswer::GiveUp),
                        }
                        Ok(())
                    });
                    out.gap(PageGap::Rows(edge?));
                }
                "pageInfo" => {
                    let info = self.object(field.sets(), &["PageInfo"], |out, field| {
                        out.gap(match field.name() {
                            "hasPreviousPage" => PageGap::HasPrevious,
                            "hasNextPage" => PageGap::HasNext,
                            "startCursor" => PageGap::Start(cursor(reading)),
                            "endCursor" => PageGap::End(cursor(reading)),
                            _ => return Err(NoAnswer::GiveUp),
                        });
                        Ok(())
                    });
                    out.append(info?);
                }
                _ => return Err(NoAnswer::GiveUp),
            }
            Ok(())
        });
        if reading.listed && reading.columns.is_empty() {
            cursor(reading);
        }
        template
    }
}

//! The fields of each type, as gaps that the columns of its table fill.

use super::{
    Answer, NoAnswer, Plan,
    compile::{Sets, Wanted},
    reading::{Parent, Question, Reading},
    template::{Cell, CursorCells, PageGap, Template},
};
use crate::{
    domain::{
        cursor::{List, Position},
        page::PageRequest,
        session::{SenderRole, StartMethod},
        text,
    },
    graphql::input::{chat_message::ChatMessageFilter, video::VideoFilter},
    store::{Column, chat_message, custom_field, session, technician, video},
};

type Object = Answer<Template<Cell>>;
type Page = Answer<Template<PageGap>>;

impl<'a> Plan<'a> {
    pub(super) fn sessions(&self, sets: Sets<'a>, reading: &mut Reading) -> Page {
        let cursor = |reading: &mut Reading| CursorCells::Session {
            started_at: reading.column(session::Row::STARTED_AT),
            id: reading.column(session::Row::ID),
        };
        self.connection(sets, ["SessionConnection", "SessionEdge"], reading, cursor, Self::session)
    }

    pub(super) fn technicians(&self, sets: Sets<'a>, reading: &mut Reading) -> Page {
        let cursor = |reading: &mut Reading| CursorCells::Technician {
            username: reading.column(technician::Row::SORT_KEY),
        };
        let names = ["TechnicianConnection", "TechnicianEdge"];
        self.connection(sets, names, reading, cursor, Self::technician)
    }

    fn chat_messages(&self, sets: Sets<'a>, reading: &mut Reading) -> Page {
        let cursor = |reading: &mut Reading| CursorCells::ChatMessage {
            session: reading.column(chat_message::Row::SESSION_ID),
            seq: reading.column(chat_message::Row::SEQ),
        };
        let names = ["ChatMessageConnection", "ChatMessageEdge"];
        self.connection(sets, names, reading, cursor, Self::chat_message)
    }

    fn videos(&self, sets: Sets<'a>, reading: &mut Reading) -> Page {
        let cursor = |reading: &mut Reading| CursorCells::Video {
            session: reading.column(video::Row::SESSION_ID),
            seq: reading.column(video::Row::SEQ),
        };
        self.connection(sets, ["VideoConnection", "VideoEdge"], reading, cursor, Self::video)
    }

    pub(super) fn session(&self, sets: Sets<'a>, reading: &mut Reading) -> Object {
        use session::Row;
        self.object(sets, &["Session", "Node"], |out, field| {
            let mut column = |column| reading.column(column);
            out.gap(match field.name() {
                "id" => Cell::Id("session", vec![column(Row::ID)]),
                "legacyId" => Cell::Digits(column(Row::ID)),
                "startedAt" => Cell::Time(column(Row::STARTED_AT)),
                "endedAt" => Cell::TimeOrNull(column(Row::ENDED_AT)),
                "durationSeconds" => {
                    Cell::Seconds { from: column(Row::STARTED_AT), to: column(Row::ENDED_AT) }
                }
                "updatedAt" => Cell::Time(column(Row::UPDATED_AT)),
                "startMethod" => Cell::Word(column(Row::START_METHOD), |word| {
                    StartMethod::ALL.iter().any(|known| known.word() == word)
                }),
                "answered" => Cell::Present(column(Row::TECHNICIAN_ID)),
                "problemDescription" => Cell::Text(column(Row::PROBLEM_DESCRIPTION)),
                "notes" => Cell::Text(column(Row::NOTES)),
                "hasVideos" => Cell::Positive(column(Row::VIDEO_COUNT)),
                "customer" => {
                    let columns = [
                        ("name", Row::CUSTOMER_NAME),
                        ("email", Row::CUSTOMER_EMAIL),
                        ("number", Row::CUSTOMER_NUMBER),
                    ];
                    out.append(self.texts(field, "Customer", &columns, reading)?);
                    return Ok(());
                }
                "computer" => {
                    let columns = [
                        ("name", Row::COMPUTER_NAME),
                        ("domain", Row::COMPUTER_DOMAIN),
                        ("os", Row::COMPUTER_OS),
                    ];
                    out.append(self.texts(field, "Computer", &columns, reading)?);
                    return Ok(());
                }
                "technician" => {
                    let present = column(technician::Row::ID);
                    Cell::Joined(present, self.technician(field.sets(), reading)?)
                }
                "chatMessages" => self.chat_of(field, reading)?,
                "videos" => self.videos_of(field, reading)?,
                "customFields" => self.custom_fields_of(field, reading)?,
                _ => return Err(NoAnswer::GiveUp),
            });
            Ok(())
        })
    }

    /// An object of texts of the same row.
    fn texts(
        &self,
        of: &Wanted<'a>,
        name: &str,
        columns: &[(&str, Column)],
        reading: &mut Reading,
    ) -> Object {
        self.object(of.sets(), &[name], |out, field| {
            let found = columns.iter().find(|(name, _)| *name == field.name());
            let (_, column) = found.ok_or(NoAnswer::GiveUp)?;
            out.gap(Cell::Text(reading.column(*column)));
            Ok(())
        })
    }

    fn chat_of(&self, field: &Wanted<'a>, reading: &mut Reading) -> Answer<Cell> {
        let filter: Option<ChatMessageFilter> = self.argument(field, "filter", None)?;
        let page = self.child_page(field, reading, List::ChatMessages)?;
        let question = Question::ChatMessages(filter.unwrap_or_default().read()?, page);
        let parent = Parent {
            id_column: reading.column(session::Row::ID),
            count_column: Some(reading.column(session::Row::CHAT_COUNT)),
        };
        let child = reading.child(question, parent, chat_message::Row::SESSION_ID);
        let reading = &mut reading.children[child].reading;
        Ok(Cell::Page(child, self.chat_messages(field.sets(), reading)?))
    }

    fn videos_of(&self, field: &Wanted<'a>, reading: &mut Reading) -> Answer<Cell> {
        let filter: Option<VideoFilter> = self.argument(field, "filter", None)?;
        let page = self.child_page(field, reading, List::Videos)?;
        let question = Question::Videos(filter.unwrap_or_default().read()?, page);
        let parent = Parent {
            id_column: reading.column(session::Row::ID),
            count_column: Some(reading.column(session::Row::VIDEO_COUNT)),
        };
        let child = reading.child(question, parent, video::Row::SESSION_ID);
        let reading = &mut reading.children[child].reading;
        Ok(Cell::Page(child, self.videos(field.sets(), reading)?))
    }

    fn custom_fields_of(&self, field: &Wanted<'a>, reading: &mut Reading) -> Answer<Cell> {
        use custom_field::Row;
        let name: Option<String> = self.argument(field, "name", None)?;
        let parent = Parent { id_column: reading.column(session::Row::ID), count_column: None };
        let child = reading.child(Question::CustomFields, parent, Row::SESSION_ID);
        let reading = &mut reading.children[child].reading;
        let named = name.map(|name| (reading.column(Row::MATCH_KEY), text::fold(&name)));
        let columns = [("name", Row::NAME), ("value", Row::VALUE)];
        Ok(Cell::List(child, named, self.texts(field, "CustomField", &columns, reading)?))
    }

    pub(super) fn technician(&self, sets: Sets<'a>, reading: &mut Reading) -> Object {
        use technician::Row;
        self.object(sets, &["Technician", "Node"], |out, field| {
            out.gap(match field.name() {
                "id" => Cell::Id("technician", vec![reading.column(Row::ID)]),
                "username" => Cell::Text(reading.column(Row::USERNAME)),
                "name" => Cell::Text(reading.column(Row::NAME)),
                "sessions" => {
                    let (listing, page) = self.listing(field)?;
                    let parent = Parent { id_column: reading.column(Row::ID), count_column: None };
                    let owner = session::Row::TECHNICIAN_ID;
                    let question = Question::Sessions(listing, page);
                    let child = reading.child(question, parent, owner);
                    let reading = &mut reading.children[child].reading;
                    Cell::Page(child, self.sessions(field.sets(), reading)?)
                }
                _ => return Err(NoAnswer::GiveUp),
            });
            Ok(())
        })
    }

    fn chat_message(&self, sets: Sets<'a>, reading: &mut Reading) -> Object {
        use chat_message::Row;
        self.object(sets, &["ChatMessage", "Node"], |out, field| {
            let mut column = |column| reading.column(column);
            out.gap(match field.name() {
                "id" => Cell::Id("chatMessage", vec![column(Row::SESSION_ID), column(Row::SEQ)]),
                "sentAt" => Cell::Time(column(Row::SENT_AT)),
                "sender" => Cell::Text(column(Row::SENDER)),
                "senderRole" => Cell::Word(column(Row::SENDER_ROLE), |word| {
                    SenderRole::ALL.iter().any(|known| known.word() == word)
                }),
                "body" => Cell::Text(column(Row::BODY)),
                _ => return Err(NoAnswer::GiveUp),
            });
            Ok(())
        })
    }

    fn video(&self, sets: Sets<'a>, reading: &mut Reading) -> Object {
        use video::Row;
        self.object(sets, &["Video", "Node"], |out, field| {
            let mut column = |column| reading.column(column);
            out.gap(match field.name() {
                "id" => Cell::Id("video", vec![column(Row::SESSION_ID), column(Row::SEQ)]),
                "url" => Cell::Text(column(Row::URL)),
                "recordedAt" => Cell::TimeOrNull(column(Row::RECORDED_AT)),
                "durationSeconds" => Cell::Int(column(Row::DURATION_SECONDS)),
                "sizeBytes" => Cell::Float(column(Row::SIZE_BYTES)),
                _ => return Err(NoAnswer::GiveUp),
            });
            Ok(())
        })
    }

    /// The page of each row's own list. A cursor belongs to one of those, so that it serves only
    /// where the row is known.
    fn child_page<P: Position>(
        &self,
        of: &Wanted<'a>,
        reading: &Reading,
        list: fn(i64) -> List,
    ) -> Answer<PageRequest<P>> {
        let page = self.page_arguments(of)?;
        let owner = match reading.only {
            Some(owner) => owner,
            None if page.after.is_none() && page.before.is_none() => 0,
            None => return Err(NoAnswer::GiveUp),
        };
        Ok(page.read(self.account, list(owner), self.limits)?)
    }
}

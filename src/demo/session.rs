//! One made-up session.

use super::{
    calendar::after,
    language::{Language, Problem},
    languages::LANGUAGES,
    people::{SYSTEMS, TECHNICIANS, Technician},
    random::Random,
};
use crate::{
    domain::{
        session::{SenderRole, StartMethod},
        time::Timestamp,
    },
    history::record::{ChatLine, CustomField, Field, Record, VideoLink},
};

/// The maximum number of messages of a chat.
const MESSAGES: usize = 30;

/// The session that begins at `start`, with no more than is known at `until`.
pub(super) fn record(id: i64, start: Timestamp, until: Timestamp) -> Record {
    let mut random = Random::new(id.unsigned_abs());
    let shares = LANGUAGES.map(|language| language.share);
    let language = LANGUAGES[random.weighted(&shares)];
    let problem = random.pick(language.problems);
    let base =
        Record { id, started_at: Field::Value(start), ..customer(&mut random, language, id) };
    if random.percent(8) {
        let problem_description = text(random.pick(problem.descriptions));
        return not_answered(&mut random, Record { problem_description, ..base }, start, until);
    }
    let technician = technician(&mut random, language);
    let agent = random.percent(35);
    let unattended = agent && random.percent(50);
    let chat = if unattended || random.percent(6) {
        Vec::new()
    } else {
        chat(&mut random, language, &problem, technician, &base, start)
    };
    let talked = chat.last().map_or(start, |line| line.sent_at);
    let end = after(talked, random.between(60, if chat.is_empty() { 5_400 } else { 900 }));
    let open = end > until || random.between(1, 500) == 1;
    // A recording is there when its session has ended.
    let recorded = random.percent(25) && !open;
    let videos = if recorded { videos(id, start, end) } else { Vec::new() };
    let (description, note) = if unattended {
        (Field::Empty, random.pick(language.maintenance))
    } else {
        let pairs: Vec<_> = problem.descriptions.iter().zip(problem.notes).collect();
        let (description, note) = if chat.is_empty() { random.pick(&pairs) } else { pairs[0] };
        (text(description), *note)
    };
    Record {
        tech_username: text(technician.username),
        tech_name: text(technician.name),
        problem_description: description,
        notes: if open { Field::Empty } else { text(note) },
        ended_at: if open { Field::Empty } else { Field::Value(end) },
        start_method: Some(if agent { StartMethod::Agent } else { StartMethod::Applet }),
        has_videos: Some(!videos.is_empty()),
        chat: Some(chat.into_iter().filter(|line| line.sent_at <= until).collect()),
        videos: Some(videos),
        ..base
    }
}

/// A session without a technician: the customer waited and left.
fn not_answered(random: &mut Random, base: Record, start: Timestamp, until: Timestamp) -> Record {
    let end = after(start, random.between(30, 1_200));
    Record {
        tech_username: Field::Empty,
        tech_name: Field::Empty,
        notes: Field::Empty,
        ended_at: if end > until { Field::Empty } else { Field::Value(end) },
        start_method: Some(StartMethod::Applet),
        has_videos: Some(false),
        chat: Some(Vec::new()),
        videos: Some(Vec::new()),
        ..base
    }
}

/// A person who asks for help, always with the same number and one of two computers.
fn customer(random: &mut Random, language: &Language, id: i64) -> Record {
    let (name, mailbox) = random.pick(language.people);
    // What belongs to a person comes from the person's own numbers.
    let seed = mailbox.bytes().fold(7, |sum, byte| sum * 31 % 1_000_003 + u64::from(byte));
    let mut own = Random::new(seed);
    let company = own.pick(language.companies);
    let number = format!("C-{}", own.between(10_000, 99_999));
    let laptop = random.percent(30);
    let device = own.between(100, 899) + i64::from(laptop);
    let short: String = company.computers.chars().take(5).collect();
    let system = if laptop { own.pick(&SYSTEMS[..6]) } else { own.pick(&SYSTEMS) };
    Record {
        customer_name: text(name),
        customer_email: text(&format!("{mailbox}@{}", company.mail)),
        // Not everybody knows their number.
        customer_number: if own.percent(85) { text(&number) } else { Field::Empty },
        computer_name: text(&format!("{short}-{}{device}", if laptop { "NB" } else { "WS" })),
        computer_domain: text(company.computers),
        computer_os: text(system),
        custom_fields: Some(custom_fields(random, language, company.name, id)),
        ..Record::default()
    }
}

fn technician(random: &mut Random, language: &Language) -> &'static Technician {
    let speakers: Vec<&Technician> =
        TECHNICIANS.iter().filter(|it| it.languages.contains(&language.code)).collect();
    random.pick(&speakers)
}

/// A greeting, the problem with some waiting in between, and good-bye.
fn chat(
    random: &mut Random,
    language: &Language,
    problem: &Problem,
    technician: &Technician,
    customer: &Record,
    start: Timestamp,
) -> Vec<ChatLine> {
    let (technician_role, customer_role) = (SenderRole::Technician, SenderRole::Customer);
    let joined = format!("{} joined the session.", technician.name);
    let greeting = random.pick(language.greetings).replace("{technician}", technician.name);
    let mut said = vec![(SenderRole::System, joined), (technician_role, greeting)];
    // Waiting fits in behind the customer's words, which stand at even places; the last end it.
    let longer = if random.percent(25) { random.between(3, 9) } else { random.between(0, 2) };
    let slots = (problem.talk.len() / 2) as i64;
    let waits: Vec<usize> =
        (0..longer).map(|_| 2 * random.between(0, slots - 1) as usize).collect();
    let mut first = random.between(0, language.meanwhile.len() as i64 - 1) as usize;
    for (index, words) in problem.talk.iter().enumerate() {
        said.push((
            if index % 2 == 0 { customer_role } else { technician_role },
            (*words).to_owned(),
        ));
        for _ in waits.iter().filter(|wait| **wait == index) {
            let [ask, answer] = language.meanwhile[first % language.meanwhile.len()];
            first += 1;
            said.extend([(technician_role, ask.to_owned()), (customer_role, answer.to_owned())]);
        }
    }
    let [closing, thanks] = random.pick(language.closings);
    said.truncate(MESSAGES - 2);
    said.extend([(technician_role, closing.to_owned()), (customer_role, thanks.to_owned())]);
    let mut time = after(start, random.between(5, 90));
    said.into_iter()
        .map(|(role, body)| {
            let sent_at = time;
            time = after(time, random.between(4, 75));
            let sender = match role {
                SenderRole::Technician => Some(technician.username.to_owned()),
                SenderRole::Customer => match &customer.customer_name {
                    Field::Value(name) => Some(name.clone()),
                    Field::Absent | Field::Empty => None,
                },
                SenderRole::System | SenderRole::Unknown => None,
            };
            ChatLine { sent_at, sender, sender_role: Some(role), body }
        })
        .collect()
}

/// One or two recordings, one after the other, up to the end of the session.
fn videos(id: i64, start: Timestamp, end: Timestamp) -> Vec<VideoLink> {
    let mut random = Random::new(id.unsigned_abs() ^ 0x5EC5);
    let count = if random.percent(20) { 2 } else { 1 };
    let seconds = end.seconds_since(start) / count;
    (0..count)
        .map(|part| {
            // The technician connects some moments after the beginning.
            let wait = random.between(0, seconds / 4);
            let length = seconds - wait;
            VideoLink {
                url: format!("https://videos.example.com/{id}/{}.webm", part + 1),
                recorded_at: Field::Value(after(start, part * seconds + wait)),
                duration_seconds: Field::Value(length),
                size_bytes: Field::Value(length * random.between(90_000, 160_000)),
            }
        })
        .collect()
}

/// None to three of the language's fields.
fn custom_fields(
    random: &mut Random,
    language: &Language,
    company: &str,
    id: i64,
) -> Vec<CustomField> {
    let values = [
        format!("A-{}", random.between(1_000, 9_999)),
        format!("T-{}", 40_000 + id * 3 + random.between(0, 2)),
        random.pick(language.departments).to_owned(),
        company.to_owned(),
    ];
    let skipped = random.between(0, 3) as usize;
    let fields = language.labels.into_iter().zip(values).enumerate();
    fields
        .filter(|(index, _)| *index != skipped && random.percent(55))
        .map(|(_, (name, value))| CustomField { name: Some(name.to_owned()), value: Some(value) })
        .collect()
}

fn text(text: &str) -> Field<String> {
    Field::Value(text.to_owned())
}

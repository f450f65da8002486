//! The customers and texts of one language.

/// One language's tables.
pub(super) struct Language {
    /// Its ISO 639 code.
    pub(super) code: &'static str,
    /// How many sessions of a hundred are in it.
    pub(super) share: u32,
    /// The companies whose people ask for help.
    pub(super) companies: &'static [Company],
    /// Those people: their names, and the part of their addresses before the `@`.
    pub(super) people: &'static [(&'static str, &'static str)],
    /// How a technician, `{technician}`, says hello.
    pub(super) greetings: &'static [&'static str],
    /// Pairs of what a technician says meanwhile and what the customer answers.
    pub(super) meanwhile: &'static [[&'static str; 2]],
    /// Pairs of a technician's closing words and the customer's.
    pub(super) closings: &'static [[&'static str; 2]],
    /// The names of the custom fields: asset tag, ticket, department, company.
    pub(super) labels: [&'static str; 4],
    /// The departments.
    pub(super) departments: &'static [&'static str],
    /// A technician's note on work without the customer.
    pub(super) maintenance: &'static [&'static str],
    /// What people need help with.
    pub(super) problems: &'static [Problem],
}

/// A company.
#[derive(Clone, Copy)]
pub(super) struct Company {
    pub(super) name: &'static str,
    /// The domain of its e-mail addresses, one that is reserved for documentation.
    pub(super) mail: &'static str,
    /// The domain of its computers.
    pub(super) computers: &'static str,
}

pub(super) const fn company(
    name: &'static str,
    mail: &'static str,
    computers: &'static str,
) -> Company {
    Company { name, mail, computers }
}

/// A problem from the first word to the technician's note. What is said fits the first description
/// and the first note; the k-th note fits the k-th description.
#[derive(Clone, Copy)]
pub(super) struct Problem {
    /// How customers describe it when they ask for help.
    pub(super) descriptions: &'static [&'static str],
    /// What is said about it, the customer first, then by turns.
    pub(super) talk: &'static [&'static str],
    /// What the technician notes.
    pub(super) notes: &'static [&'static str],
}

//! A search for words, and the text in which a caller writes it.

use super::{
    text::fold,
    words::{MAX_WORD, each_word},
};
use crate::error::{Error, Result};

/// The maximum number of terms of a search.
pub const MAX_TERMS: usize = 10;

/// A search for words in the texts of a session. All terms must hold.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Search {
    terms: Vec<SearchTerm>,
    /// How it is done.
    pub plan: SearchPlan,
}

/// How a search is done. The result is the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SearchPlan {
    /// Whether many sessions match: it is faster to test the sessions in the order of a list than to
    /// find all that match.
    pub is_common: bool,
    /// Where the sessions are that match, if the index has the sessions of each period.
    pub spread: Option<SearchSpread>,
}

/// How the sessions that match a search are spread over time, by a sample of the sessions. Times are in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SearchSpread {
    /// The average time from one match to the next.
    pub distance: i64,
    /// The starts of the first and the last match of the sample.
    pub matches: [i64; 2],
    /// The first and the last start of all sessions.
    pub sessions: [i64; 2],
}

impl SearchPlan {
    /// Each session is tested.
    pub const TEST_EACH: Self = Self { is_common: true, spread: None };
}

/// One condition of a search.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SearchTerm {
    /// Words that follow each other in one text; at least one.
    pub words: Vec<String>,
    /// The last word is the beginning of a word.
    pub is_prefix: bool,
    /// No text has the words.
    pub is_negated: bool,
}

impl Search {
    /// All terms.
    pub fn terms(&self) -> &[SearchTerm] {
        &self.terms
    }

    /// The terms whose words a session must have.
    pub fn required(&self) -> impl Iterator<Item = &SearchTerm> {
        self.terms.iter().filter(|term| !term.is_negated)
    }

    /// Parses a search: terms with white space between them. A term is a word, a phrase in quotation
    /// marks, or one of them with `-` before it or `*` after it. A term of several words without
    /// quotation marks, as an e-mail address, is a phrase too.
    ///
    /// # Errors
    /// When the text has no term, too many, or a term that cannot be searched for.
    pub fn parse(text: &str) -> Result<Self> {
        let (mut terms, mut rest) = (Vec::new(), text.trim_start());
        while !rest.is_empty() {
            let term;
            (term, rest) = first_term(rest)?;
            terms.push(term);
            rest = rest.trim_start();
        }
        match terms.len() {
            0 => Err(Error::input("A search has no term. Write at least one word.")),
            count if count > MAX_TERMS => {
                let limit = format!("A search has {count} terms; the limit is {MAX_TERMS}.");
                Err(Error::input(limit))
            }
            _ => Ok(Self { terms, plan: SearchPlan::default() }),
        }
    }
}

/// The first term of a text that begins with it, and the rest of the text.
fn first_term(text: &str) -> Result<(SearchTerm, &str)> {
    let (is_negated, term) = text.strip_prefix('-').map_or((false, text), |term| (true, term));
    let (words, rest) = match term.strip_prefix('"') {
        Some(phrase) => phrase.split_once('"').ok_or_else(|| {
            Error::input("A phrase of a search has no quotation mark at its end.")
        })?,
        None => {
            let is_end = |it: char| it.is_whitespace() || it == '"' || it == '*';
            term.split_at(term.find(is_end).unwrap_or(term.len()))
        }
    };
    let (is_prefix, rest) = rest.strip_prefix('*').map_or((false, rest), |rest| (true, rest));
    let written = &text[..text.len() - rest.len()];
    if is_prefix && !rest.is_empty() && !rest.starts_with(char::is_whitespace) {
        let message = format!("The search term {written} goes on after its *, which ends a term.");
        return Err(Error::input(message));
    }
    let mut term = SearchTerm { words: Vec::new(), is_prefix, is_negated };
    each_word(&fold(words), |word| term.words.push(word.to_owned()));
    if term.words.is_empty() {
        let message = format!("The search term {written} has no letter and no digit.");
        return Err(Error::input(message));
    }
    if term.words.iter().any(|word| word.chars().nth(MAX_WORD).is_some()) {
        let message = format!("A word of a search has more than {MAX_WORD} characters.");
        return Err(Error::input(message));
    }
    Ok((term, rest))
}

#[cfg(test)]
mod tests {
    use super::Search;

    /// The terms in a short form.
    fn parsed(text: &str) -> String {
        let search = match Search::parse(text) {
            Ok(search) => search,
            Err(error) => return error.to_string(),
        };
        let term = |term: &super::SearchTerm| {
            let (not, any) =
                (if term.is_negated { "-" } else { "" }, if term.is_prefix { "*" } else { "" });
            format!("{not}{}{any}", term.words.join("+"))
        };
        search.terms().iter().map(term).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_search_is_parsed_into_its_terms() {
        for (text, expected) in [
            ("printer", "printer"),
            (" Printer\tOFFLINE\u{3000}", "printer offline"),
            ("\"Paper jam\" -fax print*", "paper+jam -fax print*"),
            ("-\"paper jam\"", "-paper+jam"),
            ("\"paper ja\"*", "paper+ja*"),
            ("ann@example.com", "ann+example.com"),
            ("a\"b c\"d", "a b+c d"),
            ("-a-b", "-a+b"),
            ("(Straße),", "strasse"),
            ("\"a * b\"", "a+b"),
        ] {
            assert_eq!(parsed(text), expected, "{text}");
        }
    }

    #[test]
    fn a_search_that_cannot_be_made_names_its_fault() {
        for (text, expected) in [
            ("", "A search has no term. Write at least one word."),
            (" \n", "A search has no term. Write at least one word."),
            ("\"paper jam", "A phrase of a search has no quotation mark at its end."),
            ("printer -", "The search term - has no letter and no digit."),
            ("printer & fax", "The search term & has no letter and no digit."),
            ("\"\"", "The search term \"\" has no letter and no digit."),
            ("*", "The search term * has no letter and no digit."),
            ("😀", "The search term 😀 has no letter and no digit."),
            ("pri*ter", "The search term pri* goes on after its *, which ends a term."),
            ("pri**", "The search term pri* goes on after its *, which ends a term."),
            ("a b c d e f g h i j k", "A search has 11 terms; the limit is 10."),
            (&"a".repeat(101), "A word of a search has more than 100 characters."),
        ] {
            assert_eq!(parsed(text), expected, "{text}");
        }
    }
}

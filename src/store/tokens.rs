//! The tokens that the index of each kind of database has for the words of sessions.
//!
//! A token is the account, and the beginning of a word in letters and digits of ASCII. So the index of
//! every database takes it as one word, whatever its minimum length and its stop words are, and a
//! search visits the rows of one account. Different words may have the same token: the index finds
//! sessions that may match, and the words themselves decide.

use std::collections::HashSet;

use foldhash::fast::RandomState;
use sea_orm::DbBackend;

use crate::domain::{
    search::{Search, SearchTerm},
    viewer::AccountId,
};

/// The maximum length of the part of a token that is made of the word. With an account of any number, a
/// token has at most the 84 characters that its column has on MySQL.
const MAX_CHARS: usize = 60;
/// The maximum length of the tokens of a session. PostgreSQL takes 1 MiB.
const MAX_TOKENS: usize = 256 * 1024;
/// One session in this number, a power of two, is in the sample.
pub(super) const SAMPLED_IN: u32 = 256;

/// The sessions whose tokens are searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenSet {
    /// All sessions of the account.
    All,
    /// A sample of them. Its size shows how many sessions match.
    Sample,
}

impl TokenSet {
    /// The part of a token before the word.
    fn before_words(self, account: AccountId) -> String {
        let sign = match self {
            Self::All => 'x',
            Self::Sample => 's',
        };
        format!("{}{sign}", account.0)
    }

    /// The token of sessions with too many words, which may match any search.
    pub(super) fn of_many_words(self, account: AccountId) -> String {
        let sign = match self {
            Self::All => 'y',
            Self::Sample => 't',
        };
        format!("{}{sign}0", account.0)
    }
}

/// The tokens of a session that has these words, which may repeat, with a space before each.
pub(super) fn tokens<'a>(
    account: AccountId,
    session: i64,
    words: impl Iterator<Item = &'a str>,
) -> String {
    let mut seen = HashSet::with_capacity_and_hasher(128, RandomState::default());
    let words: Vec<_> = words.filter(|word| seen.insert(*word)).collect();
    let mut tokens = String::with_capacity(words.len() * 12);
    let sets = [TokenSet::All, TokenSet::Sample];
    for set in sets.into_iter().take(if is_sampled(session) { 2 } else { 1 }) {
        let (start, before) = (tokens.len(), format!(" {}", set.before_words(account)));
        for word in &words {
            tokens.push_str(&before);
            push_encoded(&mut tokens, word);
            if tokens.len() - start > MAX_TOKENS / 2 {
                tokens.truncate(start);
                tokens.extend([" ", &set.of_many_words(account)]);
                break;
            }
        }
    }
    tokens
}

/// Whether a session is in the sample. Numbers that follow each other in any steps are spread evenly.
fn is_sampled(session: i64) -> bool {
    let spread = session.cast_unsigned().wrapping_mul(0x9E37_79B9_7F4A_7C15);
    spread >> (u64::BITS - SAMPLED_IN.trailing_zeros()) == 0
}

/// Appends the beginning of a word in letters and digits of ASCII.
fn push_encoded(into: &mut String, word: &str) {
    let end = into.len() + MAX_CHARS - 4;
    for character in word.chars() {
        if into.len() > end {
            break;
        }
        if character.is_ascii_alphanumeric() {
            into.push(character);
        } else {
            into.push('z');
            let code = u32::from(character);
            let digits = [code / (36 * 36), code / 36, code].map(|it| it % 36);
            into.extend(digits.iter().filter_map(|digit| char::from_digit(*digit, 36)));
        }
    }
}

/// The tokens that a session must have to match a search, unless it has too many words. With each: whether it is only the
/// beginning of a token.
pub(super) fn required_tokens(
    account: AccountId,
    set: TokenSet,
    search: &Search,
) -> impl Iterator<Item = (String, bool)> {
    let before = set.before_words(account);
    search.required().flat_map(move |term| {
        let before = before.clone();
        term.words.iter().enumerate().map(move |(index, word)| {
            let mut token = before.clone();
            push_encoded(&mut token, word);
            (token, term.is_prefix && index + 1 == term.words.len())
        })
    })
}

/// Whether the tokens of a session tell whether it matches a search, unless it has too many words: each term is one word,
/// whose token no other word has.
pub(super) fn tokens_decide(search: &Search) -> bool {
    let has_own_token = |word: &str| {
        // A `z` may be the beginning of another character.
        let is_own = |byte: u8| byte.is_ascii_alphanumeric() && byte != b'z';
        word.len() <= MAX_CHARS - 4 && word.bytes().all(is_own)
    };
    let decides = |term: &SearchTerm| {
        !term.is_negated && matches!(&*term.words, [word] if has_own_token(word))
    };
    search.terms().iter().all(decides)
}

/// The query of the full-text index that finds the sessions which may match a search, on SQLite and PostgreSQL.
pub(super) fn index_query(
    backend: DbBackend,
    account: AccountId,
    set: TokenSet,
    search: &Search,
) -> String {
    let (and, prefix, or) = match backend {
        DbBackend::Sqlite => (" AND ", "*", " OR "),
        _ => (" & ", ":*", " | "),
    };
    let tokens = required_tokens(account, set, search);
    let tokens = tokens.map(|(token, is_prefix)| token + if is_prefix { prefix } else { "" });
    let tokens: Vec<_> = tokens.collect();
    format!("({}){or}{}", tokens.join(and), set.of_many_words(account))
}

#[cfg(test)]
mod tests {
    use sea_orm::DbBackend;

    use super::{TokenSet, index_query, is_sampled, required_tokens, tokens, tokens_decide};
    use crate::domain::{search::Search, viewer::AccountId};

    #[test]
    fn a_token_is_the_account_and_the_beginning_of_a_word_in_ascii() {
        let words = ["the", "can't", "the", "я", "日"];
        let of = |words: &[&str]| tokens(AccountId(12), 1, words.iter().copied());
        assert_eq!(of(&words), " 12xthe 12xcanz013t 12xz0un 12xzk4l");
        let longest = tokens(AccountId(i64::MAX), 1, [&*"я".repeat(101)].into_iter());
        assert!(longest.len() <= 85, "{longest}");
        assert_eq!(of(&[&"a".repeat(101)]).len(), 1 + 3 + 57);
    }

    #[test]
    fn a_session_with_very_many_words_may_match_any_search() {
        let words: Vec<_> = (0..20_000).map(|it| format!("word{it}")).collect();
        let of = |session| tokens(AccountId(12), session, words.iter().map(String::as_str));
        assert_eq!(of(1), " 12y0");
        let sampled = (1..).find(|it| is_sampled(*it)).unwrap();
        assert_eq!(of(sampled), " 12y0 12t0");
    }

    #[test]
    fn one_session_in_256_is_in_the_sample_whatever_the_steps_of_their_numbers_are() {
        for step in [1, 2, 7, 10, 256, 1_000, 65_536, 1 << 32] {
            let sampled = (0..100_000).filter(|it| is_sampled(it * step)).count();
            assert!((300..500).contains(&sampled), "{sampled} in steps of {step}");
        }
    }

    #[test]
    fn the_tokens_of_words_in_ascii_decide() {
        let long = "a".repeat(56);
        for (text, expected) in [
            ("Printer", true),
            ("paper 77 print*", true),
            ("lizenz", false),
            ("я", false),
            ("can't", false),
            ("\"paper jam\"", false),
            ("paper -fax", false),
            (&*long, true),
            (&*format!("{long}a"), false),
        ] {
            assert_eq!(tokens_decide(&Search::parse(text).unwrap()), expected, "{text}");
        }
        // The longest of these words has a token of its own, also beside longer words.
        let of = |word: &str| tokens(AccountId(12), 1, [word].into_iter());
        assert_ne!(of(&long), of(&format!("{long}a")));
        assert_eq!(of(&format!("{long}a")), of(&format!("{long}aa")));
    }

    #[test]
    fn the_query_of_an_index_has_the_words_that_a_session_must_have() {
        let search = Search::parse("\"paper ja\"* -fax can't").unwrap();
        let query = |backend, set| index_query(backend, AccountId(12), set, &search);
        assert_eq!(
            query(DbBackend::Sqlite, TokenSet::All),
            "(12xpaper AND 12xja* AND 12xcanz013t) OR 12y0"
        );
        assert_eq!(
            query(DbBackend::Postgres, TokenSet::Sample),
            "(12spaper & 12sja:* & 12scanz013t) | 12t0"
        );
        let tokens: Vec<_> = required_tokens(AccountId(12), TokenSet::All, &search).collect();
        let tokens: Vec<_> = tokens.iter().map(|(token, prefix)| (&**token, *prefix)).collect();
        assert_eq!(tokens, [("12xpaper", false), ("12xja", true), ("12xcanz013t", false)]);
    }
}

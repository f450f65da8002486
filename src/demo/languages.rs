//! The languages of the demo account, one file each.

mod arabic;
mod english;
mod french;
mod german;
mod greek;
mod japanese;
mod polish;
mod portuguese;
mod spanish;

use super::language::Language;

/// Every language.
pub(super) static LANGUAGES: [&Language; 9] = [
    &english::ENGLISH,
    &german::GERMAN,
    &french::FRENCH,
    &spanish::SPANISH,
    &portuguese::PORTUGUESE,
    &polish::POLISH,
    &japanese::JAPANESE,
    &greek::GREEK,
    &arabic::ARABIC,
];

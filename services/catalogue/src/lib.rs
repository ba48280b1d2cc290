//! What the organisation calls things, and every sentence that the service says.
//!
//! The [`Catalogue`] is the organisation's: topics, profiles, names and addresses, in one readable file that is
//! changed without a rebuild. The [`Words`] are the service's own: problems, faults and texts in French and
//! English, written in Fluent files beside this crate.
//!
//! To add a file of words, put it into `words/fr/` and `words/en/` under one name and list it in
//! `src/words/files.rs`. A test proves that both languages have the same keys and that each can be said.

mod accept_language;
mod catalogue;
mod colour;
mod legal;
mod load;
mod reader;
mod words;

pub use accept_language::locale_from_accept_language;
pub use catalogue::{Catalogue, Choice, MailSender, Organisation, Questions, Wording};
pub use colour::Colour;
pub use legal::{Accessibility, Legal};
pub use load::CatalogueError;
pub use reader::CatalogueFault;
pub use words::{Argument, ProblemWords, Words, WordsError};

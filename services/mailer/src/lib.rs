//! Writes letters, hands them to a mail server, and writes back what became of them.
//!
//! A request for a mail is an event. The mailer reads it from the feed, writes the [`letter`], [`compose`]s a mail, and
//! hands it over by a [`transport`]. The [`ledger`] remembers how far a mail has come, so that a mailer that dies
//! between two lines sends again only when it cannot know; [`delivery`] is that walk from beginning to end.
//!
//! Nothing here keeps a name, an address or a token: they are read when a letter is written and forgotten with it.

pub mod compose;
pub mod consumer;
pub mod delivery;
pub mod errand;
pub mod examples;
pub mod ledger;
pub mod letter;
pub mod patience;
mod rounds;
pub mod stationery;
pub mod transport;

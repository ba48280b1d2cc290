//! What every request goes through before a route sees it, and every answer on its way out.

pub mod answer;
pub mod asset;
pub mod form_guard;
pub mod language;
pub mod limit;
pub mod notice;
pub mod observe;
pub mod panic;
pub mod posted;
pub mod theme;
pub mod visit;

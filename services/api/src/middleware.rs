//! What happens around every request, from outside in: [`observe`](mod@observe), [`protect`](mod@protect),
//! [`origins`], [`words`](mod@words), [`guard`](mod@guard).

pub mod guard;
pub mod observe;
pub mod origins;
pub mod protect;
pub mod words;

pub use observe::RequestId;

//! What the pages look like, one file each. Pure: values in, markup out; maud escapes every text.

pub mod agreement;
pub mod closing;
pub mod correction;
pub mod dev_mail;
pub mod establishment;
pub mod fields;
pub mod forgotten;
pub mod held;
pub mod identity;
pub mod layout;
pub mod leave;
pub mod legal;
pub mod link;
pub mod number;
pub mod password;
pub mod review;
pub mod sign_in;
pub mod space;
pub mod stepper;
pub mod thanks;
pub mod topics;
pub mod trouble;

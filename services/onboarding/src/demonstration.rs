//! What `up --demo` tells whoever tries the service: where to go, and what to type there. On standard error; standard output
//! carries the one line `ready`.

use console::staff::{Role, Staff, StaffError};
use directory::demonstration::{KNOWN_CONTACT, KNOWN_ESTABLISHMENT};

use crate::ground::Ground;

/// The invented member of staff.
const MEMBER: &str = "demo";

/// Says it.
pub async fn tell(ground: &Ground, public_url: &str) {
    let url = public_url.trim_end_matches('/');
    let (siret, number) = KNOWN_ESTABLISHMENT;
    eprintln!();
    eprintln!("  pages    {url}/");
    eprintln!("           {KNOWN_CONTACT} is a known contact; with any other address, SIRET {siret}");
    eprintln!("           and member number {number}");
    if ground.config.smtp_url.is_none() {
        eprintln!("  mails    {url}/dev/mail");
    }
    match member_of_staff(ground).await {
        Ok(Some(secret)) => {
            eprintln!("  console  {url}/console, as {MEMBER} (operator), secret {secret}");
        }
        Ok(None) => {}
        Err(fault) => tracing::warn!(%fault, "the console has no member of staff for the demonstration"),
    }
    eprintln!();
}

/// The secret of the invented member, another one at each start, since none is kept. None when somebody removed them.
async fn member_of_staff(ground: &Ground) -> Result<Option<String>, StaffError> {
    let staff = Staff::new(ground.pool.clone());
    match staff.add(MEMBER, Role::Operator).await {
        Err(StaffError::Taken) => staff.renew(MEMBER).await,
        added => added.map(Some),
    }
}

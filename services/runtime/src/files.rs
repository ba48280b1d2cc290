//! How many files this process may have open: as many as the system lets it.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// More than any process of the service needs; some programs walk through all that they may have.
const WANTED: u64 = 65_536;

/// Raises the soft limit to the hard one, and says what it is now. Where it cannot be raised it stays.
pub fn raise_limit() -> u64 {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else {
        return 0;
    };
    let wanted = hard.min(WANTED);
    if wanted > soft && setrlimit(Resource::RLIMIT_NOFILE, wanted, hard).is_ok() {
        tracing::debug!(soft, wanted, "more files may be open now");
        return wanted;
    }
    soft
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_soft_limit_is_raised_and_stays() {
        let raised = raise_limit();
        assert!(raised >= 256);
        assert_eq!(raise_limit(), raised);
    }
}

//! Which server is wanted among several, as libpq's `target_session_attrs` says it, and the choice.

use std::str::FromStr;

/// What sessions must be able to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Anything that lets us in.
    Any,
    /// Writing: no standby, nor a server that is set to read only.
    ReadWrite,
    /// The opposite.
    ReadOnly,
    /// No standby.
    Primary,
    /// A standby.
    Standby,
    /// A standby if there is one, else anything.
    PreferStandby,
}

impl Wanted {
    /// For a message.
    pub const KNOWN: &str =
        "target_session_attrs must be any, read-write, read-only, primary, standby or prefer-standby";
}

impl FromStr for Wanted {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "any" => Ok(Self::Any),
            "read-write" => Ok(Self::ReadWrite),
            "read-only" => Ok(Self::ReadOnly),
            "primary" => Ok(Self::Primary),
            "standby" => Ok(Self::Standby),
            "prefer-standby" => Ok(Self::PreferStandby),
            _ => Err(()),
        }
    }
}

/// What a server says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// It is a standby, or recovers from a backup.
    pub recovering: bool,
    /// Its sessions may not write, whatever the reason.
    pub read_only: bool,
    /// The history that it writes: each promotion begins the next one. Nothing while it recovers.
    pub timeline: i64,
}

impl Wanted {
    /// Whether such a server will do.
    pub fn accepts(self, seen: Seen) -> bool {
        match self {
            Self::Any | Self::PreferStandby => true,
            Self::ReadWrite => !seen.read_only,
            Self::ReadOnly => seen.read_only,
            Self::Primary => !seen.recovering,
            Self::Standby => seen.recovering,
        }
    }

    /// The server to use, by its place; nothing when none will do. Where one works already and still will do, it stays:
    /// nobody gains from moving between equals. Of two that both take writes the one with the later history is right: an
    /// old primary that nobody stopped must not be written to.
    pub fn choose(self, all: &[Option<Seen>], current: Option<usize>) -> Option<usize> {
        let suits = |index: usize| all[index].is_some_and(|seen| self.accepts(seen));
        let suitable: Vec<usize> = (0..all.len()).filter(|index| suits(*index)).collect();
        let best: Vec<usize> = match self {
            Self::ReadWrite | Self::Primary => {
                let timeline = |index: &usize| all[*index].map_or(0, |seen| seen.timeline);
                let latest = suitable.iter().map(timeline).max()?;
                suitable.into_iter().filter(|it| timeline(it) == latest).collect()
            }
            Self::PreferStandby => {
                let standby = |index: &usize| all[*index].is_some_and(|seen| seen.recovering);
                match suitable.iter().any(standby) {
                    true => suitable.into_iter().filter(standby).collect(),
                    false => suitable,
                }
            }
            Self::Any | Self::ReadOnly | Self::Standby => suitable,
        };
        current
            .filter(|current| best.contains(current))
            .or_else(|| best.first().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRIMARY: Option<Seen> = seen(false, false, 1);
    const PROMOTED: Option<Seen> = seen(false, false, 2);
    const STANDBY: Option<Seen> = seen(true, true, 0);
    const LOCKED: Option<Seen> = seen(false, true, 1);

    const fn seen(recovering: bool, read_only: bool, timeline: i64) -> Option<Seen> {
        Some(Seen {
            recovering,
            read_only,
            timeline,
        })
    }

    #[test]
    fn the_choice_is_libpqs_and_stays_where_it_is_right() {
        use Wanted::{Any, PreferStandby, Primary, ReadOnly, ReadWrite, Standby};
        for (wanted, all, current, chosen) in [
            (ReadWrite, [STANDBY, PRIMARY], None, Some(1)),
            (ReadWrite, [LOCKED, STANDBY], Some(0), None),
            (ReadWrite, [None, None], Some(0), None),
            // An old primary that came back, or was never stopped.
            (ReadWrite, [PRIMARY, PROMOTED], Some(0), Some(1)),
            (Primary, [PRIMARY, PROMOTED], Some(0), Some(1)),
            (ReadWrite, [PRIMARY, PRIMARY], Some(1), Some(1)),
            (Primary, [LOCKED, STANDBY], None, Some(0)),
            (Standby, [LOCKED, STANDBY], None, Some(1)),
            (ReadOnly, [PRIMARY, LOCKED], None, Some(1)),
            (ReadOnly, [STANDBY, LOCKED], None, Some(0)),
            (PreferStandby, [PRIMARY, STANDBY], Some(0), Some(1)),
            (PreferStandby, [PRIMARY, None], None, Some(0)),
            (Any, [STANDBY, PRIMARY], None, Some(0)),
            (Any, [STANDBY, PRIMARY], Some(1), Some(1)),
            (Any, [None, PRIMARY], Some(0), Some(1)),
        ] {
            assert_eq!(wanted.choose(&all, current), chosen, "{wanted:?} among {all:?}");
        }
    }
}

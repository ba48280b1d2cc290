//! Exit codes, as scripts rely on them.

use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: all is well.
    Fine,
    /// 1: a fault.
    Fault,
    /// 2: asked in the wrong way, or set in the wrong way.
    WrongUsage,
    /// 3: a `verify` found a difference and named the first.
    Difference,
    /// 75: not now, as mail servers read it (EX_TEMPFAIL): the message is to come again.
    Later,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Fine => 0,
            Exit::Fault => 1,
            Exit::WrongUsage => 2,
            Exit::Difference => 3,
            Exit::Later => 75,
        })
    }
}

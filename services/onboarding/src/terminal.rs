//! Talking to whoever typed the command: results on standard output, progress on standard error.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

/// How often progress is told where there is no terminal to redraw.
const PLAIN_INTERVAL: Duration = Duration::from_secs(3);

/// Writes a line of results.
pub fn say(line: impl std::fmt::Display) {
    // A pipe that nobody reads any more is no fault of the command; `println!` would panic at it.
    let mut output = std::io::stdout().lock();
    let _ = writeln!(output, "{line}").and_then(|()| output.flush());
}

/// Writes a result for a script.
pub fn say_json(result: &impl Serialize) -> anyhow::Result<()> {
    say(serde_json::to_string(result)?);
    Ok(())
}

/// Whether results are in colours: on a terminal, unless <https://no-color.org> is asked for.
pub fn paints() -> bool {
    let unwanted = std::env::var_os("NO_COLOR").is_some_and(|it| !it.is_empty());
    std::io::stdout().is_terminal() && !unwanted
}

/// Shows how far a long task has come: a bar with rate and remaining time on a terminal, else a line now and then. While
/// there is nothing to do there is no bar.
pub struct Progress {
    bar: ProgressBar,
    on_terminal: bool,
    told: Mutex<Instant>,
    what: &'static str,
}

impl Progress {
    /// Progress of a task.
    pub fn of(what: &'static str) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len} {per_sec} left {eta}") {
            bar.set_style(style);
        }
        bar.set_message(what);
        Self {
            bar,
            on_terminal: std::io::stderr().is_terminal(),
            told: Mutex::new(Instant::now()),
            what,
        }
    }

    /// So far, of how many.
    pub fn at(&self, position: u64, total: u64) {
        if total == 0 {
            return;
        }
        if self.on_terminal && self.bar.length() != Some(total) {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.set_length(total);
        self.bar.set_position(position);
        if !self.on_terminal
            && let Ok(mut last) = self.told.lock()
            && last.elapsed() >= PLAIN_INTERVAL
        {
            *last = Instant::now();
            let (rate, left) = (self.bar.per_sec(), self.bar.eta());
            eprintln!(
                "{}: {position} of {total}, {rate:.0} a second, {left:?} left",
                self.what
            );
        }
    }

    /// Done.
    pub fn done(&self) {
        self.bar.finish_and_clear();
    }
}

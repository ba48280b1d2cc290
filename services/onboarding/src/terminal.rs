//! Talking to whoever typed the command: results on standard output, progress on standard error.

use std::io::Write;
use std::time::Duration;

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

/// Shows how far a long task has come: a bar with rate and remaining time on a terminal, else a line now and then.
pub struct Progress {
    bar: ProgressBar,
    plain: Option<std::sync::Mutex<std::time::Instant>>,
    what: &'static str,
}

impl Progress {
    /// Progress of a task; `total` where it is known.
    pub fn of(what: &'static str, total: Option<u64>) -> Self {
        let bar = total.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
        let template = if total.is_some() {
            "{msg} {bar:30} {pos}/{len} {per_sec} left {eta}"
        } else {
            "{msg} {spinner} {pos} {per_sec} {elapsed}"
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(what);
        let on_terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
        if !on_terminal {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        let plain = (!on_terminal).then(|| std::sync::Mutex::new(std::time::Instant::now()));
        Self { bar, plain, what }
    }

    /// So far.
    pub fn at(&self, position: u64, total: Option<u64>) {
        if let Some(total) = total {
            self.bar.set_length(total);
        }
        self.bar.set_position(position);
        if let Some(last) = &self.plain
            && let Ok(mut last) = last.lock()
            && last.elapsed() >= PLAIN_INTERVAL
        {
            *last = std::time::Instant::now();
            let rate = self.bar.per_sec();
            match self.bar.length() {
                Some(length) => eprintln!(
                    "{}: {position} of {length}, {rate:.0} a second, {:?} left",
                    self.what,
                    self.bar.eta()
                ),
                None => eprintln!("{}: {position}, {rate:.0} a second", self.what),
            }
        }
    }

    /// Done.
    pub fn done(&self) {
        self.bar.finish_and_clear();
    }
}

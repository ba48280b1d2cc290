//! How far a large file is read: lines and their rate, and by the file's size what is left.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// How often progress is told where there is no terminal to redraw.
const PLAIN_INTERVAL: Duration = Duration::from_secs(3);

const WITH_SIZE: &str = "{bar:30} {bytes}/{total_bytes} {msg}";
/// Of what comes through a pipe nobody knows how much is left.
const WITHOUT_SIZE: &str = "{spinner} {msg}";

/// A bar on a terminal, else a line now and then. The bar goes when this is dropped.
pub struct FileProgress {
    what: &'static str,
    begun: Instant,
    bar: Option<ProgressBar>,
    told: Mutex<Instant>,
}

impl FileProgress {
    /// Of a file of this kind.
    pub fn of(what: &'static str) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::no_length();
            if let Ok(style) = ProgressStyle::with_template(WITHOUT_SIZE) {
                bar.set_style(style);
            }
            bar
        });
        let begun = Instant::now();
        Self {
            what,
            begun,
            bar,
            told: Mutex::new(begun),
        }
    }

    /// So many lines so far, and bytes of how many.
    pub fn at(&self, lines: u64, of_file: Option<(u64, u64)>) {
        let elapsed = self.begun.elapsed();
        if let Some(bar) = &self.bar {
            if let Some((read, size)) = of_file.filter(|(_, size)| *size > 0) {
                if bar.length().is_none()
                    && let Ok(style) = ProgressStyle::with_template(WITH_SIZE)
                {
                    bar.set_style(style);
                }
                bar.set_length(size);
                bar.set_position(read);
            }
            bar.set_message(told(lines, of_file, elapsed));
        } else if let Ok(mut last) = self.told.lock()
            && last.elapsed() >= PLAIN_INTERVAL
        {
            *last = Instant::now();
            eprintln!("{}: {}", self.what, told(lines, of_file, elapsed));
        }
    }
}

impl Drop for FileProgress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// The state of things in words. What is left is judged by the bytes on the disk, compressed or not.
fn told(lines: u64, of_file: Option<(u64, u64)>, elapsed: Duration) -> String {
    let seconds = elapsed.as_secs_f64().max(0.001);
    let mut text = format!("{lines} lines, {:.0} a second", lines as f64 / seconds);
    if let Some((read, size)) = of_file.filter(|(read, _)| *read > 0) {
        let left = seconds * size.saturating_sub(read) as f64 / read as f64;
        text += &format!(
            ", {:.0} % read, {left:.0} s left",
            100.0 * read as f64 / size as f64
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_follows_from_the_bytes_read() {
        let elapsed = Duration::from_secs(4);
        assert_eq!(
            told(8_000_000, Some((200, 1_000)), elapsed),
            "8000000 lines, 2000000 a second, 20 % read, 16 s left"
        );
        assert_eq!(told(10, None, elapsed), "10 lines, 2 a second");
    }
}

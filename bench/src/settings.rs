//! What every measurement can be told.

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;

/// Settings of a measurement.
#[derive(Clone, Debug, Parser)]
pub struct Settings {
    /// How long one window lasts, in seconds.
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// The binary to measure; unset: `onboarding` beside this program.
    #[arg(long)]
    program: Option<PathBuf>,
    /// Where servers keep their files while measured; it should lie on the disk that matters. Removed afterwards.
    #[arg(long, default_value = "target/bench")]
    pub folder: PathBuf,
}

impl Settings {
    /// How long one window lasts.
    pub fn window(&self) -> Duration {
        Duration::from_secs_f64(self.seconds.clamp(0.2, 600.0))
    }

    /// What runs before a window and is not counted.
    pub fn warm_up(&self) -> Duration {
        self.window() / 5
    }

    /// The binary to measure.
    ///
    /// # Errors
    /// When this program does not know where it lies itself.
    pub fn program(&self) -> anyhow::Result<PathBuf> {
        match &self.program {
            Some(program) => Ok(program.clone()),
            None => Ok(std::env::current_exe()?.with_file_name("onboarding")),
        }
    }
}

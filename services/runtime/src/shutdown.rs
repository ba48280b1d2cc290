//! When to stop: at SIGINT or SIGTERM, in good order; at the second one, at once.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal as listen};
use tokio_util::sync::CancellationToken;

/// The exit code of a program that a second signal ended, as a shell reports an interrupt.
const INTERRUPTED: i32 = 130;

/// A token that the first SIGINT or SIGTERM cancels. The second ends the program without waiting for anything:
/// embedded servers then follow by their parent-death signal, and nothing acknowledged is lost.
///
/// # Errors
/// When the signals cannot be listened to.
pub fn signal() -> io::Result<CancellationToken> {
    let mut interrupt = listen(SignalKind::interrupt())?;
    let mut terminate = listen(SignalKind::terminate())?;
    let stop = CancellationToken::new();
    let announced = stop.clone();
    tokio::spawn(async move {
        either(&mut interrupt, &mut terminate).await;
        tracing::info!("stopping");
        announced.cancel();
        either(&mut interrupt, &mut terminate).await;
        tracing::warn!("stopping at once");
        std::process::exit(INTERRUPTED);
    });
    Ok(stop)
}

async fn either(interrupt: &mut Signal, terminate: &mut Signal) {
    tokio::select! {
        _ = interrupt.recv() => (),
        _ = terminate.recv() => (),
    }
}

//! Argon2id behind a gate as wide as the cores, with a short queue.
//!
//! More hashes at once than cores lower the rate of all: on two cores, two at once made 63 a second and sixteen
//! made 39. What does not fit the queue is told to come back, so that a flood of passwords cannot starve the rest.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use argon2::password_hash::rand_core::OsRng;
use argon2::password_hash::{Output, PasswordHash, PasswordHasher, Salt, SaltString};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use tokio::sync::Semaphore;

use crate::Denied;

/// The algorithm's name, as in events.
pub const ALGORITHM: &str = "argon2id";
/// Memory of one hash, in KiB (OWASP's minimum for two passes).
const MEMORY_KIB: u32 = 19 * 1024;
/// Passes over the memory.
const PASSES: u32 = 2;
/// Lanes of one hash.
const LANES: u32 = 1;
/// How many hashes may wait for one core.
const QUEUE_PER_CORE: usize = 40;
/// What a client that finds the queue full is told to wait, in seconds.
const RETRY_AFTER_SECONDS: u64 = 2;

/// The gate. Cheap to clone.
#[derive(Clone)]
pub struct HashingGate {
    permits: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    queue_max: usize,
    blocks: Arc<Mutex<Vec<Vec<Block>>>>,
    decoy: Arc<str>,
}

impl HashingGate {
    /// A gate `width` hashes wide; the number of cores is the right width.
    ///
    /// # Errors
    /// A fault when the fixed parameters are refused by the library.
    pub fn new(width: usize) -> Result<Self, Denied> {
        let width = width.max(1);
        let salt = SaltString::generate(&mut OsRng);
        let decoy = argon2()?
            .hash_password(b"nobody's password", &salt)
            .map_err(|cause| Denied::fault(cause.to_string()))?;
        Ok(Self {
            permits: Arc::new(Semaphore::new(width)),
            waiting: Arc::default(),
            queue_max: width * QUEUE_PER_CORE,
            blocks: Arc::default(),
            decoy: decoy.to_string().into(),
        })
    }

    /// Hashes a password: a PHC string with its own salt.
    ///
    /// # Errors
    /// [`Denied::Busy`] when the queue is full.
    pub async fn hash(&self, password: &str) -> Result<String, Denied> {
        let (password, blocks) = (password.to_owned(), self.blocks.clone());
        self.through(move || {
            let salt = SaltString::generate(&mut OsRng);
            hash_with_kept_memory(&blocks, password.as_bytes(), &salt)
        })
        .await
    }

    /// Whether a password is the one of this PHC string.
    ///
    /// # Errors
    /// [`Denied::Busy`] when the queue is full.
    pub async fn verify(&self, password: &str, phc: &str) -> Result<bool, Denied> {
        let (password, phc, blocks) = (password.to_owned(), phc.to_owned(), self.blocks.clone());
        self.through(move || is_of(&blocks, password.as_bytes(), &phc))
            .await
    }

    /// Takes as long as a real check, so that time does not tell whether an account exists.
    ///
    /// # Errors
    /// [`Denied::Busy`] when the queue is full.
    pub async fn verify_decoy(&self, password: &str) -> Result<(), Denied> {
        let decoy = self.decoy.clone();
        self.verify(password, &decoy).await.map(|_| ())
    }

    /// Whether a stored hash was made with weaker parameters than today's.
    pub fn is_outdated(&self, phc: &str) -> bool {
        let current = PasswordHash::new(&self.decoy)
            .map(|it| (it.algorithm.to_string(), it.version, it.params.to_string()));
        let stored =
            PasswordHash::new(phc).map(|it| (it.algorithm.to_string(), it.version, it.params.to_string()));
        matches!((current, stored), (Ok(current), Ok(stored)) if current != stored)
    }

    async fn through<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, String> + Send + 'static,
    ) -> Result<T, Denied> {
        let place = Place::take(&self.waiting, self.queue_max).ok_or(Denied::Busy {
            retry_after_seconds: RETRY_AFTER_SECONDS,
        })?;
        let started = std::time::Instant::now();
        let permit = self
            .permits
            .clone()
            .acquire_owned()
            .await
            .map_err(Denied::fault)?;
        metrics::histogram!("onboarding_argon2_wait_seconds").record(started.elapsed().as_secs_f64());
        let outcome = tokio::task::spawn_blocking(move || {
            let outcome = work();
            drop(permit);
            outcome
        })
        .await;
        drop(place);
        outcome.map_err(Denied::fault)?.map_err(Denied::fault)
    }
}

/// A place in the queue, given back when dropped.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(waiting: &Arc<AtomicUsize>, max: usize) -> Option<Self> {
        let before = waiting.fetch_add(1, Ordering::Relaxed);
        let place = Self(waiting.clone());
        metrics::gauge!("onboarding_argon2_queue").set((before + 1) as f64);
        if before < max { Some(place) } else { None }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let left = self.0.fetch_sub(1, Ordering::Relaxed) - 1;
        metrics::gauge!("onboarding_argon2_queue").set(left as f64);
    }
}

fn argon2() -> Result<Argon2<'static>, Denied> {
    let params =
        Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|cause| Denied::fault(cause.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash_with_kept_memory(
    kept: &Mutex<Vec<Vec<Block>>>,
    password: &[u8],
    salt: &SaltString,
) -> Result<String, String> {
    let hasher = argon2().map_err(|it| it.to_string())?;
    let hashed = fill(
        kept,
        &hasher,
        password,
        salt.as_salt(),
        Params::DEFAULT_OUTPUT_LEN,
    )?;
    let phc = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: hasher.params().try_into().map_err(told)?,
        salt: Some(salt.as_salt()),
        hash: Some(hashed),
    };
    Ok(phc.to_string())
}

/// Whether the password is that of the PHC string, by the parameters that it names.
fn is_of(kept: &Mutex<Vec<Vec<Block>>>, password: &[u8], phc: &str) -> Result<bool, String> {
    let stored = PasswordHash::new(phc).map_err(told)?;
    let (Some(salt), Some(hash)) = (stored.salt, stored.hash) else {
        return Ok(false);
    };
    let version = stored.version.map_or(Ok(Version::default()), Version::try_from);
    let hasher = Argon2::new(
        Algorithm::try_from(stored.algorithm).map_err(told)?,
        version.map_err(|it| it.to_string())?,
        Params::try_from(&stored).map_err(told)?,
    );
    // Their comparison takes the same time whatever differs.
    Ok(fill(kept, &hasher, password, salt, hash.len())? == hash)
}

/// Keeping the memory between hashes saves the kernel from giving 19 MiB of zeroed pages to each; it is wiped after.
fn fill(
    kept: &Mutex<Vec<Vec<Block>>>,
    hasher: &Argon2<'_>,
    password: &[u8],
    salt: Salt<'_>,
    length: usize,
) -> Result<Output, String> {
    let mut blocks = kept.lock().ok().and_then(|mut it| it.pop()).unwrap_or_default();
    blocks.resize(hasher.params().block_count(), Block::default());
    let mut salt_bytes = [0u8; Salt::MAX_LENGTH];
    let salt_bytes = salt.decode_b64(&mut salt_bytes).map_err(told)?;
    let hashed = Output::init_with(length, |output| {
        Ok(hasher.hash_password_into_with_memory(password, salt_bytes, output, &mut blocks[..])?)
    });
    blocks.fill(Block::default());
    if let Ok(mut it) = kept.lock() {
        it.push(blocks);
    }
    hashed.map_err(told)
}

fn told(error: argon2::password_hash::Error) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_opens_its_own_hash_and_no_other() {
        let gate = HashingGate::new(1).unwrap();
        let phc = gate.hash("tr0mbone").await.unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        assert!(gate.verify("tr0mbone", &phc).await.unwrap());
        assert!(!gate.verify("tr0mbonf", &phc).await.unwrap());
        assert_ne!(
            phc,
            gate.hash("tr0mbone").await.unwrap(),
            "each hash has its own salt"
        );
    }

    #[tokio::test]
    async fn a_hash_of_other_parameters_is_still_opened() {
        let weaker = Params::new(8 * 1024, 1, 1, Some(24)).unwrap();
        let salt = SaltString::generate(&mut OsRng);
        let phc = Argon2::new(Algorithm::Argon2id, Version::V0x13, weaker)
            .hash_password(b"tr0mbone", &salt)
            .unwrap()
            .to_string();
        let gate = HashingGate::new(1).unwrap();
        assert!(gate.verify("tr0mbone", &phc).await.unwrap());
        assert!(!gate.verify("tr0mbonf", &phc).await.unwrap());
        assert!(gate.verify("tr0mbone", "no hash").await.is_err());
    }

    #[tokio::test]
    async fn weaker_parameters_are_outdated() {
        let gate = HashingGate::new(1).unwrap();
        assert!(!gate.is_outdated(&gate.hash("tr0mbone").await.unwrap()));
        assert!(gate.is_outdated("$argon2id$v=19$m=4096,t=1,p=1$c2FsdHNhbHQ$hE7ocQpxZ5W6TtBCXhQc4Q"));
    }

    #[tokio::test]
    async fn a_full_queue_says_come_back() {
        let gate = HashingGate {
            queue_max: 1,
            ..HashingGate::new(1).unwrap()
        };
        let (first, second) = tokio::join!(gate.hash("tr0mbone"), gate.hash("tr0mbone"));
        assert!(first.is_ok());
        assert!(matches!(second, Err(Denied::Busy { .. })));
    }
}

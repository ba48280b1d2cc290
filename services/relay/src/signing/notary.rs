//! Signs one log: remembers, looks, extends the tree, signs, remembers.

use std::collections::BTreeMap;

use store::{SignedLog, SigningTurn, Store};
use tlog::{Checkpoint, CheckpointError, Frontier, Hash, Signer};

use super::halt::{Halt, SigningError};
use super::memory::Memory;

/// How many entries are in memory at once.
const PAGE: u32 = 1_000;
/// How many hashes are read at once when all are looked at.
const HASH_PAGE: u64 = 50_000;

/// A checkpoint that was just signed.
pub(super) struct Signed {
    pub note: String,
}

/// One log's signer.
pub(super) struct Notary {
    store: Store,
    log: SignedLog,
    origin: String,
    signer: Signer,
    memory: Memory,
    /// The tree as it was last signed.
    tree: Option<Frontier>,
}

/// What a look found: a tree that may be signed.
struct Looked {
    turn: SigningTurn,
    tree: Frontier,
    filled: Vec<(u8, u64, Hash)>,
    /// The size of the database's last checkpoint, and of the file's.
    stored: Option<u64>,
    remembered: Option<u64>,
}

impl Notary {
    pub fn new(store: Store, log: SignedLog, origin: &str, signer: Signer, memory: Memory) -> Self {
        Self {
            store,
            log,
            origin: origin.to_owned(),
            signer,
            memory,
            tree: None,
        }
    }

    /// How many entries are covered.
    pub fn size(&self) -> u64 {
        self.tree.as_ref().map_or(0, Frontier::size)
    }

    /// Signs when the log has grown. `published` is what the bus remembers.
    pub async fn round(&mut self, published: Option<&str>) -> Result<Option<Signed>, SigningError> {
        let looked = self.look(published, true).await?;
        let size = looked.tree.size();
        if size == 0 {
            return Ok(None);
        }
        let signed = Checkpoint {
            origin: self.log.origin(&self.origin),
            size,
            root: looked.tree.root(),
        };
        let is_new = looked.stored != Some(size);
        let note = self.signer.sign(&signed.text()).to_string();
        // First the memory, then the database and with it the public: what is seen outside is never forgotten.
        if looked.remembered != Some(size) {
            self.leave_behind(&signed.origin)?;
            self.memory.write(&note)?;
        }
        if is_new {
            looked.turn.record(&signed, &note, &looked.filled).await?;
        }
        self.tree = Some(looked.tree);
        Ok(is_new.then_some(Signed { note }))
    }

    /// Puts aside what the file remembers of a log of another name.
    fn leave_behind(&self, origin: &str) -> Result<(), SigningError> {
        let Some(note) = self.memory.read()? else {
            return Ok(());
        };
        match note.lines().next() {
            Some(other) if other != origin => Ok(self.memory.leave(other, &note)?),
            _ => Ok(()),
        }
    }

    /// Looks as [`Self::round`] does, and signs nothing.
    pub async fn examine(&self) -> Result<(), SigningError> {
        self.look(None, false).await.map(drop)
    }

    /// Looks at every stored hash that the last signature covers.
    pub async fn recheck(&self) -> Result<(), SigningError> {
        let Some(signed) = &self.tree else { return Ok(()) };
        let size = signed.size();
        let mut tree = Frontier::default();
        while tree.size() < size {
            let count = HASH_PAGE.min(size - tree.size());
            let hashes = self.store.tile_hashes(self.log, 0, tree.size(), count).await?;
            if hashes.len() as u64 != count {
                return Err(Halt::Rewritten { size }.into());
            }
            hashes.into_iter().for_each(|hash| tree.push(hash));
        }
        if tree == *signed {
            Ok(())
        } else {
            Err(Halt::Rewritten { size }.into())
        }
    }

    async fn look(&self, published: Option<&str>, signs: bool) -> Result<Looked, SigningError> {
        let mut turn = self.store.signing_turn(self.log, &self.origin).await?;
        let head = match signs {
            // What a failover takes away must not be signed.
            true => self.store.replicated_head(self.log).await?,
            false => turn.head().await?,
        };
        let stored = match turn.latest().await? {
            Some(latest) => self.open("database", &latest.note)?,
            None => None,
        };
        let remembered = match self.memory.read()? {
            Some(note) => self.open("file", &note)?,
            None => None,
        };
        let left = match self.memory.left(&self.log.origin(&self.origin))? {
            Some(note) => self.open("file", &note)?,
            None => None,
        };
        let published = match published {
            Some(note) => self.open("bus", note)?,
            None => None,
        };
        let known = [&stored, &remembered, &left, &published];
        let longest = known
            .iter()
            .filter_map(|it| it.as_ref())
            .map(|it| it.size)
            .max()
            .unwrap_or(0);
        if head.position() < longest {
            return Err(Halt::Shorter {
                signed: longest,
                log: head.position(),
            }
            .into());
        }
        let start = self.start(stored.as_ref()).await?;
        let mut due = BTreeMap::new();
        for it in [&remembered, &left, &published].into_iter().flatten() {
            if it.size >= start.size() {
                if due.insert(it.size, it.root).is_some_and(|root| root != it.root) {
                    return Err(Halt::Rewritten { size: it.size }.into());
                }
            } else if self.root_at(it.size).await? != Some(it.root) {
                return Err(Halt::Rewritten { size: it.size }.into());
            }
        }
        let (tree, filled) = self.extend(start, head.position(), &due).await?;
        if tree != head.tree {
            return Err(Halt::Head { size: tree.size() }.into());
        }
        Ok(Looked {
            turn,
            tree,
            filled,
            stored: stored.map(|it| it.size),
            remembered: remembered.map(|it| it.size),
        })
    }

    /// The tree at the database's last checkpoint, which must have its root.
    async fn start(&self, stored: Option<&Checkpoint>) -> Result<Frontier, SigningError> {
        let Some(stored) = stored else {
            return Ok(Frontier::default());
        };
        let size = stored.size;
        let tree = match self.tree.clone().filter(|tree| tree.size() == size) {
            Some(tree) => Some(tree),
            None => self.store.tree_at(self.log, size).await?,
        };
        tree.filter(|tree| tree.root() == stored.root)
            .ok_or_else(|| Halt::Rewritten { size }.into())
    }

    async fn root_at(&self, size: u64) -> Result<Option<Hash>, SigningError> {
        Ok(self.store.tree_at(self.log, size).await?.map(|tree| tree.root()))
    }

    /// Adds entries up to the log's end. Each must have the hash that the log holds, and the tree the roots that are due.
    async fn extend(
        &self,
        mut tree: Frontier,
        size: u64,
        due: &BTreeMap<u64, Hash>,
    ) -> Result<(Frontier, Vec<(u8, u64, Hash)>), SigningError> {
        let mut filled = Vec::new();
        Self::compare(&tree, due)?;
        while tree.size() < size {
            let first = tree.size() + 1;
            for leaf in self.store.leaves(self.log, first, PAGE).await? {
                let position = tree.size() + 1;
                if position > size {
                    break;
                }
                if leaf.position != position {
                    return Err(Halt::Gap { position }.into());
                }
                if leaf.stored != leaf.recomputed {
                    return Err(Halt::Changed { position }.into());
                }
                tree.push_noting(leaf.stored, |level, index, hash| {
                    filled.push((level, index, hash))
                });
                Self::compare(&tree, due)?;
            }
            if tree.size() < first {
                return Err(Halt::Gap { position: first }.into());
            }
        }
        Ok((tree, filled))
    }

    fn compare(tree: &Frontier, due: &BTreeMap<u64, Hash>) -> Result<(), Halt> {
        match due.get(&tree.size()) {
            Some(root) if *root != tree.root() => Err(Halt::Rewritten { size: tree.size() }),
            _ => Ok(()),
        }
    }

    /// A remembered note; none when it is of a log of another name, which was left behind on purpose.
    fn open(&self, place: &'static str, note: &str) -> Result<Option<Checkpoint>, Halt> {
        match Checkpoint::open(note, self.signer.verifier()) {
            Ok((checkpoint, _)) => Ok(Some(checkpoint)),
            Err(CheckpointError::Origin) => Ok(None),
            Err(_) => Err(Halt::Foreign { place }),
        }
    }
}

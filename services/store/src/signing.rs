//! What signing a log needs of the database: whose turn it is, what was signed, hashes and tiles.
//!
//! Nothing read here is believed because it stands here: whoever signs or proves compares it with a signed root.

use chrono::{DateTime, Utc};
use sqlx::{Postgres, Row, Transaction};
use tlog::proof::{inclusion_ranges, verify_inclusion};
use tlog::tile::TILE_WIDTH;
use tlog::{Frontier, Hash, InclusionProof, Tile, Tiles};

use crate::error::StoreError;
use crate::log::LogHead;
use crate::{Checkpoint, Store};

/// A log that is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedLog {
    /// Every event.
    Events,
    /// Who looked.
    Accesses,
}

impl SignedLog {
    /// The log's name under this origin.
    pub fn origin(self, origin: &str) -> String {
        match self {
            Self::Events => origin.to_owned(),
            Self::Accesses => format!("{origin}/access"),
        }
    }

    /// Short and stable, for rows and labels.
    pub fn code(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Accesses => "accesses",
        }
    }

    pub(crate) fn head(self) -> &'static str {
        match self {
            Self::Events => "SELECT size, frontier FROM public.log_head",
            Self::Accesses => "SELECT size, frontier FROM public.access_log_head",
        }
    }

    fn leaves(self) -> &'static str {
        match self {
            Self::Events => {
                "SELECT leaf_hash FROM public.events WHERE position BETWEEN $1 AND $2 ORDER BY position"
            }
            Self::Accesses => {
                "SELECT leaf_hash FROM public.access_log WHERE position BETWEEN $1 AND $2 ORDER BY position"
            }
        }
    }
}

/// A place in a log with the hash that is stored and the hash that its row has now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// From 1.
    pub position: u64,
    /// As stored.
    pub stored: Hash,
    /// As it follows from the row.
    pub recomputed: Hash,
}

/// The turn to sign one log: while it is held, no other program signs that log of this database.
pub struct SigningTurn {
    transaction: Transaction<'static, Postgres>,
    log: SignedLog,
    origin: String,
}

impl std::fmt::Debug for SigningTurn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningTurn({})", self.origin)
    }
}

impl SigningTurn {
    /// Where the log ends.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn head(&mut self) -> Result<LogHead, StoreError> {
        Ok(sqlx::query_as(self.log.head())
            .fetch_one(&mut *self.transaction)
            .await?)
    }

    /// The largest checkpoint of this log under this name.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn latest(&mut self) -> Result<Option<Checkpoint>, StoreError> {
        let row: Option<CheckpointRow> = sqlx::query_as(LATEST)
            .bind(&self.origin)
            .fetch_optional(&mut *self.transaction)
            .await?;
        Ok(row.map(checkpoint))
    }

    /// Keeps a signed checkpoint and the roots of tiles that its tree filled, and ends the turn.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then nothing was kept.
    pub async fn record(
        mut self,
        signed: &tlog::Checkpoint,
        note: &str,
        filled: &[(u8, u64, Hash)],
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO public.log_nodes (log, level, index, hash)
             SELECT $1, n.level, n.index, n.hash FROM unnest($2::smallint[], $3::bigint[], $4::bytea[]) AS n(level, index, hash)
             ON CONFLICT DO NOTHING",
        )
        .bind(self.log.code())
        .bind(filled.iter().map(|it| i16::from(it.0)).collect::<Vec<_>>())
        .bind(filled.iter().map(|it| bigint(it.1)).collect::<Vec<_>>())
        .bind(filled.iter().map(|it| &it.2[..]).collect::<Vec<_>>())
        .execute(&mut *self.transaction)
        .await?;
        sqlx::query(
            "INSERT INTO public.checkpoints (origin, size, root, note) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        )
        .bind(&self.origin)
        .bind(bigint(signed.size))
        .bind(&signed.root[..])
        .bind(note)
        .execute(&mut *self.transaction)
        .await?;
        if self.log == SignedLog::Accesses {
            sqlx::query(
                "INSERT INTO public.access_checkpoints (size, root, note) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            )
            .bind(bigint(signed.size))
            .bind(&signed.root[..])
            .bind(note)
            .execute(&mut *self.transaction)
            .await?;
        }
        Ok(self.transaction.commit().await?)
    }
}

type CheckpointRow = (i64, [u8; 32], String, DateTime<Utc>);

const LATEST: &str = "
    SELECT size, root, note, signed_at FROM public.checkpoints WHERE origin = $1 ORDER BY size DESC LIMIT 1";

fn checkpoint((size, root, note, signed_at): CheckpointRow) -> Checkpoint {
    Checkpoint {
        size: size.unsigned_abs(),
        root,
        note,
        signed_at,
    }
}

impl Store {
    /// Waits for the turn to sign this log under this name. It ends when it is recorded or dropped.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn signing_turn(&self, log: SignedLog, origin: &str) -> Result<SigningTurn, StoreError> {
        let mut transaction = database::begin(self.pool()).await?;
        sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended('signing ' || $1, 0))")
            .bind(log.code())
            .execute(&mut *transaction)
            .await?;
        Ok(SigningTurn {
            transaction,
            log,
            origin: log.origin(origin),
        })
    }

    /// The largest checkpoint of the log of this name.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn latest_checkpoint(&self, origin: &str) -> Result<Option<Checkpoint>, StoreError> {
        let row: Option<CheckpointRow> = sqlx::query_as(LATEST)
            .bind(origin)
            .fetch_optional(self.pool())
            .await?;
        Ok(row.map(checkpoint))
    }

    /// Up to `limit` checkpoints of the log of this name, larger than `after`, smallest first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn checkpoints(
        &self,
        origin: &str,
        after: u64,
        limit: u32,
    ) -> Result<Vec<Checkpoint>, StoreError> {
        let rows: Vec<CheckpointRow> = sqlx::query_as(
            "SELECT size, root, note, signed_at FROM public.checkpoints
              WHERE origin = $1 AND size > $2 ORDER BY size LIMIT $3",
        )
        .bind(origin)
        .bind(bigint(after))
        .bind(i64::from(limit))
        .fetch_all(self.pool())
        .await?;
        Ok(rows.into_iter().map(checkpoint).collect())
    }

    /// Hashes of a level of the log's tiles, from this index on and as many as there are up to `count`: at level 0 the
    /// leaves'.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn tile_hashes(
        &self,
        log: SignedLog,
        level: u8,
        first: u64,
        count: u64,
    ) -> Result<Vec<Hash>, StoreError> {
        let query = match level {
            0 => sqlx::query(log.leaves())
                .bind(bigint(first + 1))
                .bind(bigint(first + count)),
            _ => sqlx::query(
                "SELECT hash FROM public.log_nodes
                  WHERE log = $3 AND level = $4 AND index BETWEEN $1 AND $2 ORDER BY index",
            )
            .bind(bigint(first))
            .bind(bigint(first + count - 1))
            .bind(log.code())
            .bind(i16::from(level)),
        };
        let rows = query.fetch_all(self.pool()).await?;
        Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
    }

    /// A tile's bytes; none where the log does not have all of its hashes.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn tile(&self, log: SignedLog, tile: Tile) -> Result<Option<Vec<u8>>, StoreError> {
        let hashes = self
            .tile_hashes(log, tile.level, tile.number * TILE_WIDTH, tile.width)
            .await?;
        Ok((hashes.len() as u64 == tile.width).then(|| hashes.concat()))
    }

    /// Fetches the tiles from which the tree of the first `size` leaves can be told, and those that `ranges` need
    /// beside them. A tile that is missing stays missing.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn tiles(
        &self,
        log: SignedLog,
        size: u64,
        ranges: &[std::ops::Range<u64>],
    ) -> Result<Tiles, StoreError> {
        let mut tiles = Tiles::of(size);
        let whole = 0..size;
        for tile in tiles.needed(&[ranges, &[whole]].concat()) {
            if let Some(bytes) = self.tile(log, tile).await? {
                tiles.add(tile, &bytes);
            }
        }
        Ok(tiles)
    }

    /// The tree over the first `size` leaves, by the stored tiles; none when one is missing.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn tree_at(&self, log: SignedLog, size: u64) -> Result<Option<Frontier>, StoreError> {
        Ok(self.tiles(log, size, &[]).await?.frontier())
    }

    /// Up to `limit` leaves from this position on, each with the hash that its row has now.
    ///
    /// # Errors
    /// [`StoreError::Database`], or [`StoreError::Corrupt`] when a row is not of the store's making.
    pub async fn leaves(
        &self,
        log: SignedLog,
        from_position: u64,
        limit: u32,
    ) -> Result<Vec<Leaf>, StoreError> {
        Ok(match log {
            SignedLog::Events => {
                let entries = self.read_log(from_position, limit).await?;
                let leaf = |it: &crate::LogEntry| Leaf {
                    position: it.position,
                    stored: it.leaf_hash,
                    recomputed: it.recomputed_leaf_hash(),
                };
                entries.iter().map(leaf).collect()
            }
            SignedLog::Accesses => {
                let accesses = self.read_accesses(from_position, limit).await?;
                let leaf = |it: &crate::Access| Leaf {
                    position: it.position,
                    stored: it.leaf_hash,
                    recomputed: it.recomputed_leaf_hash(),
                };
                accesses.iter().map(leaf).collect()
            }
        })
    }

    /// The proof that the entry at this position is in the log of this name, under its latest checkpoint; none until one
    /// covers it.
    ///
    /// # Errors
    /// [`StoreError::Database`], or [`StoreError::Corrupt`] when the tiles do not come to the signed root.
    pub async fn prove(
        &self,
        log: SignedLog,
        origin: &str,
        position: u64,
    ) -> Result<Option<InclusionProof>, StoreError> {
        let latest = self.latest_checkpoint(&log.origin(origin)).await?;
        let Some(latest) = latest.filter(|it| (1..=it.size).contains(&position)) else {
            return Ok(None);
        };
        let index = position - 1;
        let ranges = inclusion_ranges(index, latest.size).unwrap_or_default();
        let tiles = self.tiles(log, latest.size, &ranges).await?;
        let leaf = self.tile_hashes(log, 0, index, 1).await?;
        let (Some(hashes), [leaf]) = (tiles.inclusion(index), &leaf[..]) else {
            return Err(StoreError::Corrupt("log_nodes"));
        };
        if !verify_inclusion(leaf, index, latest.size, &latest.root, &hashes) {
            return Err(StoreError::Corrupt("log.leaf_hash"));
        }
        Ok(Some(InclusionProof {
            index,
            hashes,
            checkpoint: latest.note,
        }))
    }
}

pub(crate) fn bigint(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

//! Chance that can be repeated: every draw of a run comes from one number.
//!
//! SplitMix64, written out here so that a seed means the same schedule whatever libraries come and go.

use std::time::Duration;

/// A source of draws.
#[derive(Clone, Debug)]
pub struct Seed(u64);

impl Seed {
    /// The source that this number names.
    pub fn new(number: u64) -> Self {
        Self(number)
    }

    /// A source of its own for a part of the run, so that what one part draws does not move another's draws.
    pub fn branch(&self, name: &str) -> Self {
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let mut branch = Self(self.0 ^ hash);
        branch.draw();
        branch
    }

    /// The next draw.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below this one, which is above nought.
    pub fn below(&mut self, end: u64) -> u64 {
        self.draw() % end
    }

    /// True so many times in a hundred.
    pub fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    /// A time between the two.
    pub fn between(&mut self, least: Duration, most: Duration) -> Duration {
        let span = most.saturating_sub(least).as_millis() as u64;
        least + Duration::from_millis(self.below(span + 1))
    }

    /// One of these.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len() as u64) as usize]
    }

    /// Puts these in another order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last as u64 + 1) as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed apart, from the published algorithm. Schedules that were printed once can be run again while this holds.
    #[test]
    fn a_seed_draws_the_same_numbers_for_ever() {
        let mut seed = Seed::new(1_234_567);
        let drawn = [seed.draw(), seed.draw(), seed.draw()];
        assert_eq!(
            drawn,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423
            ]
        );
    }

    #[test]
    fn branches_do_not_move_each_other() {
        let root = Seed::new(7);
        let (mut one, mut other) = (root.branch("load"), root.branch("load"));
        root.branch("schedule").draw();
        assert_eq!(one.draw(), other.draw());
        assert_ne!(root.branch("load").draw(), root.branch("schedule").draw());
    }
}

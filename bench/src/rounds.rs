//! What several rounds of the same measurements showed, by build: medians, spread, and what they are beside a limit.
//!
//! Every program of `bench/` ends with its rows as JSON. In a row, text and whole numbers say which row it is, save counts of
//! bytes; numbers with a fraction, and whatever stands in an object within, are figures.

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use serde_json::Value;

/// A measured figure beside a limit of the same run: a rate.
pub const OF_THE_LIMIT: &str = "of_the_limit";
/// The same of a closed loop's latency, beside the latency that the limit has at as many clients.
pub const OF_THE_LIMITS_LATENCY: &str = "p50_of_the_limits_latency";

const RATE: &str = "measured.per_second";
const P50: &str = "measured.p50_ms";
/// What the ground could do alone, by the name of its member.
const LIMITS: [&str; 2] = ["pgbench_per_second", "bare_per_second"];

/// Middle, least and most of what the rounds showed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// The median.
    pub median: f64,
    /// The least.
    pub min: f64,
    /// The most.
    pub max: f64,
}

impl Spread {
    /// Of these values; nothing when there are none.
    pub fn of(values: &[f64]) -> Option<Self> {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let (min, max) = (*sorted.first()?, *sorted.last()?);
        let upper = sorted.len() / 2;
        let median = match sorted.len() % 2 {
            1 => sorted[upper],
            _ => f64::midpoint(sorted[upper - 1], sorted[upper]),
        };
        Some(Self { median, min, max })
    }

    /// Whether some value may belong to either.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.min <= other.max && other.min <= self.max
    }
}

/// Which way a figure should go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// A rate, a share.
    More,
    /// A time, a size.
    Less,
    /// A limit: it tells how the machine was.
    Neither,
}

/// Which way the figure of this name should go.
pub fn better(figure: &str) -> Better {
    let last = figure.rsplit('.').next().unwrap_or(figure);
    if LIMITS.contains(&figure) || figure.starts_with("hashing") {
        Better::Neither
    } else if last.ends_with("per_second") || last.starts_with("share_of") || last == OF_THE_LIMIT {
        Better::More
    } else {
        Better::Less
    }
}

/// What a newcomer calls the figure of this name.
pub fn told(figure: &str) -> String {
    let cpu = figure.strip_prefix("cpu_ms.");
    match figure {
        RATE | "per_second" => "a second".to_owned(),
        P50 | "p50_ms" => "p50, ms".to_owned(),
        "measured.p99_ms" | "p99_ms" => "p99, ms".to_owned(),
        "pgbench_per_second" | "bare_per_second" => "limit: pgbench's inserts a second".to_owned(),
        "hashing.per_second" => "limit: hashes a second".to_owned(),
        OF_THE_LIMIT => "beside the limit".to_owned(),
        OF_THE_LIMITS_LATENCY => "p50 beside the limit's latency".to_owned(),
        _ => match cpu {
            Some(program) => format!("CPU ms each: {program}"),
            None => figure.replace('.', ": ").replace('_', " "),
        },
    }
}

/// One row, as the rounds showed it.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// Which row it is: names first, then numbers with what they count.
    pub name: String,
    /// Its figures by name, and the values of each build, one a round.
    pub figures: BTreeMap<String, Vec<Vec<f64>>>,
    /// Its whole numbers.
    pub numbers: BTreeMap<String, u64>,
}

/// One program's rows.
#[derive(Clone, Debug, Default)]
pub struct Measurement {
    /// The heading of its table.
    pub title: String,
    /// What stands below its table.
    pub notes: String,
    /// Its rows, in their order.
    pub rows: Vec<Row>,
}

/// All measurements, in the order in which they came.
#[derive(Clone, Debug, Default)]
pub struct Rounds {
    /// The measurements.
    pub measurements: Vec<Measurement>,
}

impl Rounds {
    /// Adds what a program printed when it measured this build, 0 or 1.
    ///
    /// # Errors
    /// When there is no figure in it.
    pub fn add(&mut self, build: usize, output: &str) -> anyhow::Result<()> {
        let mut found = false;
        for section in output
            .split("\n## ")
            .map(|it| it.strip_prefix("## ").unwrap_or(it))
        {
            let Some((before, rest)) = section.split_once("```json\n") else {
                continue;
            };
            let json = rest.split("\n```").next().unwrap_or_default();
            let title = before.lines().next().unwrap_or_default();
            let notes = before
                .lines()
                .skip(1)
                .filter(|it| !it.starts_with('|') && !it.is_empty());
            let notes = notes.collect::<Vec<_>>().join("\n");
            let value = serde_json::from_str(json).with_context(|| format!("the figures of \"{title}\""))?;
            self.add_section(build, title, notes, &value)?;
            found = true;
        }
        ensure!(found, "no figures in it");
        Ok(())
    }

    fn add_section(&mut self, build: usize, title: &str, notes: String, value: &Value) -> anyhow::Result<()> {
        // Rows, or an object with them and with what holds for all.
        let (rows, for_all) = match value {
            Value::Object(members) => (members.get("rows").and_then(Value::as_array), Some(members)),
            _ => (value.as_array(), None),
        };
        let rows = rows.with_context(|| format!("\"{title}\" has no rows"))?;
        let at = match self.measurements.iter().position(|it| it.title == title) {
            Some(at) => at,
            None => {
                self.measurements.push(Measurement {
                    title: title.to_owned(),
                    ..Measurement::default()
                });
                self.measurements.len() - 1
            }
        };
        let measurement = &mut self.measurements[at];
        measurement.notes = notes;
        for row in rows {
            let mut one = One::of(row);
            for (name, value) in for_all.into_iter().flatten().filter(|it| it.0 != "rows") {
                one.read(name, value, false);
            }
            one.beside_the_limit();
            measurement.add(build, one);
        }
        Ok(())
    }
}

impl Measurement {
    fn add(&mut self, build: usize, one: One) {
        let name = one.name();
        let at = match self.rows.iter().position(|it| it.name == name) {
            Some(at) => at,
            None => {
                self.rows.push(Row {
                    name,
                    numbers: one.numbers.into_iter().collect(),
                    ..Row::default()
                });
                self.rows.len() - 1
            }
        };
        for (figure, value) in one.figures {
            let builds = self.rows[at].figures.entry(figure).or_default();
            if builds.len() <= build {
                builds.resize(build + 1, Vec::new());
            }
            builds[build].push(value);
        }
    }
}

/// A row as one run printed it.
#[derive(Default)]
struct One {
    names: Vec<String>,
    numbers: Vec<(String, u64)>,
    figures: BTreeMap<String, f64>,
}

impl One {
    fn of(row: &Value) -> Self {
        let mut one = Self::default();
        for (name, value) in row.as_object().into_iter().flatten() {
            one.read(name, value, true);
        }
        one
    }

    fn read(&mut self, name: &str, value: &Value, says_which: bool) {
        match value {
            Value::String(text) if says_which => self.names.push(text.clone()),
            Value::Number(number) => match number.as_u64() {
                Some(number) if says_which && !counts_bytes(name) => {
                    self.numbers.push((name.to_owned(), number))
                }
                _ => drop(number.as_f64().map(|it| self.figures.insert(name.to_owned(), it))),
            },
            Value::Object(members) => {
                // How many there were in the window says no more than the rate does.
                for (member, value) in members.iter().filter(|it| it.0 != "count") {
                    self.read(&format!("{name}.{member}"), value, false);
                }
            }
            _ => {}
        }
    }

    fn name(&self) -> String {
        let numbers = self
            .numbers
            .iter()
            .map(|(name, number)| format!("{}: {number}", name.replace('_', " ")));
        self.names
            .iter()
            .cloned()
            .chain(numbers)
            .collect::<Vec<_>>()
            .join(", ")
    }

    fn beside_the_limit(&mut self) {
        let limit = LIMITS.iter().find_map(|name| self.figures.get(*name)).copied();
        let Some(limit) = limit.filter(|it| *it > 0.0) else {
            return;
        };
        if let Some(rate) = self.figures.get(RATE) {
            self.figures.insert(OF_THE_LIMIT.to_owned(), rate / limit);
        }
        let clients = self.numbers.iter().find(|it| it.0 == "clients").map(|it| it.1);
        if let (Some(clients), Some(p50)) = (clients, self.figures.get(P50)) {
            let latency = clients as f64 * 1_000.0 / limit;
            self.figures
                .insert(OF_THE_LIMITS_LATENCY.to_owned(), p50 / latency);
        }
    }
}

fn counts_bytes(name: &str) -> bool {
    name.ends_with("bytes") || name.ends_with("_kib")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `bench-appends` prints, shortened.
    fn output(rate: f64, p50: f64) -> String {
        format!(
            "## Starts\n\n| clients | starts/s |\n| --- | --- |\n| 8 | {rate} |\n\nA note.\n\n```json\n\
             [{{\"clients\":8,\"kind\":\"newcomers\",\"measured\":{{\"count\":9,\"per_second\":{rate:?},\"p50_ms\":{p50:?}}},\
             \"pgbench_per_second\":4000.0,\"cpu_ms\":{{\"client\":0.5}}}}]\n```\n\n"
        )
    }

    #[test]
    fn the_middle_of_the_rounds_counts() {
        let spread = |values: &[f64]| Spread::of(values).map(|it| (it.min, it.median, it.max));
        assert_eq!(spread(&[3.0, 1.0, 2.0]), Some((1.0, 2.0, 3.0)));
        assert_eq!(spread(&[4.0, 1.0, 2.0, 3.0]), Some((1.0, 2.5, 4.0)));
        assert_eq!(spread(&[7.0]), Some((7.0, 7.0, 7.0)));
        assert_eq!(spread(&[]), None);
    }

    #[test]
    fn spreads_that_touch_overlap() {
        let spread = |min, max| Spread {
            median: min,
            min,
            max,
        };
        assert!(spread(1.0, 2.0).overlaps(&spread(2.0, 3.0)));
        assert!(spread(1.0, 9.0).overlaps(&spread(2.0, 3.0)));
        assert!(!spread(1.0, 2.0).overlaps(&spread(2.1, 3.0)));
    }

    #[test]
    fn rounds_of_two_builds_come_together_by_row() {
        let mut rounds = Rounds::default();
        rounds.add(0, &output(1_000.0, 8.0)).unwrap();
        rounds.add(1, &output(500.0, 16.0)).unwrap();
        rounds.add(0, &output(2_000.0, 4.0)).unwrap();
        let [measurement] = &rounds.measurements[..] else {
            panic!("one measurement")
        };
        assert_eq!(
            (measurement.title.as_str(), measurement.notes.as_str()),
            ("Starts", "A note.")
        );
        let [row] = &measurement.rows[..] else {
            panic!("one row")
        };
        assert_eq!(row.name, "newcomers, clients: 8");
        assert_eq!(row.figures[RATE], [vec![1_000.0, 2_000.0], vec![500.0]]);
        assert_eq!(row.figures["cpu_ms.client"], [vec![0.5, 0.5], vec![0.5]]);
        assert!(!row.figures.contains_key("measured.count"));
    }

    #[test]
    fn a_figure_is_told_beside_the_limit_of_its_own_run() {
        let mut rounds = Rounds::default();
        rounds.add(0, &output(1_000.0, 8.0)).unwrap();
        let figures = &rounds.measurements[0].rows[0].figures;
        assert_eq!(figures[OF_THE_LIMIT], [vec![0.25]]);
        // Eight clients at 4,000 a second wait for 2 ms each.
        assert_eq!(figures[OF_THE_LIMITS_LATENCY], [vec![4.0]]);
    }

    #[test]
    fn what_holds_for_all_rows_stands_in_each() {
        let mut rounds = Rounds::default();
        let output = "## Journeys\n\n```json\n{\"hashing\":{\"count\":1,\"per_second\":50.0},\
                      \"rows\":[{\"journey\":\"whole\",\"share_of_hashing\":0.5}]}\n```\n";
        rounds.add(0, output).unwrap();
        let row = &rounds.measurements[0].rows[0];
        assert_eq!(
            (row.name.as_str(), &row.figures["hashing.per_second"]),
            ("whole", &vec![vec![50.0]])
        );
        assert!(rounds.add(0, "nothing").is_err());
    }

    #[test]
    fn every_figure_knows_its_better_way() {
        assert_eq!(better(RATE), Better::More);
        assert_eq!(better("share_of_hashing"), Better::More);
        assert_eq!(better("cpu_ms.postgres"), Better::Less);
        assert_eq!(better("used.pss_kib"), Better::Less);
        assert_eq!(better("pgbench_per_second"), Better::Neither);
        assert_eq!(better("hashing.p50_ms"), Better::Neither);
    }
}

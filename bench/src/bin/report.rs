//! One page of what several rounds showed, for whoever was not there: medians, spread, two builds side by side, charts.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use bench::chart::{self, Bars};
use bench::report::figure;
use bench::rounds::{Better, Measurement, OF_THE_LIMIT, Rounds, Row, Spread, better, told};
use clap::Parser;

/// Figures that are drawn, each in a chart of its own where a measurement has it.
const DRAWN: [&[&str]; 3] = [
    &["measured.per_second", "per_second"],
    &["measured.p50_ms", "p50_ms", "alone.p50_ms"],
    &["used.pss_kib"],
];

#[derive(Parser)]
struct Asked {
    /// What is to stand above the tables, in Markdown.
    #[arg(long)]
    about: PathBuf,
    /// The page; charts go beside it.
    #[arg(long)]
    page: PathBuf,
    /// What the programs printed when they measured this build: one file a measurement and round.
    #[arg(long, num_args = 1.., required = true)]
    new: Vec<PathBuf>,
    /// The same of the build that it is compared with.
    #[arg(long, num_args = 1..)]
    other: Vec<PathBuf>,
}

fn main() -> anyhow::Result<()> {
    let asked = Asked::parse();
    let mut rounds = Rounds::default();
    for (build, files) in [&asked.new, &asked.other].into_iter().enumerate() {
        for file in files {
            let told = || file.display().to_string();
            rounds
                .add(build, &std::fs::read_to_string(file).with_context(told)?)
                .with_context(told)?;
        }
    }
    let builds: &[&str] = match asked.other.is_empty() {
        true => &["new"],
        false => &["new", "other"],
    };
    let mut page = std::fs::read_to_string(&asked.about)?;
    page += &how_to_read(builds.len() == 2);
    for measurement in &rounds.measurements {
        page += &section(measurement, builds, &asked.page)?;
    }
    std::fs::write(&asked.page, page)?;
    Ok(())
}

fn how_to_read(compares: bool) -> String {
    let mut text = "
## How to read this page

- Each line is one figure: its median over the rounds, and in brackets the least and the most. Rates (\"a second\") should be high;
  times, CPU and memory low.
- \"Beside the limit\" divides by what the ground could do alone in the same run: pgbench's single-row insert on the same
  PostgreSQL for what writes. 1 would be as fast as the bare database. It moves less between runs than rates do.
- Client, service, PostgreSQL and NATS share the cores, so the client's own cost is told too. What runs beside it moves every rate; the CPU
  time of each request moves least.
- In the charts a bar is the median and the thin line on it the spread; a red line is the limit.
"
    .to_owned();
    if compares {
        text += "- Both builds were asked by the same client, in turn, within minutes. \"New / other\" is of the medians. It counts as better or worse
  only where the spreads do not touch; else the rounds do not tell.
";
    }
    text
}

fn section(measurement: &Measurement, builds: &[&str], page: &Path) -> anyhow::Result<String> {
    let mut text = format!("\n## {}\n\n", measurement.title);
    for figures in DRAWN {
        let Some(drawn) = figures
            .iter()
            .find(|it| measurement.rows.iter().any(|row| row.figures.contains_key(**it)))
        else {
            continue;
        };
        let title = format!("{}: {}", measurement.title, told(drawn));
        let file = file_of(page, &title)?;
        std::fs::write(
            page.with_file_name(&file),
            draw(&title, measurement, drawn, builds),
        )?;
        let way = match better(drawn) {
            Better::More => "Longer is better",
            _ => "Shorter is better",
        };
        let _ = write!(text, "![{title}]({file})\n\n{way}.\n\n");
    }
    text += match builds.len() {
        2 => "| what | figure | new | other | new / other | |\n| --- | --- | --- | --- | --- | --- |\n",
        _ => "| what | figure | median | |\n| --- | --- | --- | --- |\n",
    };
    for row in &measurement.rows {
        for (figure, values) in &row.figures {
            text += &line(row, figure, values, builds.len() == 2);
        }
    }
    if !measurement.notes.is_empty() {
        let _ = write!(text, "\n{}\n", measurement.notes);
    }
    Ok(text)
}

fn line(row: &Row, name: &str, values: &[Vec<f64>], compares: bool) -> String {
    let spread = |build: usize| values.get(build).and_then(|it| Spread::of(it));
    let shown = |it: Option<Spread>| {
        it.map_or_else(
            || "–".to_owned(),
            |it| {
                format!(
                    "**{}** ({} to {})",
                    figure(it.median),
                    figure(it.min),
                    figure(it.max)
                )
            },
        )
    };
    let (new, other) = (spread(0), spread(1));
    if !compares {
        return format!("| {} | {} | {} | |\n", row.name, told(name), shown(new));
    }
    let (ratio, verdict) = match new.zip(other) {
        Some((new, other)) if other.median != 0.0 => (
            format!("{} ×", figure(new.median / other.median)),
            verdict(name, &new, &other),
        ),
        _ => ("–".to_owned(), ""),
    };
    format!(
        "| {} | {} | {} | {} | {ratio} | {verdict} |\n",
        row.name,
        told(name),
        shown(new),
        shown(other)
    )
}

fn verdict(name: &str, new: &Spread, other: &Spread) -> &'static str {
    match better(name) {
        Better::Neither => "the machine",
        _ if new.overlaps(other) => "the rounds do not tell",
        Better::More if new.median > other.median => "better",
        Better::Less if new.median < other.median => "better",
        _ => "worse",
    }
}

/// A curve where rows differ by the size of the store, else bars.
fn draw(title: &str, measurement: &Measurement, drawn: &str, builds: &[&str]) -> String {
    let spreads = |row: &Row| {
        let values = row.figures.get(drawn);
        let of = |build| {
            values
                .and_then(|it| it.get(build))
                .and_then(|it: &Vec<f64>| Spread::of(it))
        };
        (0..builds.len()).map(of).collect::<Vec<_>>()
    };
    let sizes: Option<Vec<u64>> = measurement
        .rows
        .iter()
        .map(|row| row.numbers.get("registrations").copied())
        .collect();
    if let Some(sizes) = sizes.filter(|it| it.len() > 2) {
        let rows: Vec<_> = measurement.rows.iter().map(spreads).collect();
        let points: Vec<Vec<_>> = (0..builds.len())
            .map(|build| rows.iter().map(|row| row[build]).collect())
            .collect();
        return chart::curve(title, builds, &sizes, &points);
    }
    let rows: Vec<Bars> = measurement
        .rows
        .iter()
        .map(|row| Bars {
            name: row.name.clone(),
            builds: spreads(row),
            limit: limit(row, drawn),
        })
        .collect();
    chart::bars(title, builds, &rows)
}

/// The limit of a rate, out of the rate and its share.
fn limit(row: &Row, drawn: &str) -> Option<f64> {
    let median = |name: &str| Spread::of(row.figures.get(name)?.first()?).map(|it| it.median);
    (better(drawn) == Better::More).then(|| Some(median(drawn)? / median(OF_THE_LIMIT)?))?
}

/// The page's name, and the chart's in small letters.
fn file_of(page: &Path, title: &str) -> anyhow::Result<String> {
    let stem = page
        .file_stem()
        .and_then(|it| it.to_str())
        .context("the page has no name")?;
    let words: String = title
        .to_lowercase()
        .chars()
        .map(|it| if it.is_ascii_alphanumeric() { it } else { ' ' })
        .collect();
    let words: Vec<_> = words.split_whitespace().collect();
    Ok(format!("{stem}-{}.svg", words.join("-")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(values: &[f64]) -> Spread {
        Spread::of(values).unwrap()
    }

    #[test]
    fn a_difference_counts_where_spreads_do_not_touch() {
        let (slow, fast, between) = (spread(&[1.0, 2.0]), spread(&[3.0, 4.0]), spread(&[2.0, 3.0]));
        assert_eq!(verdict("measured.per_second", &fast, &slow), "better");
        assert_eq!(verdict("measured.per_second", &slow, &fast), "worse");
        assert_eq!(verdict("measured.p50_ms", &slow, &fast), "better");
        assert_eq!(
            verdict("measured.p50_ms", &between, &fast),
            "the rounds do not tell"
        );
        assert_eq!(verdict("pgbench_per_second", &fast, &slow), "the machine");
    }

    #[test]
    fn a_line_tells_medians_spread_and_ratio() {
        let row = Row {
            name: "newcomers".to_owned(),
            ..Row::default()
        };
        let values = [vec![200.0, 400.0, 300.0], vec![100.0]];
        assert_eq!(
            line(&row, "measured.per_second", &values, true),
            "| newcomers | a second | **300** (200 to 400) | **100** (100 to 100) | 3.00 × | better |\n"
        );
        assert_eq!(
            line(&row, "measured.per_second", &values[..1], true),
            "| newcomers | a second | **300** (200 to 400) | – | – |  |\n"
        );
    }

    #[test]
    fn a_chart_lies_beside_the_page() {
        let file = file_of(Path::new("a/2026-11-30.md"), "Starts: `POST` a second").unwrap();
        assert_eq!(file, "2026-11-30-starts-post-a-second.svg");
    }
}

//! The picture of a run: faults as bands over the same seconds as acknowledged requests, refusals and times to an answer.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::ledger::{Outcome as Became, Request};
use crate::run::Outcome;

const WIDTH: f64 = 1_100.0;
const LEFT: f64 = 190.0;
const LANE: f64 = 15.0;
const CHART: f64 = 120.0;
const GAP: f64 = 26.0;
/// No picture has more columns than this, however long the run.
const COLUMNS_MAX: f64 = 600.0;

/// What a span of time saw.
#[derive(Clone, Debug, Default)]
struct Column {
    acknowledged: usize,
    refused: usize,
    lost: usize,
    /// Seconds to an answer.
    times: Vec<f64>,
}

/// Draws it as SVG.
pub fn draw(outcome: &Outcome) -> String {
    let requests = &outcome.evidence.requests;
    let bands = &outcome.evidence.bands;
    let end = requests
        .iter()
        .map(|it| it.ended)
        .chain(bands.iter().map(|it| it.to))
        .fold(1.0, f64::max);
    let mut kinds: Vec<&str> = bands.iter().map(|band| band.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let x = |seconds: f64| LEFT + (WIDTH - LEFT - 10.0) * seconds / end;
    let (mut body, mut top) = (String::new(), 34.0);
    for kind in &kinds {
        let _ = writeln!(body, r#"<text x="8" y="{:.1}">{kind}</text>"#, top + LANE - 4.0);
        for band in bands.iter().filter(|band| band.kind == *kind) {
            let (from, wide) = (x(band.from), (x(band.to) - x(band.from)).max(1.0));
            let what = escaped(&band.what);
            let _ = writeln!(
                body,
                r##"<rect x="{from:.1}" y="{top:.1}" width="{wide:.1}" height="{:.1}" fill="#c0392b" fill-opacity="0.55"><title>{what}: {:.1} to {:.1} s</title></rect>"##,
                LANE - 3.0,
                band.from,
                band.to
            );
        }
        top += LANE;
    }
    let step = (end / COLUMNS_MAX).max(1.0);
    let columns = columns(requests, step);
    for (label, colour, value) in charts() {
        top += GAP;
        let per_second =
            |column: &Column| value(column) / if label.contains("a second") { step } else { 1.0 };
        let most = columns.values().map(per_second).fold(0.0, f64::max).max(1e-9);
        let _ = writeln!(
            body,
            r#"<text x="8" y="{:.1}">{label}</text><text x="8" y="{:.1}">most: {most:.3}</text>"#,
            top + 14.0,
            top + 30.0
        );
        for (place, column) in &columns {
            let tall = CHART * per_second(column) / most;
            let (from, to) = (x(*place as f64 * step), x((*place as f64 + 1.0) * step));
            let _ = writeln!(
                body,
                r#"<rect x="{from:.1}" y="{:.1}" width="{:.2}" height="{tall:.1}" fill="{colour}"/>"#,
                top + CHART - tall,
                to - from
            );
        }
        top += CHART;
        let _ = writeln!(
            body,
            r##"<line x1="{LEFT}" y1="{top:.1}" x2="{:.1}" y2="{top:.1}" stroke="#888"/>"##,
            WIDTH - 10.0
        );
    }
    for tick in 0..=10 {
        let at = end * f64::from(tick) / 10.0;
        let _ = writeln!(
            body,
            r#"<text x="{:.1}" y="{:.1}" text-anchor="middle">{at:.0} s</text>"#,
            x(at),
            top + 16.0
        );
    }
    let tall = top + 26.0;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{tall}\" viewBox=\"0 0 {WIDTH} {tall}\" \
         font-family=\"sans-serif\" font-size=\"11\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <text x=\"8\" y=\"18\" font-size=\"14\">{}, seed {}: {} steps acknowledged, {} faults, {} findings</text>\n{body}</svg>\n",
        escaped(&outcome.name),
        outcome.seed,
        outcome.acknowledged(),
        bands.len(),
        outcome.findings.len()
    )
}

type Chart = (&'static str, &'static str, fn(&Column) -> f64);

fn charts() -> [Chart; 4] {
    [
        ("acknowledged, a second", "#27ae60", |column| {
            column.acknowledged as f64
        }),
        ("refused, a second", "#e67e22", |column| column.refused as f64),
        ("without an answer, a second", "#8e44ad", |column| {
            column.lost as f64
        }),
        ("95 of 100 answered within, s", "#2980b9", |column| {
            let mut times = column.times.clone();
            times.sort_by(f64::total_cmp);
            times.get(times.len() * 95 / 100).copied().unwrap_or_default()
        }),
    ]
}

/// Requests by the span of time in which they ended.
fn columns(requests: &[Request], step: f64) -> BTreeMap<u64, Column> {
    let mut columns: BTreeMap<u64, Column> = BTreeMap::new();
    for request in requests {
        let column = columns.entry((request.ended / step) as u64).or_default();
        match &request.outcome {
            Became::Answered(answer) => {
                column.times.push(request.ended - request.sent);
                match answer.status {
                    200..300 => column.acknowledged += 1,
                    _ => column.refused += 1,
                }
            }
            Became::Lost(_) => column.lost += 1,
            Became::HungUp | Became::Open => {}
        }
    }
    columns
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

//! Charts as SVG, drawn with nothing but text: bars with their spread, and curves.

use std::fmt::Write;

use crate::report::figure;
use crate::rounds::Spread;

/// A build's name and colour, in the order of the builds.
const COLOURS: [&str; 2] = ["#1d5fbf", "#8a94a3"];
const INK: &str = "#222";
const WIDTH: f64 = 760.0;
/// Room for names on the left and numbers on the right.
const LEFT: f64 = 270.0;
const RIGHT: f64 = 150.0;
const BAR: f64 = 15.0;
const GAP: f64 = 12.0;
const HEAD: f64 = 56.0;

/// One row of bars.
pub struct Bars {
    /// What they are of.
    pub name: String,
    /// One for each build that has it.
    pub builds: Vec<Option<Spread>>,
    /// A limit of the same runs: a line.
    pub limit: Option<f64>,
}

/// Bars, their length the median, a thin line from the least to the most.
pub fn bars(title: &str, builds: &[&str], rows: &[Bars]) -> String {
    let longest = rows
        .iter()
        .flat_map(|row| row.builds.iter().flatten().map(|it| it.max).chain(row.limit))
        .fold(f64::MIN_POSITIVE, f64::max);
    let x = |value: f64| LEFT + value / longest * (WIDTH - LEFT - RIGHT);
    let each = builds.len() as f64 * BAR + GAP;
    let mut svg = begin(title, builds, HEAD + rows.len() as f64 * each + 8.0);
    for (number, row) in rows.iter().enumerate() {
        let top = HEAD + number as f64 * each;
        let middle = top + builds.len() as f64 * BAR / 2.0 + 4.0;
        text(&mut svg, LEFT - 8.0, middle, "end", INK, &row.name);
        for (build, spread) in row.builds.iter().enumerate() {
            let Some(spread) = spread else { continue };
            let y = top + build as f64 * BAR;
            let centre = y + BAR / 2.0 - 1.0;
            // Writing to a String cannot fail.
            let _ = write!(
                svg,
                "<rect x=\"{LEFT}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"{}\"/>\
                 <path d=\"M{:.1} {centre:.1}H{:.1}\" stroke=\"{INK}\" stroke-width=\"1.5\"/>",
                x(spread.median) - LEFT,
                BAR - 2.0,
                COLOURS[build % COLOURS.len()],
                x(spread.min),
                x(spread.max),
            );
            text(
                &mut svg,
                x(spread.max) + 6.0,
                centre + 4.0,
                "start",
                INK,
                &figure(spread.median),
            );
        }
        if let Some(limit) = row.limit {
            let (x, bottom) = (x(limit), top + builds.len() as f64 * BAR);
            let _ = write!(
                svg,
                "<path d=\"M{x:.1} {:.1}V{bottom:.1}\" stroke=\"#b3261e\" stroke-width=\"2\"/>",
                top - 2.0
            );
            text(
                &mut svg,
                x + 4.0,
                bottom,
                "start",
                "#b3261e",
                &format!("limit {}", figure(limit)),
            );
        }
    }
    svg + "</svg>\n"
}

/// A curve over powers of ten: for each build, a point a size, its spread as a line.
pub fn curve(title: &str, builds: &[&str], sizes: &[u64], points: &[Vec<Option<Spread>>]) -> String {
    const HEIGHT: f64 = 320.0;
    const FOOT: f64 = 34.0;
    let places = sizes.iter().map(|it| (*it as f64).max(1.0).log10());
    let (first, last) = places.clone().fold((f64::MAX, f64::MIN), |(least, most), it| {
        (least.min(it), most.max(it))
    });
    let highest = points
        .iter()
        .flatten()
        .flatten()
        .map(|it| it.max)
        .fold(f64::MIN_POSITIVE, f64::max);
    let x = |place: f64| 60.0 + (place - first) / (last - first).max(f64::MIN_POSITIVE) * (WIDTH - 160.0);
    let y = |value: f64| HEIGHT - FOOT - value / highest * (HEIGHT - FOOT - HEAD);
    let mut svg = begin(title, builds, HEIGHT);
    for share in [0.0, 0.5, 1.0] {
        let at = y(highest * share);
        let _ = write!(
            svg,
            "<path d=\"M60 {at:.1}H{:.1}\" stroke=\"#ddd\"/>",
            WIDTH - 100.0
        );
        text(&mut svg, 54.0, at + 4.0, "end", INK, &figure(highest * share));
    }
    for (size, place) in sizes.iter().zip(places.clone()) {
        text(&mut svg, x(place), HEIGHT - 12.0, "middle", INK, &grouped(*size));
    }
    for (build, points) in points.iter().enumerate() {
        let colour = COLOURS[build % COLOURS.len()];
        let mut path = String::new();
        for (spread, place) in points.iter().zip(places.clone()) {
            let Some(spread) = spread else { continue };
            let (x, middle) = (x(place), y(spread.median));
            let _ = write!(
                path,
                "{}{x:.1} {middle:.1}",
                if path.is_empty() { "M" } else { "L" }
            );
            let _ = write!(
                svg,
                "<circle cx=\"{x:.1}\" cy=\"{middle:.1}\" r=\"4\" fill=\"{colour}\"/>\
                 <path d=\"M{x:.1} {:.1}V{:.1}\" stroke=\"{colour}\" stroke-width=\"1.5\"/>",
                y(spread.min),
                y(spread.max)
            );
            text(
                &mut svg,
                x + 8.0,
                // One build's numbers above its points, the other's below.
                middle + if build == 0 { -8.0 } else { 18.0 },
                "start",
                colour,
                &figure(spread.median),
            );
        }
        let _ = write!(
            svg,
            "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>"
        );
    }
    svg + "</svg>\n"
}

/// With a white ground, so that it is read on a dark page too.
fn begin(title: &str, builds: &[&str], height: f64) -> String {
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height:.0}\" width=\"{WIDTH}\" height=\"{height:.0}\" \
         role=\"img\" font-family=\"system-ui, sans-serif\" font-size=\"13\"><title>{0}</title>\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\
         <text x=\"12\" y=\"20\" font-size=\"15\" font-weight=\"600\" fill=\"{INK}\">{0}</text>",
        escaped(title)
    );
    let mut left = 12.0;
    for (build, name) in builds.iter().enumerate() {
        let _ = write!(
            svg,
            "<rect x=\"{left:.0}\" y=\"31\" width=\"11\" height=\"11\" fill=\"{}\"/>",
            COLOURS[build % COLOURS.len()]
        );
        text(&mut svg, left + 16.0, 41.0, "start", INK, name);
        left += 36.0 + name.chars().count() as f64 * 7.5;
    }
    svg
}

fn text(svg: &mut String, x: f64, y: f64, anchor: &str, colour: &str, words: &str) {
    let _ = write!(
        svg,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{}</text>",
        escaped(words)
    );
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('`', "")
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(median: f64) -> Option<Spread> {
        Spread::of(&[median / 2.0, median, median * 2.0])
    }

    #[test]
    fn a_bar_is_as_long_as_its_median() {
        let row = Bars {
            name: "a & b".to_owned(),
            builds: vec![spread(50.0), None],
            limit: Some(100.0),
        };
        let svg = bars("Starts", &["new", "other"], &[row]);
        // The longest thing, here the spread and the limit, reaches from 270 to 610.
        assert!(svg.contains("width=\"170.0\" height=\"13.0\""), "{svg}");
        assert!(
            svg.contains("M355.0") && svg.contains("H610.0") && svg.contains("limit 100"),
            "{svg}"
        );
        assert!(svg.contains("a &amp; b"), "{svg}");
    }

    #[test]
    fn a_curve_goes_by_powers_of_ten() {
        let points = vec![vec![spread(1.0), spread(1.0), spread(1.0)]];
        let svg = curve("Growth", &["new"], &[10, 100, 1_000], &points);
        assert!(svg.contains("M60.0 171.0L360.0 171.0L660.0 171.0"), "{svg}");
        assert_eq!(grouped(1_000), "1,000");
        assert_eq!(grouped(100), "100");
    }
}

//! Charts as SVG. Each is described by its title; the numbers stand in the table beside it.

use maud::{Markup, html};

/// Bars one below the other, each with its label and value.
pub fn bars(title: &str, rows: &[(String, i64, String)]) -> Markup {
    const WIDTH: i64 = 440;
    const ROW: i64 = 46;
    let most = rows.iter().map(|(_, value, _)| *value).max().unwrap_or(0).max(1);
    let height = ROW * i64::try_from(rows.len()).unwrap_or(0) + 4;
    html! {
        svg.chart role="img" aria-label=(title) viewBox={ "0 0 " (WIDTH) " " (height) } {
            @for (place, (label, value, told)) in rows.iter().enumerate() {
                @let top = ROW * i64::try_from(place).unwrap_or(0);
                @let length = value * (WIDTH - 130) / most;
                text.label x="0" y=(top + 16) { (label) }
                rect.track x="0" y=(top + 22) width=(WIDTH - 130) height="16" rx="3" {}
                rect.bar x="0" y=(top + 22) width=(length) height="16" rx="3" {}
                text.value x=(WIDTH - 122) y=(top + 35) { (told) }
            }
        }
    }
}

/// Two values a day as columns beside each other.
pub fn columns(title: &str, names: [&str; 2], days: &[(String, i64, i64)]) -> Markup {
    const WIDTH: i64 = 640;
    const HEIGHT: i64 = 180;
    let most = days
        .iter()
        .map(|(_, one, other)| (*one).max(*other))
        .max()
        .unwrap_or(0)
        .max(1);
    let count = i64::try_from(days.len()).unwrap_or(1).max(1);
    let slot = (WIDTH - 40) * 100 / count;
    let tall = |value: i64| value * (HEIGHT - 20) / most;
    // A label every so often, so that they do not run into each other.
    let every = (count + 7) / 8;
    html! {
        div.scroll tabindex="0" role="region" aria-label=(title) { svg.chart.broad role="img" aria-label=(title) viewBox={ "0 0 " (WIDTH) " " (HEIGHT + 50) } {
            line.axis x1="40" y1=(HEIGHT) x2=(WIDTH) y2=(HEIGHT) {}
            line.axis x1="40" y1="20" x2=(WIDTH) y2="20" {}
            text.value x="34" y="24" text-anchor="end" { (most) }
            text.value x="34" y=(HEIGHT + 4) text-anchor="end" { "0" }
            @for (place, (day, one, other)) in days.iter().enumerate() {
                @let place = i64::try_from(place).unwrap_or(0);
                @let left = 40 + slot * place / 100;
                @let wide = (slot * 2 / 5 / 100).max(1);
                rect.bar x=(left + 1) y=(HEIGHT - tall(*one)) width=(wide) height=(tall(*one)) {}
                rect.second x=(left + 1 + wide) y=(HEIGHT - tall(*other)) width=(wide) height=(tall(*other)) {}
                @if place % every == 0 { text.label.small x=(left) y=(HEIGHT + 18) { (day) } }
            }
            rect.bar x="40" y=(HEIGHT + 32) width="12" height="12" {}
            text.label x="58" y=(HEIGHT + 43) { (names[0]) }
            rect.second x="220" y=(HEIGHT + 32) width="12" height="12" {}
            text.label x="238" y=(HEIGHT + 43) { (names[1]) }
        } }
    }
}

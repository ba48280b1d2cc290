//! Charts as SVG. Each is described by its title; the numbers stand in the table beside it.

use maud::{Markup, html};

use crate::web::visit::Scene;

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

/// What the columns of a chart come to, beside as many days before.
pub fn sums(scene: &Scene<'_>, sums: &[(&str, i64, i64)]) -> Markup {
    html! {
        dl.facts {
            @for (name, now, before) in sums {
                div {
                    dt { (name) }
                    dd {
                        (scene.number(*now))
                        span.before { (scene.tell("before", &[("count", scene.number(*before).into())])) }
                    }
                }
            }
        }
    }
}

/// Days with something to count, of which each column has room for its number.
const NUMBERED: usize = 16;

/// Two values a day as columns beside each other, with an axis for the numbers and one for the days.
pub fn columns(scene: &Scene<'_>, title: &str, names: [&str; 2], days: &[(String, i64, i64)]) -> Markup {
    const WIDTH: i64 = 640;
    const HEIGHT: i64 = 180;
    const LEFT: i64 = 56;
    let most = days
        .iter()
        .map(|(_, one, other)| (*one).max(*other))
        .max()
        .unwrap_or(0)
        .max(1);
    let top = rounded_up(most);
    let count = i64::try_from(days.len()).unwrap_or(1).max(1);
    let slot = (WIDTH - LEFT) * 100 / count;
    let wide = (slot * 2 / 5 / 100).max(1);
    let tall = |value: i64| value * (HEIGHT - 20) / top;
    // A label every so often, so that they do not run into each other.
    let every = (count + 7) / 8;
    let counted = days.iter().filter(|(_, one, other)| one + other > 0).count();
    let column = |class: &str, left: i64, value: i64, told: String| {
        html! {
            rect class=(class) x=(left) y=(HEIGHT - tall(value)) width=(wide) height=(tall(value)) { title { (told) } }
            @if counted <= NUMBERED && value > 0 {
                text.value.small x=(left + wide / 2) y=(HEIGHT - tall(value) - 4) text-anchor="middle" { (scene.number(value)) }
            }
        }
    };
    html! {
        div.scroll tabindex="0" role="region" aria-label=(title) { svg.chart.broad role="img" aria-label=(title) viewBox={ "0 0 " (WIDTH) " " (HEIGHT + 50) } {
            @for step in ticks(top) {
                line.axis x1=(LEFT) y1=(HEIGHT - tall(step)) x2=(WIDTH) y2=(HEIGHT - tall(step)) {}
                text.value.small x=(LEFT - 6) y=(HEIGHT - tall(step) + 4) text-anchor="end" { (scene.number(step)) }
            }
            line.axis x1=(LEFT) y1=(HEIGHT - tall(top)) x2=(LEFT) y2=(HEIGHT) {}
            @for (place, (day, one, other)) in days.iter().enumerate() {
                @let place = i64::try_from(place).unwrap_or(0);
                @let left = LEFT + slot * place / 100;
                (column("bar", left + 1, *one, format!("{day} · {} {}", names[0], scene.number(*one))))
                (column("second", left + 1 + wide, *other, format!("{day} · {} {}", names[1], scene.number(*other))))
                @if place % every == 0 { text.label.small x=(left) y=(HEIGHT + 18) { (day) } }
            }
            rect.bar x=(LEFT) y=(HEIGHT + 32) width="12" height="12" {}
            text.label x=(LEFT + 18) y=(HEIGHT + 43) { (names[0]) }
            rect.second x=(LEFT + 180) y=(HEIGHT + 32) width="12" height="12" {}
            text.label x=(LEFT + 198) y=(HEIGHT + 43) { (names[1]) }
        } }
    }
}

/// The end of an axis: 1, 2 or 5 times a power of ten.
fn rounded_up(most: i64) -> i64 {
    let mut unit = 1;
    loop {
        if let Some(end) = [1, 2, 5].map(|it| it * unit).into_iter().find(|it| *it >= most) {
            return end;
        }
        unit *= 10;
    }
}

/// Nought, the half where it is whole, and the end.
fn ticks(top: i64) -> Vec<i64> {
    let half = (top % 2 == 0).then_some(top / 2);
    [Some(0), half, Some(top)].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_at_a_round_number() {
        assert_eq!(
            [1, 3, 7, 11, 48, 51, 100, 2_300].map(rounded_up),
            [1, 5, 10, 20, 50, 100, 100, 5_000]
        );
        assert_eq!(ticks(20), [0, 10, 20]);
        assert_eq!(ticks(5), [0, 5]);
    }
}

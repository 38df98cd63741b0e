//! The README's picture: instructions an operation, for a light and for a dark page.

use anyhow::{Context, Result};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::Row;

/// What the picture shows of what was measured, with the name in the picture and the color.
const PEERS: [(&str, &str, RGBColor); 5] = [
    ("asm", "assembly by hand", RGBColor(139, 148, 158)),
    ("types", "barefd", RGBColor(47, 129, 247)),
    ("rustix", "rustix", RGBColor(210, 153, 34)),
    ("libc", "libc", RGBColor(63, 185, 80)),
    ("nix", "nix", RGBColor(163, 113, 247)),
];
const OPERATIONS: [(&str, &str); 7] = [
    ("wr", "write and read"),
    ("again", "read an empty counter"),
    ("tagain", "read a running timer"),
    ("settime", "arm and disarm"),
    ("gettime", "time left"),
    ("poll", "poll"),
    ("epoll", "epoll"),
];

const SIZE: (u32, u32) = (840, 330);
/// Readable on white and on black.
const TEXT: RGBColor = RGBColor(125, 133, 144);

/// An SVG without a background.
pub fn draw(rows: &[Row]) -> Result<String> {
    let value = |peer: &str, operation: &str| -> Option<f64> {
        let (_, cells) = rows.iter().find(|(name, _)| name == peer)?;
        cells.iter().find(|(name, _)| name == operation)?.1.parse().ok()
    };
    let most = PEERS.iter().flat_map(|(peer, ..)| OPERATIONS.iter().filter_map(|(name, _)| value(peer, name)));
    let most = most.fold(0.0, f64::max);

    let mut svg = String::new();
    let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
    let (width, height) = (SIZE.0 as i32, SIZE.1 as i32);
    let (top, bottom, left) = (56, 30, 10);
    let group = (width - 2 * left) / OPERATIONS.len() as i32;
    let bar = (group - 14) / PEERS.len() as i32;
    let text = |size: u32, pos| ("sans-serif", size).into_font().color(&TEXT).pos(pos);
    let centered = Pos::new(HPos::Center, VPos::Top);

    let title = "User instructions an operation (callgrind; fewer is better)";
    area.draw_text(title, &text(15, Pos::new(HPos::Left, VPos::Top)), (left, 4))?;
    for ((_, name, color), index) in PEERS.iter().zip(0..) {
        let x = left + index * 140;
        area.draw(&Rectangle::new([(x, 30), (x + 12, 42)], color.filled()))?;
        area.draw_text(name, &text(13, Pos::new(HPos::Left, VPos::Top)), (x + 17, 29))?;
    }
    for ((operation, name), index) in OPERATIONS.iter().zip(0..) {
        let x = left + index * group;
        for ((peer, _, color), index) in PEERS.iter().zip(0..) {
            let Some(count) = value(peer, operation) else { continue };
            let x = x + 7 + index * bar;
            let y = height - bottom - (f64::from(height - top - bottom - 16) * count / most) as i32;
            area.draw(&Rectangle::new([(x, y), (x + bar - 3, height - bottom)], color.filled()))?;
            area.draw_text(&format!("{count:.0}"), &text(10, centered), (x + bar / 2 - 1, y - 12))?;
        }
        area.draw_text(name, &text(11, centered), (x + group / 2, height - bottom + 8))?;
    }
    area.present().context("the picture")?;
    drop(area);
    Ok(svg)
}

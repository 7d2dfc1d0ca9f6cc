//! What a browser downloads: the page's WASM as the server sends it.

use std::io::Write as _;
use std::path::PathBuf;

use crate::table::{Aim, Row, Table, thousands};

const BUDGET: f64 = 300_000.0;

/// What a first load waits for, and beside it what all areas of the page come to.
const MAIN: &str = "certdeck-frontend_bg.wasm";

/// Compresses the page's WASM as the server does: Brotli 11.
pub fn measure(table: &mut Table) {
    let files = std::fs::read_dir("dist").expect("`make page` builds the page").flatten().map(|entry| entry.path());
    let modules: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|extension| extension == "wasm")).collect();
    let size = |path: &PathBuf| brotli(&std::fs::read(path).unwrap()) as f64;
    let main = modules.iter().find(|path| path.ends_with(MAIN)).map(size).expect("dist has the main module");
    let all: f64 = modules.iter().map(size).sum();
    table.push(Row {
        measure: "WASM of a first load, Brotli 11".to_owned(),
        certdeck: format!("{} bytes", thousands(main)),
        other: format!("with all areas {}", thousands(all)),
        ratio: format!("{:.0} % of the budget", main / BUDGET * 100.0),
        aim: Aim::AtMost(BUDGET).verdict(main),
    });
}

fn brotli(bytes: &[u8]) -> usize {
    let mut compressed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut compressed, 1 << 16, 11, 22);
    writer.write_all(bytes).unwrap();
    drop(writer);
    compressed.len()
}

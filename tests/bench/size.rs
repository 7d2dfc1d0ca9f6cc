//! What a browser downloads: the page's WASM as the server sends it.

use std::io::Write as _;
use std::path::PathBuf;

use crate::table::{Aim, Row, Table, thousands};

const BUDGET: f64 = 300_000.0;

/// Compresses the page's WASM as the server does: Brotli 11.
pub fn measure(table: &mut Table) {
    let files = std::fs::read_dir("dist").expect("`make page` builds the page").flatten().map(|entry| entry.path());
    let modules: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|extension| extension == "wasm")).collect();
    let [module] = modules.as_slice() else { panic!("one WASM module in dist, not {modules:?}") };
    let bytes = std::fs::read(module).unwrap();
    let compressed = brotli(&bytes) as f64;
    table.push(Row {
        measure: "WASM of the page, Brotli 11".to_owned(),
        certdeck: format!("{} bytes", thousands(compressed)),
        other: format!("uncompressed {}", thousands(bytes.len() as f64)),
        ratio: format!("{:.0} % of the budget", compressed / BUDGET * 100.0),
        aim: Aim::AtMost(BUDGET).verdict(compressed),
    });
}

fn brotli(bytes: &[u8]) -> usize {
    let mut compressed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut compressed, 1 << 16, 11, 22);
    writer.write_all(bytes).unwrap();
    drop(writer);
    compressed.len()
}

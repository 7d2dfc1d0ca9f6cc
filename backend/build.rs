//! Embeds the page: every file of `dist/` plain and, where it helps, compressed with Brotli at its best.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::{env, fs, io};

use sha2::{Digest as _, Sha256};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-env-changed=CERTDECK_PAGE_DIR");
    println!("cargo:rerun-if-changed=build.rs");
    let page = match env::var_os("CERTDECK_PAGE_DIR") {
        Some(directory) => PathBuf::from(directory),
        None => {
            let dist = Path::new(&env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../dist");
            // Cargo compiles the program anew each time as long as a path it is to watch is absent. An empty directory can be
            // watched; one that cannot be made only costs that time.
            if fs::create_dir(&dist).is_ok() {
                // Made during this very build it would look changed at the next one.
                let _ = fs::File::open(&dist).and_then(|directory| directory.set_modified(SystemTime::UNIX_EPOCH));
            }
            dist
        }
    };
    println!("cargo:rerun-if-changed={}", page.display());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let mut files = Vec::new();
    // Without index.html Trunk is in the middle of its work, or has not been at it.
    if page.join("index.html").is_file() {
        collect(&page, &mut files)?;
        files.sort();
    }
    let mut source = String::from("const FILES: &[PageFile] = &[\n");
    for (number, file) in files.iter().enumerate() {
        println!("cargo:rerun-if-changed={}", file.display());
        let content = fs::read(file)?;
        let path = file.strip_prefix(&page).unwrap_or(file).to_string_lossy().into_owned();
        let plain = out.join(format!("page-{number}"));
        fs::write(&plain, &content)?;
        let brotli = out.join(format!("page-{number}.br"));
        fs::write(&brotli, compressed(&path, &content)?)?;
        let digest: String = Sha256::digest(&content).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let _ = writeln!(
            source,
            "    PageFile {{ path: {path:?}, content_type: {:?}, etag: {:?}, plain: include_bytes!({plain:?}), brotli: include_bytes!({brotli:?}) }},",
            content_type(&path),
            format!("\"{digest}\""),
        );
    }
    source.push_str("];\n");
    fs::write(out.join("page.rs"), source)
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if path.is_dir() && !hidden {
            collect(&path, files)?;
        } else if !hidden {
            files.push(path);
        }
    }
    Ok(())
}

/// Empty when compression gains nothing.
fn compressed(path: &str, content: &[u8]) -> io::Result<Vec<u8>> {
    if content_type(path).starts_with("image/png") || content_type(path).starts_with("font/") {
        return Ok(Vec::new());
    }
    let mut out = Vec::new();
    {
        // Quality 11, window 2^24: the page is compressed once and sent often. A debug build is for its developer alone.
        let quality = if env::var("PROFILE").as_deref() == Ok("release") { 11 } else { 5 };
        let mut writer = brotli::CompressorWriter::new(&mut out, 64 * 1024, quality, 24);
        writer.write_all(content)?;
    }
    Ok(if out.len() < content.len() { out } else { Vec::new() })
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "json" | "webmanifest" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

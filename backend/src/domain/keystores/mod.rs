//! Private keys that come and go in files: PKCS#12, JKS, PEM.

mod bundle;
mod export;
mod import;
mod outside;
mod plan;

pub use export::ExportedFile;

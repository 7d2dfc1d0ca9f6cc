//! The parser of the page, alone, so that the bench can run it beside JavaScript's: built with the page's own profile, each
//! certificate handed over from JavaScript by itself, each view kept until the round is over, as the page keeps them.

use certdeck_shared::x509::parse;
use certdeck_shared::x509::view::CertificateView;
use wasm_bindgen::prelude::*;

/// The views of one round.
#[wasm_bindgen]
#[derive(Default)]
pub struct Views {
    views: Vec<CertificateView>,
}

#[wasm_bindgen]
impl Views {
    /// None yet.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Parses one certificate to the whole view model; false when it is none.
    pub fn parse(&mut self, der: &[u8]) -> bool {
        parse::certificate(der).map(|view| self.views.push(view)).is_ok()
    }

    /// A number that depends on every view, so that nothing can be left out: how many names, usages and extensions there are.
    #[must_use]
    pub fn substance(&self) -> usize {
        self.views.iter().map(|view| view.subject_alternative_names.len() + view.extensions.len() + view.serial_number.len()).sum()
    }
}

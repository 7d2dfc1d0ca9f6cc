//! What the page computes, alone, so that the bench can run it beside others: built with the page's own profile. Of the parser, each
//! certificate is handed over from JavaScript by itself, each view kept until the round is over, as the page keeps them.

use certdeck_shared::request::{self, RequestForm, SignatureAlgorithm};
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

/// The CertificationRequestInfo, DER, for a key of the browser, a SubjectPublicKeyInfo; empty when there is none.
#[wasm_bindgen]
#[must_use]
pub fn to_be_signed(subject: &str, names: &str, subject_public_key_info: &[u8]) -> Vec<u8> {
    let form = RequestForm { subject: subject.to_owned(), subject_alternative_names: names.to_owned(), ..RequestForm::default() };
    request::to_be_signed(&form, subject_public_key_info).unwrap_or_default()
}

/// The request as PEM, from the signature that the browser made; empty when there is none.
#[wasm_bindgen]
#[must_use]
pub fn signed(to_be_signed: &[u8], subject_public_key_info: &[u8], signature: &[u8]) -> String {
    let Some(algorithm) = SignatureAlgorithm::for_key(subject_public_key_info) else { return String::new() };
    let assembled = request::assemble(to_be_signed, algorithm, &algorithm.signature_from_browser(signature));
    assembled.map(|der| request::pem(&der)).unwrap_or_default()
}

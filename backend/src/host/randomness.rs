//! Randomness of the kernel.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Fills a buffer with random bytes.
#[expect(clippy::disallowed_methods, reason = "this is the door")]
pub fn fill(buffer: &mut [u8]) {
    getrandom::fill(buffer).expect("the kernel gives random bytes: getrandom(2) cannot fail after boot");
}

/// Random bytes.
#[must_use]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut buffer = [0_u8; N];
    fill(&mut buffer);
    buffer
}

/// A secret of 32 random bytes in base64url without padding: 43 characters.
#[must_use]
pub fn secret_text() -> zeroize::Zeroizing<String> {
    let bytes = zeroize::Zeroizing::new(bytes::<32>());
    zeroize::Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes.as_slice()))
}

/// An identifier for rows and paths: 80 random bits, lower-case hex. Not a secret.
#[must_use]
pub fn identifier() -> String {
    use std::fmt::Write as _;
    bytes::<10>().iter().fold(String::with_capacity(20), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

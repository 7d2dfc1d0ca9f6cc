//! An address as a QR code.

use std::fmt::Write as _;

use certdeck_shared::api::second_factor::QrCode;
use qrcodegen::{DataTooLong, QrCodeEcc};

/// The code.
pub(super) fn code(address: &str) -> Result<QrCode, DataTooLong> {
    let code = qrcodegen::QrCode::encode_text(address, QrCodeEcc::Medium)?;
    let mut path = String::new();
    for row in 0..code.size() {
        let mut column = 0;
        while column < code.size() {
            let run = (column..code.size()).take_while(|column| code.get_module(*column, row)).count();
            if run > 0 {
                let _ = write!(path, "M{column} {row}h{run}v1h-{run}z");
            }
            column += i32::try_from(run).unwrap_or(i32::MAX).max(1);
        }
    }
    Ok(QrCode { side: code.size().unsigned_abs(), path })
}

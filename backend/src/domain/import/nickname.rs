//! Proposed nicknames.

use std::collections::HashMap;

use certdeck_shared::x509::view::CertificateView;

use crate::domain::inventory::LONGEST_NICKNAME;

/// Room for ` #10000`.
const STEM: usize = LONGEST_NICKNAME - 10;

/// The name people use for the subject, made unique by a number when another subject has it.
pub(super) fn propose(view: &CertificateView, subject: &[u8], subjects: &HashMap<String, Vec<u8>>) -> String {
    let clean: String = view.display_name().chars().filter(|character| !character.is_control()).take(STEM).collect();
    let stem = match clean.trim() {
        "" => "certificate".to_owned(),
        text => text.to_owned(),
    };
    let free = |nickname: &str| subjects.get(nickname).is_none_or(|owner| owner == subject);
    if free(&stem) {
        return stem;
    }
    (2_u32..).map(|number| format!("{stem} #{number}")).find(|nickname| free(nickname)).unwrap_or(stem)
}

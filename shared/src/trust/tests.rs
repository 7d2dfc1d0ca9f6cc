use rstest::rstest;

use super::constants::*;
use super::{TrustAttributes, TrustError, TrustFlags};

const D: u32 = CKT_NSS_TRUSTED_DELEGATOR;
const V: u32 = CKT_NSS_VALID_DELEGATOR;
const P: u32 = CKT_NSS_TRUSTED;
const N: u32 = CKT_NSS_NOT_TRUSTED;
const M: u32 = CKT_NSS_MUST_VERIFY_TRUST;

/// What certutil 3.87 stores for `-M -t` and prints afterwards.
#[rstest]
#[case(",,", ",,", [M, M, M, M])]
#[case("", ",,", [M, M, M, M])]
#[case("C,,", "C,,", [D, V, M, M])]
#[case("T,,", "T,,", [V, D, M, M])]
#[case("CT,C,C", "CT,C,C", [D, D, D, D])]
#[case("TC,C,C", "CT,C,C", [D, D, D, D])]
#[case("C,C,C", "C,C,C", [D, V, D, D])]
#[case("c,c,c", "c,c,c", [V, V, V, V])]
#[case("cC,,", "C,,", [D, V, M, M])]
#[case("P,,", "P,,", [P, P, M, M])]
#[case("P,P,P", "P,P,P", [P, P, P, P])]
#[case("p,p,p", "p,p,p", [N, N, N, N])]
#[case("p,,", "p,,", [N, N, M, M])]
#[case("CP,,", "CP,,", [D, P, M, M])]
#[case("pC,,", "pC,,", [D, N, M, M])]
#[case("T,T,T", "T,c,c", [V, D, V, V])]
#[case(",C,", ",C,", [M, M, D, M])]
#[case(",,C", ",,C", [M, M, M, D])]
#[case("wC,,", "C,,", [D, V, M, M])]
#[case("u,u,u", ",,", [M, M, M, M])]
#[case("Cu,Pu,pu", "C,P,p", [D, V, P, N])]
#[case("CTP,,", "CT,,", [D, D, M, M])]
fn letters_are_stored_as_nss_stores_them(#[case] given: &str, #[case] stored: &str, #[case] values: [u32; 4]) {
    let flags = TrustFlags::parse(given).unwrap();
    let [server_auth, client_auth, email_protection, code_signing] = values;
    assert_eq!(flags.attributes(), TrustAttributes { server_auth, client_auth, email_protection, code_signing, step_up: false }, "{given}");
    assert_eq!(flags.stored().to_string(), stored);
    assert_eq!(flags.stored().stored(), flags.stored());
}

#[rstest]
#[case("CT,C,C", [2, 2, 2, 2], "CT,C,C")]
#[case("C,,", [2, 4, 4, 4], "C,,")]
#[case("T,,", [4, 2, 4, 4], "T,,")]
#[case("P,p,", [1, 1, 3, 4], "P,p,")]
#[case("c,c,c", [4, 4, 4, 4], ",,")]
fn the_newer_class_loses_the_plain_ca(#[case] given: &str, #[case] values: [u32; 4], #[case] read: &str) {
    let attributes = TrustFlags::parse(given).unwrap().pkcs11_attributes();
    assert_eq!([attributes.server_auth, attributes.client_auth, attributes.email_protection, attributes.code_signing], values, "{given}");
    assert_eq!(TrustFlags::from_pkcs11_attributes(attributes).to_string(), read);
}

#[test]
fn user_and_warning_are_printed_until_stored() {
    let flags = TrustFlags::parse("Cuw,u,u").unwrap();
    assert_eq!(flags.to_string(), "Cuw,u,u");
    assert_eq!(flags.stored().with_user(true).to_string(), "Cu,u,u");
}

#[test]
fn step_up_is_kept_but_not_printed() {
    let flags = TrustFlags::parse("Cg,,").unwrap();
    assert!(flags.attributes().step_up);
    assert!(flags.stored().ssl.step_up);
    assert_eq!(flags.to_string(), "C,,");
}

#[test]
fn values_we_do_not_know_say_nothing() {
    let attributes =
        TrustAttributes { server_auth: CKT_NSS_TRUST_UNKNOWN, client_auth: 0, email_protection: u32::MAX, code_signing: 7, step_up: false };
    assert_eq!(TrustFlags::from_attributes(attributes), TrustFlags::default());
}

#[test]
fn an_unknown_letter_is_named() {
    assert_eq!(TrustFlags::parse("C,X,"), Err(TrustError::UnknownLetter { letter: 'X', field: "e-mail" }));
    assert_eq!(TrustFlags::parse("C,C,C,C"), Err(TrustError::TooManyFields { fields: 4 }));
}

#[test]
fn words_say_what_the_letters_mean() {
    assert_eq!(
        TrustFlags::parse("CT,C,C").unwrap().words(),
        ["Trusted to issue certificates for servers, clients, e-mail and object signing"]
    );
    assert_eq!(
        TrustFlags::parse("Pu,pu,cu").unwrap().words(),
        [
            "Trusted by itself for TLS",
            "Distrusted for e-mail",
            "A valid CA for object signing, but not trusted by itself",
            "Its private key is in this database"
        ]
    );
    assert_eq!(TrustFlags::default().words(), ["No trust of its own: its issuer decides"]);
}

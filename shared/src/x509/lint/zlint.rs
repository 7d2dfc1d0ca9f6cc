//! The lints of zlint that check the same thing, by our code.

/// The lint, where a code alone tells it.
pub(super) fn of(code: &str) -> Option<&'static str> {
    Some(match code {
        "validity-inverted" => "e_validity_time_not_positive",
        "unusual-curve" => "e_ec_improper_curves",
        "dsa-key" => "e_prohibit_dsa_usage",
        "sha1-signature" => "e_sub_cert_or_sub_ca_using_sha1",
        "zero-serial" | "negative-serial" => "e_serial_number_not_positive",
        "long-serial" => "e_serial_number_longer_than_20_octets",
        "no-alternative-names" => "e_ext_san_missing",
        "names-not-critical" => "e_ext_san_not_critical_without_subject",
        "common-name-differs" => "e_subject_common_name_not_from_san",
        "ca-cannot-sign" => "e_ca_key_cert_sign_not_set",
        "ca-without-key-usage" => "e_ca_key_usage_missing",
        "signs-without-ca" => "e_sub_cert_key_usage_cert_sign_bit_set",
        "path-length-without-ca" => "e_path_len_constraint_improperly_included",
        "client-auth-in-server" => "e_client_auth_not_allowed",
        "version" => "e_cert_extensions_version_not_3",
        "duplicate-extension" => "e_ext_duplicate_extension",
        "constraints-not-critical" => "e_basic_constraints_not_critical",
        "no-subject-key-identifier" => "e_ext_subject_key_identifier_missing_ca",
        "no-authority-key-identifier" => "e_ext_authority_key_identifier_no_key_identifier",
        _ => return None,
    })
}

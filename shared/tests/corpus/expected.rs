//! What the oracles say, in our words.

use certdeck_shared::name::DistinguishedName;
use certdeck_shared::x509::oid;
use certdeck_shared::x509::view::GeneralNameView;
use serde_json::Value;

/// Texts of a JSON array.
pub fn texts(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

/// `[[[oid, value], …], …]` of a name as pyca reads it, and of ours.
pub fn rdns(name: &DistinguishedName) -> Value {
    let attribute = |attribute: &certdeck_shared::name::AttributeTypeAndValue| serde_json::json!([attribute.oid, attribute.value]);
    name.rdns.iter().map(|rdn| rdn.iter().map(attribute).collect::<Vec<_>>()).collect()
}

/// Serial number as OpenSSL prints it: the absolute value without leading zeros, upper case, `-` before negative ones.
pub fn serial_number(hex: &str) -> String {
    let mut octets: Vec<u8> = (0..hex.len() / 2).map(|index| u8::from_str_radix(&hex[2 * index..2 * index + 2], 16).unwrap()).collect();
    let negative = octets.first().is_some_and(|octet| octet & 0x80 != 0);
    if negative {
        let mut carry = true;
        for octet in octets.iter_mut().rev() {
            (*octet, carry) = (!*octet).overflowing_add(u8::from(carry));
        }
    }
    let digits: String = octets.iter().map(|octet| format!("{octet:02X}")).collect();
    let digits = digits.trim_start_matches('0');
    let digits = if digits.is_empty() { "0" } else { digits };
    if negative { format!("-{digits}") } else { digits.to_owned() }
}

/// `DNS:a` as both oracles print it.
pub fn general_name(name: &GeneralNameView) -> String {
    match name {
        GeneralNameView::Dns(text) => format!("DNS:{text}"),
        GeneralNameView::Ip(text) => format!("IP:{text}"),
        GeneralNameView::Email(text) => format!("email:{text}"),
        GeneralNameView::Uri(text) => format!("URI:{text}"),
        GeneralNameView::DirectoryName(text) => format!("DirName:{text}"),
        GeneralNameView::RegisteredId(text) => format!("RID:{text}"),
        GeneralNameView::OtherName { oid, .. } => format!("othername:{oid}"),
        GeneralNameView::Unknown { tag, .. } => format!("unknown:{tag}"),
    }
}

/// `digital_signature` of pyca in RFC 5280's spelling.
pub fn key_usage(name: &str) -> String {
    match name {
        "crl_sign" => return "cRLSign".to_owned(),
        "content_commitment" => return "nonRepudiation".to_owned(),
        _ => {}
    }
    let mut text = String::new();
    for (index, word) in name.split('_').enumerate() {
        if index == 0 {
            text.push_str(word);
        } else {
            text.push_str(&word[..1].to_uppercase());
            text.push_str(&word[1..]);
        }
    }
    text
}

/// The key usages that OpenSSL prints.
pub fn openssl_key_usage(name: &str) -> &str {
    match name {
        "Digital Signature" => "digitalSignature",
        "Non Repudiation" => "nonRepudiation",
        "Key Encipherment" => "keyEncipherment",
        "Data Encipherment" => "dataEncipherment",
        "Key Agreement" => "keyAgreement",
        "Certificate Sign" => "keyCertSign",
        "CRL Sign" => "cRLSign",
        "Encipher Only" => "encipherOnly",
        "Decipher Only" => "decipherOnly",
        other => other,
    }
}

/// Our word for an extended key usage.
pub fn extended_key_usage(dotted: &str) -> String {
    oid::name(dotted).unwrap_or(dotted).to_owned()
}

/// A name as OpenSSL prints it, printed by us: it writes types it does not know as hex, and the attributes of a set in another order.
pub fn normalized_name(theirs: &str, ours: &DistinguishedName) -> String {
    let Ok(mut name) = theirs.parse::<DistinguishedName>() else { return theirs.to_owned() };
    for (rdn, ours) in name.rdns.iter_mut().zip(&ours.rdns) {
        for attribute in rdn.iter_mut() {
            let single = DistinguishedName { rdns: vec![vec![attribute.clone()]] };
            if let Some(read) = DistinguishedName::from_der(&single.to_der()).ok().and_then(|name| name.rdns[0].first().cloned()) {
                *attribute = read;
            }
        }
        rdn.reverse();
        if rdn.len() != ours.len() {
            rdn.reverse();
        }
    }
    name.to_string()
}

/// `OtherName:1.2.3:0c…` without its value, and directory names with our names of attributes.
pub fn normalized_general_name(text: &str) -> String {
    if let Some(other) = text.strip_prefix("OtherName:") {
        return format!("othername:{}", other.split(':').next().unwrap());
    }
    match text.strip_prefix("DirName:").map(str::parse::<DistinguishedName>) {
        Some(Ok(name)) => format!("DirName:{name}"),
        _ => text.to_owned(),
    }
}

/// RFC 3339, where OpenSSL leaves out the leading zeros of a year; nothing for `Bad time value`.
pub fn openssl_time(value: &Value) -> Option<String> {
    let text = value.as_str()?;
    let (year, rest) = text.split_once('-')?;
    year.parse::<u16>().ok().map(|year| format!("{year:04}-{rest}"))
}

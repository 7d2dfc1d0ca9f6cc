//! Just enough DER to write any extension, sensible or not.

/// Tag, length, content.
pub fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag];
    match content.len() {
        short @ 0..=127 => bytes.push(short as u8),
        long @ 128..=255 => bytes.extend([0x81, long as u8]),
        long => bytes.extend([0x82, (long >> 8) as u8, long as u8]),
    }
    bytes.extend_from_slice(content);
    bytes
}

pub fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

/// A BIT STRING of one octet.
pub fn bits(octet: u8) -> Vec<u8> {
    tlv(3, &[0, octet])
}

pub fn boolean(value: bool) -> Vec<u8> {
    tlv(1, &[if value { 0xff } else { 0 }])
}

/// An OBJECT IDENTIFIER from dotted text.
pub fn oid(dotted: &str) -> Vec<u8> {
    let numbers: Vec<u32> = dotted.split('.').map(|part| part.parse().unwrap()).collect();
    let mut content = vec![(numbers[0] * 40 + numbers[1]) as u8];
    for &number in &numbers[2..] {
        let mut septets = vec![(number & 0x7f) as u8];
        let mut rest = number >> 7;
        while rest > 0 {
            septets.push((rest & 0x7f) as u8 | 0x80);
            rest >>= 7;
        }
        content.extend(septets.iter().rev());
    }
    tlv(6, &content)
}

/// A Name: pairs of OID and value, one attribute a relative name, UTF8String (PrintableString where the flag says so).
pub fn name(attributes: &[(&str, &str)], printable: bool) -> Vec<u8> {
    let rdn = |(kind, value): &(&str, &str)| {
        let tag = match *kind {
            "1.2.840.113549.1.9.1" => 0x16,
            _ if printable => 0x13,
            _ => 0x0c,
        };
        tlv(0x31, &sequence(&[oid(kind), tlv(tag, value.as_bytes())]))
    };
    tlv(0x30, &attributes.iter().flat_map(rdn).collect::<Vec<_>>())
}

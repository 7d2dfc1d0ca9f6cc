//! Names of tags, and content as text.

use std::borrow::Cow;

use crate::hex::hex;
use crate::x509::der::{Element, tag, text as string};
use crate::x509::oid;
use crate::x509::parse::time::instant;

pub(super) fn tag_name(octet: u8, number: u32) -> Cow<'static, str> {
    let class = match octet >> 6 {
        0 => return universal(number),
        1 => "APPLICATION ",
        2 => "",
        _ => "PRIVATE ",
    };
    Cow::Owned(["[", class, &number.to_string(), "]"].concat())
}

fn universal(number: u32) -> Cow<'static, str> {
    Cow::Borrowed(match number {
        1 => "BOOLEAN",
        2 => "INTEGER",
        3 => "BIT STRING",
        4 => "OCTET STRING",
        5 => "NULL",
        6 => "OBJECT IDENTIFIER",
        10 => "ENUMERATED",
        12 => "UTF8String",
        13 => "RELATIVE-OID",
        16 => "SEQUENCE",
        17 => "SET",
        18 => "NumericString",
        19 => "PrintableString",
        20 => "T61String",
        21 => "VideotexString",
        22 => "IA5String",
        23 => "UTCTime",
        24 => "GeneralizedTime",
        25 => "GraphicString",
        26 => "VisibleString",
        27 => "GeneralString",
        28 => "UniversalString",
        30 => "BMPString",
        _ => return Cow::Owned(["[UNIVERSAL ", &number.to_string(), "]"].concat()),
    })
}

/// Nothing for NULL and other empty content.
pub(super) fn text(element: Element<'_>) -> Option<String> {
    let content = element.content;
    if content.is_empty() {
        return None;
    }
    Some(match element.tag {
        tag::BOOLEAN => if content.iter().any(|&octet| octet != 0) { "TRUE" } else { "FALSE" }.to_owned(),
        tag::INTEGER | 0x0a => integer(content),
        tag::OID => {
            let dotted = oid::dotted(content);
            match oid::name(&dotted) {
                Some(name) => [&dotted, " ", name].concat(),
                None => dotted.into_owned(),
            }
        }
        tag::UTC_TIME | tag::GENERALIZED_TIME => time(element.tag, content),
        tag::BIT_STRING => match content {
            [0, bits @ ..] => hex(bits),
            [unused, bits @ ..] => [&hex(bits), " (", &unused.to_string(), " unused bits)"].concat(),
            [] => return None,
        },
        // Implicit tags hide the type: text where it reads as text.
        0x80..=0xbf if content.iter().all(|octet| octet.is_ascii_graphic() || *octet == b' ') => {
            String::from_utf8_lossy(content).into_owned()
        }
        other => string(other, content).map_or_else(|| hex(content), Cow::into_owned),
    })
}

/// Decimal where people would write it so, hex where it is a number nobody reads.
fn integer(content: &[u8]) -> String {
    if content.len() > 4 {
        return ["0x", &hex(content)].concat();
    }
    let negative = content.first().is_some_and(|octet| octet & 0x80 != 0);
    let start = if negative { -1i64 } else { 0 };
    content.iter().fold(start, |value, &octet| value << 8 | i64::from(octet)).to_string()
}

/// `2028-12-22 23:59:59 UTC`; the octets when they are no time.
fn time(kind: u8, content: &[u8]) -> String {
    let Some(instant) = instant(kind, content) else { return String::from_utf8_lossy(content).into_owned() };
    let (year, month, day) = instant.to_calendar_date();
    let (hour, minute, second) = instant.to_hms();
    let two = |number: u8| -> [char; 2] { [char::from(b'0' + number / 10), char::from(b'0' + number % 10)] };
    let mut text = year.to_string();
    for (before, number) in [('-', u8::from(month)), ('-', day), (' ', hour), (':', minute), (':', second)] {
        text.push(before);
        text.extend(two(number));
    }
    text.push_str(" UTC");
    text
}

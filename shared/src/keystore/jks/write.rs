//! Building a store.

use super::{Content, Entry, MAGIC, digest};

/// Writes a store of version 2. Nothing when an alias or a certificate is longer than its length field can say, which is not met.
#[must_use]
pub fn write(entries: &[Entry], password: &str) -> Option<Vec<u8>> {
    let mut store = Vec::new();
    store.extend_from_slice(&MAGIC);
    store.extend_from_slice(&2_u32.to_be_bytes());
    count(&mut store, entries.len())?;
    for entry in entries {
        let kind: u32 = match entry.content {
            Content::Key { .. } => 1,
            Content::Trusted(_) => 2,
        };
        store.extend_from_slice(&kind.to_be_bytes());
        text(&mut store, &entry.alias)?;
        store.extend_from_slice(&entry.created.to_be_bytes());
        match &entry.content {
            Content::Key { protected, chain } => {
                octets(&mut store, protected)?;
                count(&mut store, chain.len())?;
                for der in chain {
                    certificate(&mut store, der)?;
                }
            }
            Content::Trusted(der) => certificate(&mut store, der)?,
        }
    }
    let digest = digest(password, &store);
    store.extend_from_slice(&digest);
    Some(store)
}

fn count(store: &mut Vec<u8>, number: usize) -> Option<()> {
    store.extend_from_slice(&u32::try_from(number).ok()?.to_be_bytes());
    Some(())
}

fn octets(store: &mut Vec<u8>, value: &[u8]) -> Option<()> {
    count(store, value.len())?;
    store.extend_from_slice(value);
    Some(())
}

fn certificate(store: &mut Vec<u8>, der: &[u8]) -> Option<()> {
    text(store, "X.509")?;
    octets(store, der)
}

/// As DataOutputStream.writeUTF does.
fn text(store: &mut Vec<u8>, text: &str) -> Option<()> {
    let mut encoded = Vec::with_capacity(text.len());
    for unit in text.encode_utf16() {
        let low = (unit & 0x3f) as u8 | 0x80;
        match unit {
            1..=0x7f => encoded.push(unit as u8),
            0 | 0x80..=0x7ff => encoded.extend([0xc0 | (unit >> 6) as u8, low]),
            _ => encoded.extend([0xe0 | (unit >> 12) as u8, 0x80 | (unit >> 6 & 0x3f) as u8, low]),
        }
    }
    store.extend_from_slice(&u16::try_from(encoded.len()).ok()?.to_be_bytes());
    store.extend(encoded);
    Some(())
}

//! Frames on the socket pair: four octets of length, then one postcard message.

use std::io;

use serde::{Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

/// Octets of the length.
pub(crate) const HEADER: usize = 4;

/// Longest message: an import of 32 MB, or the listing of a large database, fits twice.
const LIMIT: usize = 96 * 1024 * 1024;

/// A message with its length in front. Wiped after use, since it may carry a password or a key.
pub(crate) fn encode<T: Serialize>(message: &T) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut sized = postcard::experimental::serialized_size(message).map_err(invalid)?;
    if sized > LIMIT {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("a message of {sized} octets is over the limit of {LIMIT}")));
    }
    // Allocated once at its full size: growing would leave copies of secrets behind.
    let mut octets = Zeroizing::new(vec![0; HEADER + sized]);
    sized = postcard::to_slice(message, &mut octets[HEADER..]).map_err(invalid)?.len();
    octets.truncate(HEADER + sized);
    let length = u32::try_from(sized).map_err(invalid)?;
    octets[..HEADER].copy_from_slice(&length.to_be_bytes());
    Ok(octets)
}

/// The length that a header announces.
pub(crate) fn announced(header: [u8; HEADER]) -> io::Result<usize> {
    let length = usize::try_from(u32::from_be_bytes(header)).map_err(invalid)?;
    if length > LIMIT {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("a frame of {length} octets is over the limit of {LIMIT}")));
    }
    Ok(length)
}

/// The message of a frame.
pub(crate) fn decode<T: DeserializeOwned>(octets: &[u8]) -> io::Result<T> {
    postcard::from_bytes(octets).map_err(invalid)
}

fn invalid(error: impl std::error::Error + Send + Sync + 'static) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

//! One-time codes by time (RFC 6238), with what every authenticator program can do: SHA-1, six digits, steps of thirty seconds.

use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use subtle::ConstantTimeEq as _;
use time::OffsetDateTime;

/// Octets of a secret: as many as the digest has (RFC 4226, section 4, R6).
pub(super) const SECRET: usize = 20;
/// Seconds of a step.
const STEP: i64 = 30;
/// Steps by which the clocks may differ either way (RFC 6238, section 5.2).
const TOLERANCE: i64 = 1;

/// The step whose code this is, of those that are good now.
pub(super) fn step(secret: &[u8], code: &str, now: OffsetDateTime) -> Result<Option<i64>, ErrorStack> {
    let present = now.unix_timestamp().div_euclid(STEP);
    let mut found = None;
    for step in present - TOLERANCE..=present + TOLERANCE {
        if bool::from(self::code(secret, step)?.as_bytes().ct_eq(code.as_bytes())) {
            found = Some(step);
        }
    }
    Ok(found)
}

/// The code of a step (RFC 4226, section 5.3).
fn code(secret: &[u8], step: i64) -> Result<String, ErrorStack> {
    let key = PKey::hmac(secret)?;
    let digest = Signer::new(MessageDigest::sha1(), &key)?.sign_oneshot_to_vec(&step.to_be_bytes())?;
    let offset = usize::from(digest.last().copied().unwrap_or_default() & 15);
    let number = digest.iter().skip(offset).take(4).fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    Ok(format!("{:06}", (number & 0x7fff_ffff) % 1_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OF_THE_RFC: &[u8] = b"12345678901234567890";

    #[test]
    fn codes_are_those_of_the_rfc() {
        // RFC 6238, appendix B, SHA-1: the last six of its eight digits.
        let vectors = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ];
        for (seconds, expected) in vectors {
            assert_eq!(code(OF_THE_RFC, seconds / STEP).unwrap(), expected, "{seconds}");
        }
    }

    #[test]
    fn a_clock_may_be_off_by_one_step_and_not_by_two() {
        let at = |seconds| OffsetDateTime::from_unix_timestamp(seconds).unwrap();
        for (now, good) in [(29, true), (30, true), (59, true), (89, true), (90, false), (-1, false), (0, true)] {
            let step = step(OF_THE_RFC, "287082", at(now)).unwrap();
            assert_eq!(step, good.then_some(1), "at {now} s");
        }
    }
}

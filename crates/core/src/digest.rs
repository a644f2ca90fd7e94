//! A small, fast, stable digest for telling "the same" from "changed". Not cryptographic: nothing that must
//! withstand an attacker rests on it.

use std::fmt;

use uuid::Uuid;

/// FNV-1a in 128 bits over words of 64: the same answer on every machine and in every release.
#[derive(Debug)]
pub(crate) struct Mixer(u128);

const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013B;

impl Mixer {
    pub(crate) const fn new() -> Self {
        Self(OFFSET)
    }

    pub(crate) const fn number(&mut self, word: u64) {
        // The rotation carries high bits back to where the next multiplication spreads them.
        self.0 = (self.0 ^ (word as u128)).wrapping_mul(PRIME).rotate_left(29);
    }

    pub(crate) fn id(&mut self, id: Uuid) {
        let (high, low) = id.as_u64_pair();
        self.number(high);
        self.number(low);
    }

    /// A sequence of ids; its length keeps it apart from its neighbours.
    pub(crate) fn ids(&mut self, ids: impl Iterator<Item = Uuid>) {
        let mut count = 0_u64;
        for id in ids {
            self.id(id);
            count = count.wrapping_add(1);
        }
        self.number(count);
    }

    /// A text; its length keeps it apart from its neighbours.
    pub(crate) fn text(&mut self, text: &str) {
        let (words, rest) = text.as_bytes().as_chunks::<8>();
        for word in words {
            self.number(u64::from_le_bytes(*word));
        }
        let tail = rest.iter().fold(0_u64, |tail, byte| (tail << 8) | u64::from(*byte));
        self.number(tail);
        self.number(text.len() as u64);
    }

    pub(crate) const fn finish_64(self) -> u64 {
        let [high, low] = halves(self.finish());
        high ^ low
    }

    pub(crate) const fn finish(mut self) -> u128 {
        self.number(0);
        self.number(0);
        self.0
    }
}

const fn halves(number: u128) -> [u64; 2] {
    let (high, low) = Uuid::from_u128(number).as_u64_pair();
    [high, low]
}

/// The digest of a [`Plan`](crate::Plan): tells a repeated plan from another one under the same batch id.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "String", into = "String"))]
pub struct Digest(u128);

impl Digest {
    /// The digest with that number, as a store kept it.
    pub const fn from_u128(number: u128) -> Self {
        Self(number)
    }

    /// Its number.
    pub const fn as_u128(self) -> u128 {
        self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

/// Why a text is not a digest or a fingerprint: it has not as many digits as this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a digest has {0} digits of base 16, and nothing else: send it as it was received")]
pub struct DigestError(pub(crate) usize);

/// The number that a text of exactly `digits` digits of base 16 stands for. (`from_str_radix` would also take a sign, and
/// fewer digits: several texts for one number.)
pub(crate) fn number_of(text: &str, digits: usize) -> Result<u128, DigestError> {
    let fine = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = if fine { u128::from_str_radix(text, 16).ok() } else { None };
    number.ok_or(DigestError(digits))
}

impl TryFrom<String> for Digest {
    type Error = DigestError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        number_of(&text, 32).map(Self)
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(texts: &[&str]) -> u128 {
        let mut mix = Mixer::new();
        for text in texts {
            mix.text(text);
        }
        mix.finish()
    }

    #[test]
    fn texts_do_not_run_into_each_other() {
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_ne!(of(&["12345678", ""]), of(&["12345678"]));
        assert_ne!(of(&["a"]), of(&["a\0"]));
    }

    #[test]
    fn one_digest_is_one_text() {
        let digits = "0123456789abcdef0123456789abcdef";
        let digest = Digest::try_from(digits.to_owned()).unwrap();
        assert_eq!(String::from(digest), digits);
        for other in
            ["", "1", "+123456789abcdef0123456789abcdef", &format!("{digits}0"), &format!(" {digits}")]
        {
            assert_eq!(Digest::try_from(other.to_owned()), Err(DigestError(32)), "{other:?}");
        }
    }

    #[test]
    fn the_digest_is_the_same_in_every_release() {
        assert_eq!(format!("{}", Digest(of(&["staffroom"]))), "073efad61e30adf7fb5d42c6b362b876");
        assert_eq!(format!("{}", Digest(of(&["administrators"]))), "7eaa94d45a62a452413977f8b019a7e7");
        let mut mix = Mixer::new();
        mix.text("staffroom");
        assert_eq!(mix.finish_64(), 0x073e_fad6_1e30_adf7 ^ 0xfb5d_42c6_b362_b876);
    }
}

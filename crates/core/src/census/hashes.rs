//! Short hashes in order, each with the place of what it was made from.

use uuid::Uuid;

/// How a census hashes. Nothing rests on it but speed: what has one hash is compared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hashed {
    /// The bits that count; a test takes few.
    mask: u64,
}

/// A hash of 32 bits, and below it the place: numbers, so that to sort them is cheap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry(u64);

const HASH: u32 = 32;
/// Odd, and as good as any: the golden ratio.
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;
/// How many bits are sorted by at a time, three times.
const DIGIT: u32 = 11;
const DIGITS: usize = 1 << DIGIT;
/// Up to so many are sorted by comparing.
pub(super) const FEW: usize = 4_096;

impl Entry {
    /// The place; the highest number is nobody's.
    #[expect(clippy::cast_possible_truncation, reason = "the place is the lower half")]
    pub(super) const fn place(self) -> u32 {
        self.0 as u32
    }

    pub(super) const fn hash(self) -> u64 {
        self.0 >> HASH
    }

    #[expect(clippy::cast_possible_truncation, reason = "eleven bits are left")]
    const fn digit(self, shift: u32) -> usize {
        (self.0 >> shift) as usize & (DIGITS - 1)
    }
}

impl Hashed {
    pub(super) const FULL: Self = Self { mask: u64::MAX };

    /// Only so many bits: most hashes are the same.
    #[cfg(test)]
    pub(super) const fn by_bits(bits: u32) -> Self {
        Self { mask: (1 << bits) - 1 }
    }

    pub(super) fn text(self, text: &str) -> u64 {
        let bytes = text.as_bytes();
        let mut hash = text.len() as u64;
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            hash = mixed(hash ^ u64::from_le_bytes(*word));
        }
        // The last eight bytes, some of them for the second time, rather than the rest one by one.
        let last = match bytes.last_chunk::<8>() {
            Some(last) => u64::from_le_bytes(*last),
            None => rest.iter().fold(0, |tail, byte| tail << 8 | u64::from(*byte)),
        };
        self.short(mixed(hash ^ last))
    }

    pub(super) const fn id(self, id: Uuid) -> u64 {
        let (high, low) = id.as_u64_pair();
        self.short(mixed(mixed(high) ^ low))
    }

    const fn short(self, hash: u64) -> u64 {
        (hash >> HASH) & self.mask
    }

    /// The hashes of those that have one, in order; equal ones in the order of the list.
    pub(super) fn sorted<T>(list: &[T], hash: impl Fn(&T) -> Option<u64>) -> Vec<Entry> {
        let mut entries = Vec::with_capacity(list.len());
        let places = 0..u64::from(u32::MAX);
        entries.extend(
            list.iter().zip(places).filter_map(|(item, place)| Some(Entry(hash(item)? << HASH | place))),
        );
        if entries.len() <= FEW {
            entries.sort_unstable_by_key(|entry| entry.0);
            return entries;
        }
        let mut other = vec![Entry(0); entries.len()];
        for digit in 0..3 {
            deal(&entries, &mut other, HASH + digit * DIGIT);
            std::mem::swap(&mut entries, &mut other);
        }
        entries
    }
}

/// Multiplies, and folds the halves of the product onto each other: every bit depends on every bit then.
#[expect(clippy::cast_possible_truncation, reason = "the halves of a product are wanted")]
const fn mixed(number: u64) -> u64 {
    let product = (number ^ SPREAD) as u128 * 0xD6E8_FEB8_6659_FD93;
    product as u64 ^ (product >> 64) as u64
}

/// One round of a radix sort: by the eleven bits at `shift`, and equal ones as they were.
fn deal(from: &[Entry], to: &mut [Entry], shift: u32) {
    let mut next = [0_usize; DIGITS];
    for entry in from {
        if let Some(count) = next.get_mut(entry.digit(shift)) {
            *count += 1;
        }
    }
    let mut start = 0;
    for slot in &mut next {
        start += std::mem::replace(slot, start);
    }
    for entry in from {
        if let Some(slot) = next.get_mut(entry.digit(shift)) {
            if let Some(place) = to.get_mut(*slot) {
                *place = *entry;
            }
            *slot += 1;
        }
    }
}

/// For every hash among `staff`: who has it there, and who among `users`.
pub(super) fn meetings(staff: &[Entry], users: &[Entry], mut meet: impl FnMut(&[Entry], &[Entry])) {
    let mut users = users.chunk_by(|one, other| one.hash() == other.hash()).peekable();
    let hash = |group: &[Entry]| group.first().map(|entry| entry.hash());
    for members in staff.chunk_by(|one, other| one.hash() == other.hash()) {
        while users.next_if(|users| hash(users) < hash(members)).is_some() {}
        meet(members, users.next_if(|users| hash(users) == hash(members)).unwrap_or_default());
    }
}

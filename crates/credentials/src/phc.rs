//! Hashes as text: PHC strings.

use argon2::password_hash::phc::{Output, PasswordHash as Phc, Salt};
use staffroom_core::PasswordHash;

use crate::{HashingFault, Parameters};

/// How many bytes of salt a hash is made with: what RFC 9106 recommends.
pub(crate) const SALT_LEN: usize = 16;

/// How many bytes a hash has.
pub(crate) const TAG_LEN: usize = 32;

/// The longest string that is looked at. One of ours has at most 107 bytes.
const MAX_LEN: usize = 256;

/// What Argon2 computes.
pub(crate) type Tag = [u8; TAG_LEN];

/// A hash, taken apart.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) parameters: Parameters,
    pub(crate) salt: Salt,
    pub(crate) tag: Tag,
}

/// Writes a hash down.
pub(crate) fn write(parameters: Parameters, salt: &[u8], tag: &Tag) -> Result<PasswordHash, HashingFault> {
    let refused = |error| HashingFault::Refused(format!("{error}"));
    let salt = Salt::new(salt).map_err(refused)?;
    let tag = Output::new(tag).map_err(refused)?;
    Ok(PasswordHash::from_phc(text(parameters, &salt, &tag)))
}

/// Takes a hash apart that a store kept.
///
/// A store is not trusted to have kept it well: a string that is not, byte for byte, what [`write`] makes of its parts is
/// refused, and so is one that would take more memory or work than `most`. Nothing is allocated for it.
pub(crate) fn read(hash: &PasswordHash, most: Parameters) -> Result<Stored, HashingFault> {
    parts(hash.as_phc()).filter(|stored| stored.parameters.within(most)).ok_or(HashingFault::Unreadable)
}

fn parts(phc: &str) -> Option<Stored> {
    if phc.len() > MAX_LEN {
        return None;
    }
    let read = Phc::new(phc).ok()?;
    let (salt, output) = (read.salt?, read.hash?);
    let parameters = Parameters::of(read.params.get_decimal("m")?, read.params.get_decimal("t")?);
    let computable = parameters.memory_kib() >= Parameters::LEAST_MEMORY_KIB && parameters.passes() >= 1;
    // Whatever else the string may say (another variant, more lanes, a key) is not in the text.
    (computable && text(parameters, &salt, &output) == phc).then_some(Stored {
        parameters,
        salt,
        tag: output.as_bytes().try_into().ok()?,
    })
}

fn text(parameters: Parameters, salt: &Salt, tag: &Output) -> String {
    let (memory, passes) = (parameters.memory_kib(), parameters.passes());
    format!("$argon2id$v=19$m={memory},t={passes},p=1${salt}${tag}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What the reference implementation made of passwords.
    const REFERENCE: &str = include_str!("../tests/data/reference.txt");

    const MOST: Parameters = Parameters::SHARED;

    fn read(text: &str) -> Option<Stored> {
        super::read(&PasswordHash::from_phc(text.to_owned()), MOST).ok()
    }

    #[test]
    fn strings_of_the_reference_implementation_are_read_and_written_alike() {
        let lines: Vec<&str> = REFERENCE.lines().filter_map(|line| line.split('\t').next()).collect();
        let mut seen = 0;
        for line in lines.into_iter().filter(|line| line.starts_with('$')) {
            let stored = read(line).unwrap();
            assert_eq!(write(stored.parameters, &stored.salt, &stored.tag).unwrap().as_phc(), line);
            seen += 1;
        }
        assert_eq!(seen, 32);
    }

    #[test]
    fn anything_else_is_refused() {
        let (head, salt, tag) = (
            "$argon2id$v=19$m=64,t=1,p=1",
            "c2FsdHNhbHRzYWx0c2FsdA",
            "goR23XbxppuAp/HF+sfQcSx5sfLF51WP41m9saiuwRk",
        );
        assert!(read(&format!("{head}${salt}${tag}")).is_some());
        for hostile in [
            // More than this installation ever makes: terabytes, weeks, and both at the edge.
            format!("$argon2id$v=19$m=4294967295,t=1,p=1${salt}${tag}"),
            format!("$argon2id$v=19$m=64,t=4294967295,p=1${salt}${tag}"),
            format!("$argon2id$v=19$m=65537,t=3,p=1${salt}${tag}"),
            format!("$argon2id$v=19$m=65540,t=1,p=1${salt}${tag}"),
            format!("$argon2id$v=19$m=65536,t=3,p=1${salt}${tag}"),
            format!("$argon2id$v=19$m=99999999999999999999,t=1,p=1${salt}${tag}"),
            // Less than Argon2 takes.
            format!("$argon2id$v=19$m=7,t=1,p=1${salt}${tag}"),
            format!("$argon2id$v=19$m=64,t=0,p=1${salt}${tag}"),
            // Something else.
            format!("$argon2i$v=19$m=64,t=1,p=1${salt}${tag}"),
            format!("$argon2d$v=19$m=64,t=1,p=1${salt}${tag}"),
            format!("$argon2id$v=16$m=64,t=1,p=1${salt}${tag}"),
            format!("$argon2id$m=64,t=1,p=1${salt}${tag}"),
            format!("$argon2id$v=19$m=64,t=1,p=2${salt}${tag}"),
            format!("$argon2id$v=19$m=64,t=1,p=1,data=c2FsdA${salt}${tag}"),
            format!("$argon2id$v=19$m=64,t=1,p=1,keyid=c2FsdA${salt}${tag}"),
            // The same said in another way.
            format!("$argon2id$v=19$t=1,m=64,p=1${salt}${tag}"),
            format!("$argon2id$v=19$m=064,t=1,p=1${salt}${tag}"),
            format!("$argon2id$v=19$m=64,t=1,p=1,m=65536${salt}${tag}"),
            format!("$argon2id$v=19$t=1,p=1${salt}${tag}"),
            // Half of it, and more than all.
            format!("{head}${salt}"),
            format!("{head}$${tag}"),
            format!("{head}${salt}$"),
            format!("{head}$c2FsdA${tag}"),
            format!("{head}${salt}$goR23XbxppuAp"),
            format!("{head}${salt}${tag}="),
            format!("{head}${salt}${tag}$"),
            format!("{head}${salt}${tag}\n"),
            format!(" {head}${salt}${tag}"),
            format!("{head}${salt}${}", "A".repeat(10_000_000)),
            format!("$argon2id$v=19$m={},t=1,p=1${salt}${tag}", "1".repeat(1_000_000)),
            String::new(),
            "$".repeat(200),
            "$2b$12$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234".to_owned(),
            "$argon2id$\u{0}\u{ffff}$\u{1f511}".to_owned(),
        ] {
            assert!(read(&hostile).is_none(), "{}", hostile.get(..100).unwrap_or(&hostile));
        }
    }

    proptest! {
        #[test]
        fn whatever_is_read_is_written_the_same(
            text in r"\$argon2id?\$v=1[69]\$m=[0-9]{1,6},t=[0-3],p=[12](,[a-z]{1,4}=[A-Za-z0-9+/]{1,6})?\$[A-Za-z0-9+/=]{0,30}\$[A-Za-z0-9+/=]{40,45}",
        ) {
            if let Some(stored) = read(&text) {
                let written = write(stored.parameters, &stored.salt, &stored.tag).unwrap();
                prop_assert_eq!(written.as_phc(), text);
            }
        }

        #[test]
        fn what_is_written_is_read_back(
            memory in 8u32..=65_536, passes in 1u32..=2, salt in any::<[u8; SALT_LEN]>(), tag in any::<Tag>(),
        ) {
            let parameters = Parameters::of(memory, passes);
            let stored = super::read(&write(parameters, &salt, &tag).unwrap(), MOST).unwrap();
            prop_assert!(stored.parameters == parameters && *stored.salt == salt && stored.tag == tag);
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,120}") {
            prop_assert!(read(&text).is_none());
        }
    }
}

//! The test vectors of RFC 9106, section 5, for the code that hashes are computed with.

/// The inputs of all three.
const PASSWORD: [u8; 32] = [1; 32];
const SALT: [u8; 16] = [2; 16];
const SECRET: [u8; 8] = [3; 8];
const DATA: [u8; 12] = [4; 12];
const MEMORY_KIB: u32 = 32;
const PASSES: u32 = 3;
const LANES: u32 = 4;

const ARGON2D: &str = "512b391b6f1162975371d30919734294f868e3be3984f3c1a13a4db9fabe4acb";
const ARGON2I: &str = "c814d9d1dc7f37aa13f0d77f2494bda1c8de6b016dd388d29952a4c4672b6ce8";
const ARGON2ID: &str = "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659";

fn hex(tag: &[u8]) -> String {
    tag.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn argon2_computes_them() {
    use argon2::{Algorithm, Argon2, AssociatedData, ParamsBuilder, Version};

    for (algorithm, expected) in
        [(Algorithm::Argon2d, ARGON2D), (Algorithm::Argon2i, ARGON2I), (Algorithm::Argon2id, ARGON2ID)]
    {
        let params = ParamsBuilder::new()
            .m_cost(MEMORY_KIB)
            .t_cost(PASSES)
            .p_cost(LANES)
            .data(AssociatedData::new(&DATA).unwrap())
            .build()
            .unwrap();
        let argon2 = Argon2::new_with_secret(&SECRET, algorithm, Version::V0x13, params).unwrap();
        let mut tag = [0; 32];
        argon2.hash_password_into(&PASSWORD, &SALT, &mut tag).unwrap();
        assert_eq!(hex(&tag), expected, "{algorithm:?}");
    }
}

#[cfg(all(feature = "simd", any(target_arch = "x86_64", target_arch = "aarch64")))]
#[test]
fn argon2_rust_computes_them() {
    use argon2_rust::params::Memory;
    use argon2_rust::{Algorithm, Argon2, Params, Version};

    for (algorithm, expected) in
        [(Algorithm::Argon2d, ARGON2D), (Algorithm::Argon2i, ARGON2I), (Algorithm::Argon2id, ARGON2ID)]
    {
        let params = Params::builder()
            .memory(Memory::kib(MEMORY_KIB.into()))
            .passes(PASSES)
            .lanes(LANES)
            .threads(1)
            .build()
            .unwrap();
        let mut tag = [0; 32];
        let argon2 = Argon2::new(algorithm, Version::V0x13, params);
        // Once in fresh memory, once in memory that was used.
        argon2.hash_into_with_ad(&PASSWORD, &SALT, &SECRET, &DATA, &mut tag).unwrap();
        assert_eq!(hex(&tag), expected, "{algorithm:?}");
        let mut hasher = argon2.hasher();
        for _ in 0..2 {
            hasher.hash_into_with_ad(&PASSWORD, &SALT, &SECRET, &DATA, &mut tag).unwrap();
            assert_eq!(hex(&tag), expected, "{algorithm:?}");
        }
    }
}

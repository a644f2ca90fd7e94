//! The test vectors of RFC 9106, section 5, for the code that hashes are computed with.

/// The inputs of all three.
const PASSWORD: [u8; 32] = [1; 32];
const SALT: [u8; 16] = [2; 16];
const SECRET: [u8; 8] = [3; 8];
const DATA: [u8; 12] = [4; 12];
const MEMORY_KIB: u32 = 32;
const PASSES: u32 = 3;
const LANES: u32 = 4;

const ARGON2D: [u128; 2] =
    [0x512b_391b_6f11_6297_5371_d309_1973_4294, 0xf868_e3be_3984_f3c1_a13a_4db9_fabe_4acb];
const ARGON2I: [u128; 2] =
    [0xc814_d9d1_dc7f_37aa_13f0_d77f_2494_bda1, 0xc8de_6b01_6dd3_88d2_9952_a4c4_672b_6ce8];
const ARGON2ID: [u128; 2] =
    [0x0d64_0df5_8d78_766c_08c0_37a3_4a8b_53c9, 0xd01e_f045_2d75_b65e_b525_20e9_6b01_e659];

fn bytes(halves: [u128; 2]) -> Vec<u8> {
    halves.into_iter().flat_map(u128::to_be_bytes).collect()
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
        assert_eq!(tag[..], bytes(expected), "{algorithm:?}");
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
        assert_eq!(tag[..], bytes(expected), "{algorithm:?}");
        let mut hasher = argon2.hasher();
        for _ in 0..2 {
            hasher.hash_into_with_ad(&PASSWORD, &SALT, &SECRET, &DATA, &mut tag).unwrap();
            assert_eq!(tag[..], bytes(expected), "{algorithm:?}");
        }
    }
}

//! Which passwords will do, and what is said of those that will not.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use proptest::prelude::*;
use staffroom_core::{Passwords, Randomness, Secret, WeakPassword};
use staffroom_credentials::{Argon2Passwords, Policy, Settings};
use staffroom_system::SystemRandomness;

const ABOUT: &[&str] =
    &["Anna-Lena Müller", "anna.mueller@lakeside.example", "Lakeside School District", "North School"];

fn check(text: &str, about: &[&str]) -> Result<(), WeakPassword> {
    Policy::default().check(&Secret::new(text.to_owned()), about)
}

/// Nothing if the password will do.
fn advice(text: &str) -> String {
    check(text, ABOUT).err().map(|weak| weak.advice).unwrap_or_default()
}

#[test]
fn long_passwords_that_nobody_would_think_of_will_do() {
    for good in [
        "meadow lantern oboe",
        "vamok-sufid-benat-zogur",
        "the goose wears seven scarves",
        "Fünf schräge Vögel im Käfig",
        "жёлтый трамвай и арбуз",
        "月亮河石头灯笼雨伞茶壶竹林山猫木船",
        "\u{1f980}\u{1f3b7}\u{1f335}\u{1f9ed}\u{1fa81}\u{1f9ff}\u{1f6f6}\u{1f99a}\u{1f9c2}\u{1f52d}\u{1fa97}\u{1f40c}\u{1f965}\u{1f9f5}\u{1f6a1}",
        "nospacesjustgiraffestubas",
        "  leading and trailing  ",
        "my lakeside walk found nine grebes",
        "9cF2v!pQz8#LwX4d",
        "a!#%&?=+*~<>;:a$({",
    ] {
        assert_eq!(check(good, ABOUT), Ok(()), "{good}");
    }
}

#[test]
fn length_counts_characters_as_people_see_them_typed() {
    // Fifteen letters, thirty code points as typed.
    let decomposed = "o\u{308}u\u{308}a\u{308}e\u{301}n\u{303}o\u{302}i\u{308}u\u{301}a\u{300}c\u{327}o\u{308}z\u{30c}s\u{30c}r\u{30c}e\u{30c}";
    assert_eq!(check(decomposed, ABOUT), Ok(()));
    assert!(advice(&decomposed.chars().skip(2).collect::<String>()).contains("at least 15 characters"));
    assert!(advice("tulip&9grebe").contains("at least 15 characters"));
    assert!(Policy::new(12).unwrap().check(&Secret::new("tulip&9grebe".to_owned()), &[]).is_ok());
}

#[test]
fn a_policy_has_a_floor_and_a_ceiling() {
    assert!(Policy::new(7).is_err() && Policy::new(65).is_err());
    assert!(Policy::new(8).is_ok() && Policy::new(64).is_ok());
    assert_eq!(Policy::default().least_chars(), 15);
}

#[test]
fn long_ones_are_welcome() {
    let mut text = String::new();
    for number in 0..64 {
        text.push_str(["grebe ", "tuba ", "nine ", "walnut "][number % 4]);
        text.push(char::from(b'a' + u8::try_from(number % 26).unwrap()));
    }
    let long: String = text.chars().take(128).collect();
    assert_eq!(long.chars().count(), 128);
    assert_eq!(check(&long, ABOUT), Ok(()));
    assert_eq!(check(&text.chars().take(256).collect::<String>(), ABOUT), Ok(()));
    assert!(advice(&text.chars().take(257).collect::<String>()).contains("at most 256 characters"));
    assert!(advice(&"long ".repeat(2_000_000)).contains("at most 256 characters"));
}

#[test]
fn what_is_common_is_refused_with_what_to_do() {
    for (common, says) in [
        ("passwordpassword", "first guesses"),
        ("Password12345678!", "first guesses"),
        ("P@ssw0rd2026!!!", "first guesses"),
        ("Welcome2026!!!!", "first guesses"),
        ("Willkommen2026!", "first guesses"),
        ("summer2026summer2026", "first guesses"),
        ("September-2026!", "first guesses"),
        ("1234-password-1234", "first guesses"),
        ("!!Letmein!!1999!!", "first guesses"),
        ("aaaaaaaaaaaaaaaa", "repeating"),
        ("tulip tulip tulip tulip", "repeating"),
        ("               ", "repeating"),
        ("Goose scarf goose SCARF goose", "repeating"),
        ("grebe-9-tuba-grebe-9-tuba-grebe-9-tuba-grebe-9-tuba-grebe-9-tuba", "repeating"),
        ("qwertyuiopasdfghjklzxcvbnmqwertyuiopasdfghjklzxcvbnmqwertyuiopasdfghjklzxcvbnm", "first guesses"),
        ("qwertzuiopasdfghjklyxcvbnm", "first guesses"),
        ("zxcvbnm,./zxcvbnm,./", "first guesses"),
        ("qwertyuiop[]asdfghjkl;'", "first guesses"),
        ("abcdefghijklmnopqrstuvwxyz", "first guesses"),
        ("efghijklmnopqrstu", "sequences"),
        ("correcthorsebatterystaple", "first guesses"),
        ("Correct Horse Battery Staple!", "first guesses"),
    ] {
        let advice = advice(common);
        assert!(advice.contains(says), "{common}: {advice}");
        assert!(advice.contains("use "), "{advice}");
    }
}

#[test]
fn what_is_half_of_a_password_twice_is_refused() {
    for twice in ["qX7#mK2vqX7#mK2v", "#$%&*a!?#$%&*a!?", "qx7mk2v---qx7mk2v"] {
        assert!(advice(twice).contains("repeating"), "{twice}: {}", advice(twice));
    }
    // Hard to guess once, each of them, and twice no better.
    for twice in ["q#$%&*a!?+=<>~q#$%&*a!?+=<>~", "qxmkvzwtrplnhb---qxmkvzwtrplnhb"] {
        assert!(advice(twice).contains("repeating"), "{twice}: {}", advice(twice));
    }
    // Letters that are no more than the signs between them do not make a password alone.
    assert_eq!(check("k#v$z%m&k!v?z=m+", ABOUT), Ok(()));
}

#[test]
fn what_is_easy_without_the_signs_between_is_refused() {
    assert!(advice("e-f!g&h?i=j+k*l-m").contains("sequences"), "{}", advice("e-f!g&h?i=j+k*l-m"));
    // As many signs as letters: they may be what is hard to guess.
    assert_eq!(check("e-f!g&h?i=j+k*l-", ABOUT), Ok(()));
}

#[test]
fn a_name_is_refused_backwards_too() {
    let backwards: String = "lakesideschooldistrict".chars().rev().collect();
    assert!(advice(&backwards).contains("one of the first guesses"), "{}", advice(&backwards));
    assert_eq!(check(&backwards, &[]), Ok(()), "it is nobody's name");
}

#[test]
fn a_name_of_four_letters_counts() {
    assert!(advice("annaannaqx7mk2v").contains("names"));
}

#[test]
fn a_common_word_takes_a_million_guesses_beside_it() {
    assert!(advice("administrator-q7xkz").contains("among the first guesses"));
    assert_eq!(check("administrator-q7xkzv", ABOUT), Ok(()));
}

#[test]
fn what_is_built_from_names_is_refused() {
    for built in [
        "anna-lena-mueller",
        "AnnaLenaMuller",
        "Müller & Müller & Müller",
        "anna.mueller@lakeside.example",
        "annamuellerlakeside",
        "Lakeside School 2026!",
        "l4k3s1d3-l4k3s1d3",
        "lakeside00000000",
        "lakesidelakeside",
        "MUELLER19841984!",
        "schooldistrict99",
        "!!!lakeside!!!!!!",
    ] {
        // One of them is too short to get that far; lengthened, it is what it is.
        let built = if built.chars().count() < 15 { format!("{built}{built}") } else { built.to_owned() };
        assert!(advice(&built).contains("names"), "{built}: {}", advice(&built));
        assert!(!advice(&built).to_lowercase().contains("lakeside"));
    }
    // Nobody's name here.
    assert_eq!(check("Lakeside grebe walnut tuba", &[]), Ok(()));
    // Too short to mean anything: it is in too many words.
    assert_eq!(check("a nine foot tuba in a lake", &["Li Wu", "Ann Ott"]), Ok(()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn advice_never_repeats_the_password(text in "[a-zA-Z0-9!äöü]{6,20}|[a-z]{6}[0-9]{9}|(abc|password|müller){2,4}") {
        if let Err(weak) = check(&text, ABOUT) {
            prop_assert!(!weak.to_string().to_lowercase().contains(&text.to_lowercase()));
            let printed = format!("{weak:?}");
            prop_assert!(!printed.contains(&text));
        }
    }

    #[test]
    fn whatever_is_typed_is_judged(text in any::<String>(), about in prop::collection::vec(any::<String>(), 0..4)) {
        let about: Vec<&str> = about.iter().map(String::as_str).collect();
        let _ = check(&text, &about);
    }

    #[test]
    fn both_spellings_are_judged_alike(text in "[a-zäöüéñçß ]{8,24}") {
        use unicode_normalization::UnicodeNormalization;
        prop_assert_eq!(check(&text.nfd().collect::<String>(), ABOUT), check(&text, ABOUT));
    }
}

/// A generator whose every output follows from a seed (splitmix64), so that a failure can be looked at.
#[derive(Debug)]
struct Seeded(AtomicU64);

impl Randomness for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let mut mixed = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            let mixed = (mixed ^ mixed >> 31).to_le_bytes();
            chunk.iter_mut().zip(mixed).for_each(|(byte, random)| *byte = random);
        }
    }
}

proptest! {
    #[test]
    fn a_generated_password_passes_every_policy(seed in any::<u64>(), least in Policy::FLOOR_CHARS..=Policy::CEILING_CHARS) {
        let settings = Settings::default()
            .with_policy(Policy::new(least).unwrap())
            .with_threads(std::num::NonZeroUsize::MIN);
        let passwords = Argon2Passwords::start(settings, Arc::new(SystemRandomness)).unwrap();
        let seeded = Seeded(AtomicU64::new(seed));
        for _ in 0..4 {
            let secret = passwords.generate(&seeded);
            prop_assert_eq!(passwords.check(&secret, ABOUT), Ok(()), "seed {}", seed);
            prop_assert!(secret.expose().chars().count() >= least.max(23));
        }
    }
}

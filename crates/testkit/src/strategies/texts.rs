//! Texts as people and systems type them, and instants as clocks give them.

use std::sync::LazyLock;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::string::{RegexGeneratorStrategy, string_regex};

use super::Preset;
use crate::fixture::valid;

/// The people whose addresses an ordinary network has: fewer than its staff members, so that some share one.
const ORDINARY_PEOPLE: u32 = 9;

/// Addresses in hostile spellings. Those of one line are one address, unless they are none at all.
const HOSTILE_EMAILS: [&[&str]; 16] = [
    &[
        "kim@lakeside.example",
        "\u{212A}im@lakeside.example",
        "KIM@LAKESIDE.EXAMPLE",
        "\u{FF4B}\u{FF49}\u{FF4D}@lakeside.example",
        "\u{A0}kim@lakeside.example\t",
        "kim@lakeside\u{3002}example",
    ],
    &[
        "\u{E9}mile@lakeside.example",
        "e\u{301}mile@lakeside.example",
        "E\u{301}MILE@Lakeside.Example",
        "\u{C9}mile@lakeside.example",
    ],
    &["stra\u{DF}e@lakeside.example", "stra\u{1E9E}e@lakeside.example", "STRA\u{DF}E@lakeside.example"],
    &["strasse@lakeside.example", "STRASSE@lakeside.example"],
    &["irma@lakeside.example", "IRMA@lakeside.example"],
    &["\u{131}rma@lakeside.example"],
    &["\u{130}rma@lakeside.example", "i\u{307}rma@lakeside.example", "I\u{307}RMA@lakeside.example"],
    &[
        "\u{3A3}\u{399}\u{3A3}\u{3A5}\u{3A6}\u{39F}\u{3A3}@lakeside.example",
        "\u{3C3}\u{3B9}\u{3C3}\u{3C5}\u{3C6}\u{3BF}\u{3C2}@lakeside.example",
        "\u{3C3}\u{3B9}\u{3C3}\u{3C5}\u{3C6}\u{3BF}\u{3C3}@lakeside.example",
    ],
    &[
        "a@b\u{FC}cher.example",
        "a@bu\u{308}cher.example",
        "A@B\u{DC}CHER.example",
        "a@xn--bcher-kva.example",
        "a@XN--BCHER-KVA.example",
    ],
    &["\u{FB01}ona@lakeside.example", "fiona@lakeside.example"],
    &["mary+lunch@lakeside.example", "Mary+Lunch@lakeside.example"],
    &["ma.ry@lakeside.example", "mary@lakeside.example"],
    &[
        "ma\u{200B}ry@lakeside.example",
        "ma\u{202E}ry@lakeside.example",
        "ma\u{A0}ry@lakeside.example",
        "ma\try@lakeside.example",
        "ma\0ry@lakeside.example",
        "\u{FEFF}mary@lakeside.example",
    ],
    &[
        "Mary <mary@lakeside.example>",
        "\"mary ann\"@lakeside.example",
        "mary@[127.0.0.1]",
        "mary\u{FF20}lakeside.example",
        "mary@@lakeside.example",
        "mary..ann@lakeside.example",
        "mary@lakeside",
        "mary@lake_side.example",
        "mary@lakeside.123",
        "@",
        "n/a",
    ],
    &["", " ", "\u{A0}\t", "\u{200B}"],
    &[
        "\u{939}\u{93F}\u{928}\u{94D}\u{926}\u{940}@lakeside.example",
        "q\u{301}@lakeside.example",
        "Q\u{301}@lakeside.example",
    ],
];

/// What a pattern describes. It is read once: to read it takes far longer than to draw a text.
type Pattern = LazyLock<RegexGeneratorStrategy<String>>;

static ANY_TEXT: Pattern = LazyLock::new(|| valid(string_regex("\\PC*")));
static SPECIAL_TEXT: Pattern = LazyLock::new(|| {
    valid(string_regex(
        "[a-zA-Z@. \u{130}\u{131}\u{DF}\u{3C2}\u{3C3}\u{212A}\u{301}\u{307}\u{327}\u{A0}\u{200B}\u{202E}\u{FB01}\u{FF45}\u{2026}\u{FFFD}\u{1160}\t\0'-]{0,14}",
    ))
});
/// What stands before an `@`, or should not.
static HOSTILE_LOCAL_PART: Pattern =
    LazyLock::new(|| valid(string_regex("[a-zA-Z\u{130}\u{131}\u{DF}\u{3C2}\u{301}.+ -]{1,9}")));

/// The text of an email column.
pub fn raw_email(preset: Preset) -> BoxedStrategy<String> {
    match preset {
        Preset::Ordinary => prop_oneof![
            16 => (1..=ORDINARY_PEOPLE).prop_map(|n| format!("given{n}.family{n}@lakeside.example")),
            3 => (1..=ORDINARY_PEOPLE).prop_map(|n| format!(" Given{n}.Family{n}@Lakeside.Example")),
            2 => Just(String::new()),
            1 => select(&["n/a", "none", "mary@", "mary ann@lakeside.example"]).prop_map(str::to_owned),
        ]
        .boxed(),
        Preset::Hostile => prop_oneof![
            16 => select(&HOSTILE_EMAILS).prop_flat_map(select).prop_map(str::to_owned),
            2 => long_email(),
            1 => raw_text(),
            2 => (raw_text(), raw_text()).prop_map(|(local, domain)| format!("{local}@{domain}.example")),
            1 => (&*HOSTILE_LOCAL_PART).prop_map(|local| format!("{local}@lakeside.example")),
        ]
        .boxed(),
    }
}

/// Addresses and other texts at and beyond what an address may have.
fn long_email() -> impl Strategy<Value = String> {
    let label = |length| "d".repeat(length);
    prop_oneof![
        (60_usize..68).prop_map(|local| format!("{}@lakeside.example", "a".repeat(local))),
        // 64 + 1 + 63 + 1 + 63 + 1 + n: 254 bytes with 61, the most there may be.
        (58_usize..66).prop_map(move |n| format!(
            "{}@{}.{}.{}",
            "a".repeat(64),
            label(63),
            label(63),
            label(n)
        )),
        // What is cut at 254 characters may end in the middle of anything.
        (248_usize..258, select(&[" ", "\u{A0}", "\u{301}", "@b.example", "\0", ""]))
            .prop_map(|(n, middle)| format!("{}{middle}{}", "x".repeat(n), "y".repeat(9))),
    ]
}

/// The given and the family name of a person, as typed.
pub fn raw_name(preset: Preset) -> BoxedStrategy<(String, String)> {
    match preset {
        Preset::Ordinary => (
            select(&["Ana", "Mary Ann", "Jos\u{E9}", "Kim", "Li"]),
            select(&["Adams", "O'Brien", "M\u{FC}ller", "Garc\u{ED}a Lorca", "Young"]),
        )
            .prop_map(|(given, family)| (given.to_owned(), family.to_owned()))
            .boxed(),
        Preset::Hostile => (name_part(), name_part()).boxed(),
    }
}

fn name_part() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => select(&[
            "", "ipek", "\u{130}pek", "\u{131}\u{15F}\u{131}k", "Stra\u{DF}e", "STRASSE", "\u{3A3}\u{3C2}",
            "\u{212A}im", "Kim", "e\u{301}", "\u{E9}", "\u{FF2A}\u{FF4F}hn", "A\u{200B}nn", "A\u{202E}nn", "A\tnn",
            "A\u{A0} nn", "A\0nn", " Ann ", "\u{FEFF}Ann",
        ])
        .prop_map(str::to_owned),
        1 => (195_usize..205).prop_map(|n| "\u{E9}".repeat(n)),
        1 => raw_text(),
    ]
}

/// Any text at all, mostly short, with a taste for what is special.
pub fn raw_text() -> impl Strategy<Value = String> {
    prop_oneof![1 => &*ANY_TEXT, 2 => &*SPECIAL_TEXT]
}

/// The SIS id of the person numbered `number`. In the hostile preset, many of them look alike.
pub fn sis_text(preset: Preset, number: u32) -> String {
    let hostile = match number {
        1 => "t-1",
        2 => "T-1",
        3 => "\u{E9}",
        4 => "e\u{301}",
        5 => "i",
        6 => "\u{131}",
        7 => "a\u{A0}b",
        8 => "a b",
        9 => "a\u{200B}b",
        10 => "00",
        11 => "0",
        _ => return format!("{number:0>width$}", width = if number == 12 { 255 } else { 3 }),
    };
    match preset {
        Preset::Ordinary => format!("S-{number:04}"),
        Preset::Hostile => hostile.to_owned(),
    }
}

/// A moment as a clock might give it.
pub fn instant(preset: Preset) -> BoxedStrategy<DateTime<Utc>> {
    let at = |seconds, nanos| DateTime::from_timestamp(seconds, nanos).unwrap_or(DateTime::UNIX_EPOCH);
    match preset {
        Preset::Ordinary => {
            (1_786_000_000_i64..1_800_000_000).prop_map(move |seconds| at(seconds, 0)).boxed()
        }
        Preset::Hostile => prop_oneof![
            (any::<i32>(), 0_u32..1_000_000_000)
                .prop_map(move |(seconds, nanos)| at(i64::from(seconds), nanos)),
            // A leap second, as chrono has it: more than a thousand million nanoseconds.
            (0_i64..50_000, 1_000_000_000_u32..2_000_000_000)
                .prop_map(move |(minutes, nanos)| at(minutes * 60 + 59, nanos)),
            (0_i64..3_000).prop_map(|nanos| DateTime::<Utc>::MAX_UTC - TimeDelta::nanoseconds(nanos)),
            (0_i64..3_000).prop_map(|nanos| DateTime::<Utc>::MIN_UTC + TimeDelta::nanoseconds(nanos)),
        ]
        .boxed(),
    }
}

#!/usr/bin/env python3
"""Makes the data of the oracles, which `cargo test` reads: it needs no Python itself.

    pip install email-validator==2.4.0
    python3 make.py NormalizationTest.txt CaseFolding.txt IdnaTestV2.txt

The three files are Unicode's, of any version: NormalizationTest.txt of 18.0 from the tests of the crate `icu_normalizer` 2.4.0,
CaseFolding.txt of 15.0 from Debian's package `unicode-data`, IdnaTestV2.txt of 16.0 from the tests of the crate `idna` 1.1.0.
Unicode never changes what it says of a character once that is assigned, so an older file is true of newer tables.
"""

import random
import sys
import zipfile

import email_validator


def unicode_files(normalization, folding, idna):
    """Without comments, and without the eleven thousand Hangul syllables, which one rule composes; a hundredth of them stay."""
    files = {}
    for name, path in ("normalization.txt", normalization), ("folding.txt", folding), ("idna.txt", idna):
        lines = [line.split("#")[0].rstrip() for line in open(path, encoding="utf-8").read().splitlines()]
        lines = [line for line in lines if line and not line.startswith("@")]
        if name == "normalization.txt":
            hangul = [line for line in lines if 0xAC00 <= int(line.split(";")[0].split()[0], 16) <= 0xD7A3]
            few = set(hangul[::100])
            lines = [line for line in lines if line not in set(hangul) or line in few]
        files[name] = "\n".join(lines) + "\n"
    with zipfile.ZipFile("unicode.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)


LOCALS = [
    "mary", "Mary.Ann", "mary+home", "m", "a" * 64, "a" * 65, ".mary", "mary.", "ma..ry", "ma ry", "", "o'brien", "!#$%&'*+-/=?^_`{|}~",
    "\"mary ann\"", "\"mary\"", "ma\"ry", "ma(comment)ry", "(comment)mary", "ma\\ry", "ma,ry", "ma;ry", "ma:ry", "<mary>", "[mary]", "Mary <mary",
    "\u00e9mile", "e\u0301mile", "\u00c9MILE", "stra\u00dfe", "stra\u1e9ee", "\u0131rma", "\u0130rma", "\u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2", "\u212aim", "\uff4d\uff41\uff52\uff59",
    "\ufb01ona", "\u2460", "\u0939\u093f\u0928\u094d\u0926\u0940", "\u0e17\u0e14", "\u6708\u4eae", "\u05d0\u05d1", "\u0634\u0628\u0643\u0629", "\u0661\u0662", "\U0001f980", "a\U0001f980b",
    "ma\u200bry", "ma\u200dry", "ma\u200cry", "ma\u202ery", "ma\u00adry", "ma\ufeffry", "ma\u2060ry", "ma\u00a0ry", "ma\u3000ry", "ma\ufe0fry", "ma\u034fry", "ma\u115fry", "ma\u3164ry",
    "ma\try", "ma\nry", "ma\rry", "ma\0ry", "ma\x7fry", "ma\u0085ry", "ma\u2028ry", "ma\ufffdry", "ma\ue000ry", "ma\u0378ry", "ma\uffffry", "ma\uff20ry", "ma\uff0ery", "ma\u2024ry",
    "\u0301mary", "q\u0301", "ma\u0301\u0327ry", "\ufb1d", "\u1e9b\u0323", "\u1112\u1161\u11ab", "\u01c5", "mary@evil.example", "mary@", "@mary", "mary%evil.example", "1", "-mary", "mary-", "_mary",
]

DOMAINS = [
    "school.example", "SCHOOL.Example", "a.b.c.school.example", "school", "localhost", "school.test", "school.local", "school.invalid", "x.onion", "1.in-addr.arpa", "school.example.",
    ".school.example", "school..example", "", "-school.example", "school-.example", "sch--ool.example", "sc--hool.example", "sch_ool.example", "school.123", "127.0.0.1", "[127.0.0.1]",
    "[IPv6:::1]", "school.e", "school.1e", "d" * 63 + ".example", "d" * 64 + ".example", ".".join(["d" * 61] * 3) + ".example", ".".join(["d" * 62] * 4) + ".example",
    "b\u00fccher.example", "B\u00dcCHER.example", "bu\u0308cher.example", "xn--bcher-kva.example", "XN--BCHER-KVA.example", "xn--zz--.example", "xn--.example", "xn--a.example", "xn--school.example",
    "stra\u00dfe.example", "stra\u1e9ee.example", "fa\u00df.de", "\u03c2.example", "school\u3002example", "school\uff0eexample", "sch\u00adool.example", "sch\u200bool.example", "sch\u200dool.example",
    "\u0915\u094d\u200d\u0937.example", "\uff53\uff43\uff48\uff4f\uff4f\uff4c.example", "\u2460.example", "\U0001f980.example", "\u2665.example", "\u05d0.example", "\u05d0a.example", "a\u05d0.example", "\u0661.example",
    "school.\u4e2d\u56fd", "school.xn--fiqs8s", "\u0301school.example", "school.ex\u0301ample", "school example", "school.example ", "sch\tool.example", "school.example\n", "sch/ool.example", "sch%6fol.example",
    "school.exam\u202eple", "\u0131.example", "\u212aim.example", "school.\u0660", "school.123a", "b\u00fcc-.example", "-b\u00fcc.example", "xn--bc--hoa.example", "a\uff20b.example", "school.ex@mple",
]

WHOLE = [
    "", " ", "@", "@@", "mary", "n/a", "none", "mary@@school.example", " mary@school.example ", "\tmary@school.example\n", "\u00a0mary@school.example\u2003", "Mary <mary@school.example>", "mary@school.example, bo@school.example",
    "mailto:mary@school.example", "mary at school.example", "mary@school.example;", "mary@school.example.", "\ufeffmary@school.example", "mary\uff20school.example", "mary\u200b@school.example",
]


def addresses():
    seen = {}
    for text in WHOLE:
        seen[text] = None
    for local in LOCALS:
        seen[f"{local}@school.example"] = None
    for domain in DOMAINS:
        seen[f"mary@{domain}"] = None
    # And pairs of them, and ordinary ones with one character of any script put in anywhere.
    chance = random.Random(20260824)
    for _ in range(1000):
        seen[f"{chance.choice(LOCALS)}@{chance.choice(DOMAINS)}"] = None
    ranges = [(0x21, 0x7E), (0xA1, 0x24F), (0x250, 0x6FF), (0x900, 0xDFF), (0x1E00, 0x2FFF), (0x3041, 0x9FFF), (0xF900, 0xFFEF), (0x10000, 0x1FAFF)]
    for _ in range(2000):
        text = list("mary.ann@school.example")
        character = chr(chance.randint(*chance.choice(ranges)))
        place = chance.randrange(len(text) + 1)
        seen["".join(text[:place] + [character] + text[place:])] = None
    return list(seen)


def verdict(text):
    try:
        email = email_validator.validate_email(text, check_deliverability=False, allow_smtputf8=True)
    except email_validator.EmailNotValidError as error:
        return "refused\t" + " ".join(str(error).split())[:70]
    return f"address\t{escaped(email.local_part)}@{email.ascii_domain}"


def escaped(text):
    return "".join(c if " " <= c <= "~" and c != "\\" else f"\\u{{{ord(c):x}}}" for c in text)


def email_validator_table():
    with open("email-validator.tsv", "w", encoding="ascii") as table:
        print(f"# What email-validator {email_validator.__version__} (Python) says of each text, made by make.py. Characters are escaped as in Rust.", file=table)
        for text in addresses():
            said = verdict(text)
            print(f"{escaped(text)}\t{said if said.isascii() else escaped(said).replace(chr(92) + 'u{9}', chr(9))}", file=table)


if __name__ == "__main__":
    unicode_files(*sys.argv[1:])
    email_validator_table()

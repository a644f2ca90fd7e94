//! The names of people: as they write them, and as their email has them.

use crate::random::Random;

/// A name: as it is written, and in the letters of an email.
type Spelling = (&'static str, &'static str);

/// The names of one language.
struct Tongue {
    given: &'static [Spelling],
    family: &'static [Spelling],
}

/// A name drawn from the tables below.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Name {
    pub(crate) given: Spelling,
    pub(crate) family: Spelling,
}

/// Somebody's name. Half of the people have English or Spanish names, the others one of any language.
pub(crate) fn name(random: &mut Random) -> Name {
    let tongue = match random.below(100) {
        0..35 => Some(&ENGLISH),
        35..50 => Some(&SPANISH),
        _ => random.pick(OTHERS).copied(),
    };
    let tongue = tongue.unwrap_or(&ENGLISH);
    Name {
        given: random.pick(tongue.given).copied().unwrap_or(("Ann", "ann")),
        family: random.pick(tongue.family).copied().unwrap_or(("Doe", "doe")),
    }
}

const ENGLISH: Tongue = Tongue {
    given: &[
        ("Emma", "emma"),
        ("James", "james"),
        ("Olivia", "olivia"),
        ("Marcus", "marcus"),
        ("Hannah", "hannah"),
        ("Terrence", "terrence"),
        ("Grace", "grace"),
        ("Noah", "noah"),
        ("Denise", "denise"),
        ("Walter", "walter"),
        ("Latoya", "latoya"),
        ("Zoë", "zoe"),
        ("Mary Ann", "maryann"),
        ("Desmond", "desmond"),
        ("Ruth", "ruth"),
        ("André", "andre"),
    ],
    family: &[
        ("Johnson", "johnson"),
        ("O'Connor", "oconnor"),
        ("Washington", "washington"),
        ("Miller", "miller"),
        ("Smith-Jones", "smith-jones"),
        ("Freeman", "freeman"),
        ("Baker", "baker"),
        ("McAllister", "mcallister"),
        ("Hughes", "hughes"),
        ("St. Clair", "stclair"),
        ("Brontë", "bronte"),
        ("Turner", "turner"),
        ("D'Souza", "dsouza"),
        ("Whitfield", "whitfield"),
        ("Lee", "lee"),
        ("Okafor-Reed", "okafor-reed"),
    ],
};

const SPANISH: Tongue = Tongue {
    given: &[
        ("María José", "mariajose"),
        ("José Luis", "joseluis"),
        ("Ana", "ana"),
        ("Iñaki", "inaki"),
        ("Lucía", "lucia"),
        ("Ángel", "angel"),
        ("Ximena", "ximena"),
        ("Raúl", "raul"),
    ],
    family: &[
        ("García Márquez", "garcia"),
        ("Núñez", "nunez"),
        ("Rodríguez", "rodriguez"),
        ("Peña", "pena"),
        ("de la Cruz", "delacruz"),
        ("Ibáñez Solís", "ibanez"),
        ("Zúñiga", "zuniga"),
        ("Ruiz", "ruiz"),
    ],
};

const OTHERS: &[&Tongue] = &[
    // Vietnamese
    &Tongue {
        given: &[("Thị Hương", "huong"), ("Văn Đức", "duc"), ("Ngọc Ánh", "anh"), ("Quốc Bảo", "bao")],
        family: &[("Nguyễn", "nguyen"), ("Trần", "tran"), ("Phạm", "pham"), ("Đặng", "dang")],
    },
    // Yoruba: marks that combine with the letter before them
    &Tongue {
        given: &[
            ("Ọláolúwa", "olaoluwa"),
            ("Ṣadé", "sade"),
            ("Adébáyọ̀", "adebayo"),
            ("Tèmítọ́pẹ́", "temitope"),
        ],
        family: &[("Adéyẹmí", "adeyemi"), ("Ògúnlẹ́yẹ", "ogunleye"), ("Ṣóyínká", "soyinka")],
    },
    // Arabic: right to left
    &Tongue {
        given: &[("فاطمة", "fatima"), ("يوسف", "yusuf"), ("ليلى", "layla"), ("عمر", "omar")],
        family: &[("الخطيب", "alkhatib"), ("حداد", "haddad"), ("المصري", "almasri")],
    },
    // Chinese: two columns wide
    &Tongue {
        given: &[("小明", "xiaoming"), ("美玲", "meiling"), ("伟", "wei"), ("雪芳", "xuefang")],
        family: &[("王", "wang"), ("陳", "chen"), ("李", "li"), ("欧阳", "ouyang")],
    },
    // Japanese
    &Tongue {
        given: &[("さくら", "sakura"), ("健太", "kenta"), ("陽子", "yoko")],
        family: &[("佐藤", "sato"), ("渡辺", "watanabe"), ("山本", "yamamoto")],
    },
    // Korean
    &Tongue {
        given: &[("서연", "seoyeon"), ("민준", "minjun"), ("지우", "jiwoo")],
        family: &[("김", "kim"), ("박", "park"), ("최", "choi")],
    },
    // Polish
    &Tongue {
        given: &[
            ("Łucja", "lucja"),
            ("Małgorzata", "malgorzata"),
            ("Wojciech", "wojciech"),
            ("Żaneta", "zaneta"),
        ],
        family: &[
            ("Wiśniewska", "wisniewska"),
            ("Kowalczyk", "kowalczyk"),
            ("Brzęczyszczykiewicz", "brzeczyszczykiewicz"),
        ],
    },
    // Turkish: an i with a dot, and one without
    &Tongue {
        given: &[("Işıl", "isil"), ("İbrahim", "ibrahim"), ("Çağla", "cagla"), ("Yiğit", "yigit")],
        family: &[("Yıldırım", "yildirim"), ("Şahin", "sahin"), ("Özgür", "ozgur")],
    },
    // German: sharp s
    &Tongue {
        given: &[("Jürgen", "juergen"), ("Käthe", "kaethe"), ("Sören", "soeren")],
        family: &[
            ("Großmann", "grossmann"),
            ("von der Straße", "vonderstrasse"),
            ("Weiß", "weiss"),
            ("Müller", "mueller"),
        ],
    },
    // Hawaiian: the okina is a letter
    &Tongue {
        given: &[("Leilani", "leilani"), ("Kekoa", "kekoa"), ("Noʻeau", "noeau")],
        family: &[("Kamakawiwoʻole", "kamakawiwoole"), ("Kaʻanāʻanā", "kaanaana"), ("Kahale", "kahale")],
    },
    // Hindi
    &Tongue {
        given: &[("प्रिया", "priya"), ("अर्जुन", "arjun"), ("सुनीता", "sunita")],
        family: &[("शर्मा", "sharma"), ("पटेल", "patel"), ("त्रिवेदी", "trivedi")],
    },
    // Greek
    &Tongue {
        given: &[("Ελένη", "eleni"), ("Γιώργος", "giorgos"), ("Δέσποινα", "despoina")],
        family: &[("Παπαδόπουλος", "papadopoulos"), ("Οικονόμου", "oikonomou")],
    },
    // Ukrainian
    &Tongue {
        given: &[("Олена", "olena"), ("Тарас", "taras"), ("Ївга", "yivha")],
        family: &[("Шевченко", "shevchenko"), ("Ковальчук", "kovalchuk"), ("Їжакевич", "yizhakevych")],
    },
    // Hebrew
    &Tongue {
        given: &[("רחל", "rachel"), ("דוד", "david"), ("נועה", "noa")],
        family: &[("כהן", "cohen"), ("לוי", "levi"), ("פרץ", "peretz")],
    },
    // Thai: vowels above and below the letter
    &Tongue {
        given: &[("สมชาย", "somchai"), ("สุดารัตน์", "sudarat")],
        family: &[("ศรีสุวรรณ", "srisuwan"), ("วงศ์ใหญ่", "wongyai")],
    },
    // Amharic
    &Tongue {
        given: &[("አበበ", "abebe"), ("ሳራ", "sara")], family: &[("ተስፋዬ", "tesfaye"), ("ገብረ", "gebre")]
    },
    // Icelandic
    &Tongue {
        given: &[("Þórdís", "thordis"), ("Guðmundur", "gudmundur")],
        family: &[("Ævarsdóttir", "aevarsdottir"), ("Sigurðsson", "sigurdsson")],
    },
    // Irish and Welsh
    &Tongue {
        given: &[("Siobhán", "siobhan"), ("Tadhg", "tadhg"), ("Siân", "sian")],
        family: &[("Ó Súilleabháin", "osuilleabhain"), ("ap Rhys", "aprhys"), ("Llŷr-Évans", "llyr-evans")],
    },
    // Portuguese
    &Tongue {
        given: &[("João", "joao"), ("Conceição", "conceicao"), ("Luís", "luis")],
        family: &[("Gonçalves", "goncalves"), ("dos Santos", "dossantos"), ("Magalhães", "magalhaes")],
    },
    // Māori
    &Tongue {
        given: &[("Wiremu", "wiremu"), ("Ngāio", "ngaio")],
        family: &[("Te Whānau", "tewhanau"), ("Pōtae", "potae")],
    },
    // Czech and Hungarian
    &Tongue {
        given: &[("Jiří", "jiri"), ("Růžena", "ruzena"), ("Erzsébet", "erzsebet"), ("György", "gyorgy")],
        family: &[("Dvořák", "dvorak"), ("Příhoda", "prihoda"), ("Szőke", "szoke"), ("Nagy", "nagy")],
    },
];

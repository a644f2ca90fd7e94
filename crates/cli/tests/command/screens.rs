//! What people see: 80 columns, names of many scripts, colours.

use unicode_width::UnicodeWidthStr;

use crate::support::{Home, PlainRoster, Ran};

/// Long names of many scripts, with marks that take no room, letters that take two columns, and some from right to left.
fn home() -> Home {
    let home = Home::empty();
    let schools =
        ["Lycée Français Internationâl de la Vallée Supérieure", "東京都立国際中等教育学校・高等部"];
    let roster = PlainRoster::of(&[
        [
            "1",
            "Oluwaseun Ọláolúwa Àdùnní",
            "Adéyẹmí-Ògúnlẹ́yẹ Ọláníyì",
            "oluwaseun.adeyemi-ogunleye@lakeside.example",
            schools[0],
            "yes",
        ],
        [
            "2",
            "健太郎左衛門",
            "佐藤小路之介",
            "kentarozaemon.satokojinosuke@lakeside.example",
            schools[1],
            "yes",
        ],
        [
            "3",
            "สุดารัตน์ กมลชนก",
            "ศรีสุวรรณวงศ์ไพศาล",
            "sudarat.srisuwanwongpaisan@lakeside.example",
            schools[0],
            "yes",
        ],
        [
            "4",
            "عبد الرحمن بن محمد",
            "الحسيني القرشي",
            "abdulrahman.alhusseini@lakeside.example",
            schools[1],
            "yes",
        ],
        ["5", "דוד בן־ציון", "פרץ־רוזנברג", "david.peretz-rosenberg@lakeside.example", schools[0], "yes"],
        [
            "6",
            "Вольдемар Аристархович",
            "Преображенский-Кржижановский",
            "voldemar.preobrazhenskij@lakeside.example",
            schools[0],
            "yes",
        ],
        ["7", "ਗੁਰਪ੍ਰੀਤ", "ਸਿੰਘ ਢਿੱਲੋਂ", "gurpreet.dhillon@lakeside.example", schools[1], "yes"],
        ["8", "지우", "박", "jiwoo.park@lakeside.example", schools[0], "yes"],
        ["9", "Ng\u{323}o\u{302}\u{323}c", "Đặng", "ngoc.dang@lakeside.example", schools[0], "yes"],
    ]);
    home.run(&["import", roster.path(), "--network", "Réseau international des écoles du Lac Supérieur"])
        .ending(0);
    home.run(&["bulk-create", "--all", "--group", "Teacher", "--school", schools[0]]).ending(0);
    home.run(&["users", "grant", "jiwoo.park@lakeside.example", "--school", schools[1]]).ending(0);
    home.run(&["users", "disable", "ngoc.dang@lakeside.example"]).ending(0);
    home.run(&["groups", "add", "Ἀρχὴ πολιτείας καὶ παιδείας διδασκάλων", "--permissions", "grades.view"])
        .ending(0);
    home
}

/// Everything that prints for people.
const VERBS: [&[&str]; 16] = [
    &["status"],
    &["schools"],
    &["networks"],
    &["staff", "list"],
    &["staff", "show", "2"],
    &["candidates", "--school", "Lycée Français Internationâl de la Vallée Supérieure"],
    &["users", "list"],
    &["users", "show", "jiwoo.park@lakeside.example"],
    &["groups", "list"],
    &["batches", "list"],
    &["batches", "show", "--last"],
    &["undo", "--last", "--dry-run"],
    &["hand-off", "--last"],
    &["audit"],
    &["follow-up"],
    &[
        "bulk-create",
        "--staff",
        "1",
        "2",
        "77",
        "--dry-run",
        "--school",
        "Lycée Français Internationâl de la Vallée Supérieure",
    ],
];

#[test]
fn no_line_is_wider_than_80_columns() {
    let home = home();
    for args in VERBS {
        let ran = home.run(args);
        assert!(matches!(ran.code, 0 | 3), "{ran:?}");
        for line in ran.out.lines() {
            assert!(line.width() <= 80, "{args:?}: {} columns: {line}", line.width());
            assert_eq!(line, line.trim_end(), "{args:?}");
        }
    }
}

/// Where the columns of a table begin, by its rule.
fn begins(rule: &str) -> Vec<usize> {
    let mut before = ' ';
    let starts = rule.char_indices().filter(|(_, c)| std::mem::replace(&mut before, *c) == ' ' && *c == '-');
    starts.map(|(at, _)| at).collect()
}

#[test]
fn columns_begin_where_the_header_says_whatever_the_script() {
    let home = home();
    for args in VERBS {
        let ran = home.run(args);
        let mut begins_at: Vec<usize> = Vec::new();
        for line in ran.out.lines() {
            if line.starts_with("--") {
                begins_at = begins(line);
            } else if line.is_empty() {
                begins_at.clear();
            }
            // Two columns of nothing stand before each column but the first.
            for begin in begins_at.iter().skip(1) {
                let mut column = 0;
                for c in line.chars() {
                    let width = c.to_string().width();
                    let in_gap = column + width > begin - 2 && column < *begin;
                    assert!(!in_gap || c == ' ' || width == 0, "{args:?}: column {begin}: {line}");
                    column += width;
                }
            }
        }
    }
}

#[test]
fn colours_are_for_terminals_and_for_whoever_asks() {
    let home = home();
    let create = ["bulk-create", "--staff", "1", "--dry-run", "--school", "東京都立国際中等教育学校・高等部"];
    let with = |choice: &str| home.run(&[&create[..], &["--color", choice]].concat()).ending(3);
    let (plain, colored) = (with("never"), with("always"));
    assert!(!plain.out.contains('\u{1b}'), "{}", plain.out);
    assert!(colored.out.contains("\u{1b}[1;31mRefused (1)\u{1b}[0m"), "{}", colored.out);
    let without =
        |text: &str| text.replace("\u{1b}[1;31m", "").replace("\u{1b}[1m", "").replace("\u{1b}[0m", "");
    assert_eq!(without(&colored.out), plain.out);
    // There is no terminal here.
    assert_eq!(with("auto").out, plain.out);
    let error = home.run(&["candidates", "--color", "always"]);
    assert!(error.err.starts_with("\u{1b}[1;31merror:\u{1b}[0m "), "{}", error.err);
    let error =
        home.command(&["candidates"]).env("STAFFROOM_COLOR", "always").output().map(Ran::from).unwrap();
    assert!(error.err.starts_with("\u{1b}[1;31merror:\u{1b}[0m "), "{}", error.err);
}

/// On a terminal of 80 columns, which `script` makes.
#[cfg(target_os = "linux")]
fn at_a_terminal(home: &Home, args: &[&str], no_color: bool) -> Ran {
    typing(home, args, "", no_color)
}

/// The same, with somebody who types.
#[cfg(target_os = "linux")]
fn typing(home: &Home, args: &[&str], typed: &str, no_color: bool) -> Ran {
    let mut script = terminal(home, args);
    let mut keys = tempfile::tempfile().unwrap();
    std::io::Write::write_all(&mut keys, typed.as_bytes()).unwrap();
    std::io::Seek::rewind(&mut keys).unwrap();
    script.stdin(keys);
    if no_color {
        script.env("NO_COLOR", "1");
    }
    script.output().unwrap().into()
}

/// The command on a terminal of its own.
#[cfg(target_os = "linux")]
fn terminal(home: &Home, args: &[&str]) -> std::process::Command {
    let command = home.command(args);
    let quoted = |text: &std::ffi::OsStr| format!("'{}'", text.to_str().unwrap());
    let line: Vec<String> =
        std::iter::once(command.get_program()).chain(command.get_args()).map(quoted).collect();
    let mut script = std::process::Command::new("script");
    script.args(["-qec", &format!("stty cols 80; {}", line.join(" ")), "/dev/null"]);
    script.current_dir(command.get_current_dir().unwrap()).env("TERM", "xterm").env("HOME", "/nowhere");
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => script.env(name, value),
            None => script.env_remove(name),
        };
    }
    script
}

#[cfg(target_os = "linux")]
#[test]
fn no_color_turns_colours_off_at_a_terminal() {
    let home = home();
    let args = ["users", "list"];
    let colored = at_a_terminal(&home, &args, false).ending(0);
    assert!(colored.out.contains("\u{1b}[1mEmail"), "{:?}", colored.out);
    let plain = at_a_terminal(&home, &args, true).ending(0);
    assert!(!plain.out.contains('\u{1b}'), "{:?}", plain.out);
}

#[cfg(target_os = "linux")]
#[test]
fn what_is_done_at_a_terminal_is_asked_for_first() {
    let home = home();
    let users = |home: &Home| home.json(&["status"])["users_enabled"].as_u64().unwrap();
    let before = users(&home);
    let no = typing(&home, &["undo", "--last"], "n\n", true).ending(0);
    assert!(no.out.contains("Remove these 7 users? [y/N]"), "{:?}", no.out);
    assert!(no.out.contains("Nothing was undone."), "{:?}", no.out);
    assert_eq!(users(&home), before);
    typing(&home, &["undo", "--last"], "y\n", true).ending(3);
    assert_eq!(users(&home), before - 7);
    let school = ["--school", "Lycée Français Internationâl de la Vallée Supérieure"];
    let create = [&["bulk-create", "--all"], &school[..]].concat();
    let no = typing(&home, &create, "n\n", true).ending(0);
    assert!(no.out.contains("Create these 7 accounts? [y/N]"), "{:?}", no.out);
    // It says for whom: the first few by name.
    assert!(no.out.contains("voldemar.preobrazhenskij@"), "{:?}", no.out);
    assert!(no.out.contains("and 2 more; `--dry-run` shows them all"), "{:?}", no.out);
    assert!(no.out.contains("Nothing was created."), "{:?}", no.out);
    typing(&home, &create, "y\n", true).ending(0);
    assert_eq!(users(&home), before);
}

/// Ctrl-C at the question ends the command at once: it does not wait for the answer.
#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_at_the_question_is_an_answer() {
    use std::io::{Read as _, Write as _};
    use std::process::Stdio;
    use std::time::Duration;

    let home = home();
    let mut running =
        terminal(&home, &["undo", "--last"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut keys = running.stdin.take().unwrap();
    let mut screen = running.stdout.take().unwrap();
    let (told, shown) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut some = [0; 1_024];
        while let Ok(read @ 1..) = screen.read(&mut some) {
            told.send(String::from_utf8_lossy(&some[..read]).into_owned()).unwrap();
        }
    });
    let mut seen = String::new();
    while !seen.contains("[y/N]") {
        seen += &shown.recv_timeout(Duration::from_mins(1)).unwrap();
    }
    keys.write_all(b"\x03").unwrap();
    // The screen closes when the command has ended. Nobody answers the question.
    loop {
        match shown.recv_timeout(Duration::from_mins(1)) {
            Ok(more) => seen += &more,
            Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => break,
            Err(still_there) => {
                running.kill().unwrap();
                panic!("{still_there}: {seen}");
            }
        }
    }
    assert_eq!(running.wait().unwrap().code(), Some(130), "{seen}");
    assert!(seen.contains("stopped"), "{seen}");
}

/// Somebody at a terminal of their own who waits for what is asked before they type.
#[cfg(target_os = "linux")]
struct Sitting {
    running: std::process::Child,
    keys: std::process::ChildStdin,
    shown: std::sync::mpsc::Receiver<String>,
    seen: String,
}

#[cfg(target_os = "linux")]
impl Sitting {
    fn down(mut terminal: std::process::Command) -> Self {
        use std::io::Read as _;
        use std::process::Stdio;

        let mut running = terminal.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (keys, mut screen) = (running.stdin.take().unwrap(), running.stdout.take().unwrap());
        let (told, shown) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let mut some = [0; 1_024];
            while let Ok(read @ 1..) = screen.read(&mut some) {
                drop(told.send(String::from_utf8_lossy(&some[..read]).into_owned()));
            }
        });
        Self { running, keys, shown, seen: String::new() }
    }

    /// Waits until `question` is on the screen, and types.
    fn answer(&mut self, question: &str, typed: &str) {
        use std::io::Write as _;

        while !self.seen.contains(question) {
            let patience = std::time::Duration::from_mins(1);
            self.seen += &self.shown.recv_timeout(patience).unwrap_or_else(|_| panic!("{}", self.seen));
        }
        self.keys.write_all(typed.as_bytes()).unwrap();
    }

    /// All that was shown until the end, and how it ended.
    fn end(mut self) -> (String, i32) {
        while let Ok(more) = self.shown.recv_timeout(std::time::Duration::from_mins(1)) {
            self.seen += &more;
        }
        (self.seen, self.running.wait().unwrap().code().unwrap())
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_password_is_typed_twice_and_never_shown() {
    let home = home();
    let user = "jiwoo.park@lakeside.example";
    let args = ["users", "set-password", user];
    let mut sitting = Sitting::down(terminal(&home, &args));
    sitting.answer("The password for jiwoo.park@lakeside.example: ", "meadow lantern oboe\n");
    sitting.answer("The same once more: ", "meadow lantern oboe\n");
    let (seen, code) = sitting.end();
    assert_eq!(code, 0, "{seen}");
    assert!(seen.contains("signs in with that password") && !seen.contains("meadow"), "{seen}");
    let mut sitting = Sitting::down(terminal(&home, &args));
    sitting.answer("The password for", "meadow lantern oboe\n");
    sitting.answer("once more: ", "meadow lantern viola\n");
    let (seen, code) = sitting.end();
    assert_eq!(code, 2, "{seen}");
    assert!(seen.contains("the two were not the same") && !seen.contains("meadow"), "{seen}");
}

/// Ctrl-C in the middle of a password leaves a terminal on which one sees what one types.
#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_at_a_password_leaves_the_terminal_as_it_was() {
    let home = home();
    let mut script = terminal(&home, &["users", "set-password", "jiwoo.park@lakeside.example"]);
    let line = script.get_args().nth(1).unwrap().to_str().unwrap().to_owned();
    let mut again = std::process::Command::new("script");
    again.args(["-qec", &format!("trap : INT; {line}; echo ended with $?; stty -a"), "/dev/null"]);
    again.current_dir(script.get_current_dir().unwrap());
    for (name, value) in script.get_envs() {
        match value {
            Some(value) => again.env(name, value),
            None => again.env_remove(name),
        };
    }
    script = again;
    let mut sitting = Sitting::down(script);
    sitting.answer("The password for", "\x03");
    let (seen, _) = sitting.end();
    assert!(seen.contains("ended with 130"), "{seen}");
    assert!(seen.contains(" echo ") && !seen.contains("-echo "), "{seen}");
}

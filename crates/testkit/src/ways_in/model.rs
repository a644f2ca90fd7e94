//! The model.

use super::counts::{Counts, DAY, HOUR, Says};
use super::step::{Address, Happening, PEOPLE, Word};

/// What a person signs in with.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Password {
    Unset,
    /// The one of the batch.
    Shared {
        until: i64,
    },
    /// One of their own to begin with.
    Initial {
        word: Word,
        until: i64,
    },
    Chosen {
        word: Word,
        at: i64,
    },
}

/// The one token that a person may set a password with.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Token {
    number: usize,
    until: i64,
    by_mail: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Session {
    number: usize,
    school: usize,
    until: i64,
}

#[derive(Debug, Clone)]
struct Person {
    enabled: bool,
    schools: [bool; 2],
    password: Password,
    signed_in: Option<i64>,
    token: Option<Token>,
    sessions: Vec<Session>,
}

/// Everything there is, as the model sees it.
#[derive(Debug, Clone)]
pub struct Doors {
    now: i64,
    people: Vec<Person>,
    counts: Counts,
    revoked: bool,
    tokens: usize,
    sessions: usize,
    log: Vec<String>,
    mails: Vec<String>,
}

impl Doors {
    /// Everybody as they were created, a moment ago.
    pub fn new() -> Self {
        let person = |number: usize| Person {
            enabled: true,
            schools: [true, false],
            password: match number {
                0 | 1 => Password::Shared { until: 30 * DAY },
                2 => Password::Initial { word: Word::Handed, until: 30 * DAY },
                3 => Password::Unset,
                _ => Password::Chosen { word: Word::Chosen, at: 0 },
            },
            signed_in: None,
            token: None,
            sessions: Vec::new(),
        };
        Self {
            now: 0,
            people: (0..PEOPLE).map(person).collect(),
            counts: Counts::default(),
            revoked: false,
            tokens: 0,
            sessions: 0,
            log: Vec::new(),
            mails: Vec::new(),
        }
    }

    /// How many tokens were given so far.
    pub fn tokens(&self) -> usize {
        self.tokens
    }

    /// How many sessions were opened so far.
    pub fn sessions(&self) -> usize {
        self.sessions
    }

    /// The password of everybody.
    pub(super) fn passwords(&self) -> Vec<Option<Word>> {
        self.people.iter().map(Person::word).collect()
    }

    /// Everybody, what was mailed and what the log says, in words.
    pub(super) fn look(&self) -> Vec<String> {
        let people = self.people.iter().map(|person| {
            let password = match &person.password {
                Password::Unset => "unset".to_owned(),
                Password::Shared { until } => format!("shared until {until}"),
                Password::Initial { until, .. } => format!("initial until {until}"),
                Password::Chosen { at, .. } => format!("chosen at {at}"),
            };
            let token = person.token.as_ref().map(|token| (token.until, token.by_mail));
            let sessions: Vec<_> =
                person.sessions.iter().map(|session| (session.school, session.until)).collect();
            format!(
                "{} {password}, in at {:?}, token {token:?}, sessions {sessions:?}",
                person.enabled, person.signed_in
            )
        });
        people.chain(self.mails.iter().cloned()).chain(self.log.iter().cloned()).collect()
    }

    /// Lets it happen; what is answered, in words.
    pub fn step(&mut self, step: &Happening) -> String {
        match step {
            Happening::Wait(seconds) => {
                self.now += seconds;
                "later".to_owned()
            }
            Happening::Knock(address, word, source, school) => self.knock(*address, *word, *source, *school),
            Happening::Forget(address, source) => self.forget(*address, *source),
            Happening::Set(token, word) => self.set(*token, *word),
            Happening::Show(number) => self.show(*number),
            Happening::Enter(number, school) => self.enter(*number, *school),
            Happening::SignOut(number) => {
                for person in &mut self.people {
                    person.sessions.retain(|session| session.number != *number);
                }
                "out".to_owned()
            }
            Happening::Give(who) => {
                let until = self.now + 30 * DAY;
                self.renew(*who, Password::Initial { word: Word::Given, until });
                self.log.push(format!("password-given {who}"));
                "given".to_owned()
            }
            Happening::Send(who) => {
                if !self.people.get(*who).is_some_and(|person| person.enabled) {
                    return "disabled".to_owned();
                }
                self.issue(*who, true);
                self.log.push(format!("reset-sent {who}"));
                "sent".to_owned()
            }
            Happening::Revoke(who) => self.revoke(*who),
            Happening::RevokeShared => {
                if std::mem::replace(&mut self.revoked, true) {
                    return "revoked 0".to_owned();
                }
                self.log.push("initial-revoked of the batch".to_owned());
                "revoked 2".to_owned()
            }
            Happening::Enable(who, enabled) => self.enable(*who, *enabled),
            Happening::Schools(who, schools) => {
                if let Some(person) = self.people.get_mut(*who) {
                    person.schools = *schools;
                }
                "edited".to_owned()
            }
            Happening::EndSessions(who) => {
                let ended =
                    self.people.get_mut(*who).map_or(0, |person| std::mem::take(&mut person.sessions).len());
                if ended > 0 {
                    self.log.push(format!("sessions-ended {who}"));
                }
                format!("ended {ended}")
            }
            Happening::Sweep => {
                let now = self.now;
                for person in &mut self.people {
                    person.sessions.retain(|session| session.until > now);
                    person.token = person.token.take().filter(|token| token.until > now);
                }
                self.counts.0.retain(|count| count.last >= now - 90 * DAY);
                "swept".to_owned()
            }
        }
    }

    fn knock(&mut self, address: Address, word: Word, source: u8, school: Option<usize>) -> String {
        let (account, source) = (account(address), format!("failures from {source}"));
        let says = (self.counts.source(&source, self.now), self.counts.account(&account, self.now));
        match says {
            (_, Says::Locked) => return "locked".to_owned(),
            (Says::WaitUntil(one), Says::WaitUntil(other)) => {
                return format!("wait until {}", one.max(other));
            }
            (Says::WaitUntil(until), _) | (_, Says::WaitUntil(until)) => {
                return format!("wait until {until}");
            }
            _ => {}
        }
        self.counts.add(&source, self.now, Some(HOUR));
        self.counts.add(&account, self.now, None);
        let who = person_at(address);
        if says.1 == Says::LocksNow {
            self.log.extend(who.map(|who| format!("sign-in-locked {who}")));
            return "locked".to_owned();
        }
        let now = self.now;
        let Some(person) = who.and_then(|who| self.people.get_mut(who)) else { return "refused".to_owned() };
        let first = person.schools.iter().position(|may| *may);
        let wanted = school.or(first).filter(|school| person.schools.get(*school) == Some(&true));
        let (true, true, Some(school)) = (person.word() == Some(word), person.enabled, wanted) else {
            return "refused".to_owned();
        };
        let is_over = match person.password {
            Password::Shared { until } => self.revoked || until <= now,
            Password::Initial { until, .. } => until <= now,
            _ => false,
        };
        if is_over {
            // Whoever knows it is told, and it counts as a failure all the same.
            return "initial-expired".to_owned();
        }
        self.counts.clear(&account);
        self.counts.take_back(&source);
        person.signed_in = Some(now);
        if matches!(person.password, Password::Chosen { .. }) {
            person.sessions.push(Session { number: self.sessions, school, until: now + 12 * HOUR });
            self.sessions += 1;
            return format!("in school {school}");
        }
        person.token = Some(Token { number: self.tokens, until: now + HOUR, by_mail: false });
        self.tokens += 1;
        "must set".to_owned()
    }

    fn forget(&mut self, address: Address, source: u8) -> String {
        let source = format!("resets from {source}");
        if let Says::WaitUntil(until) = self.counts.resets(&source, self.now) {
            return format!("wait until {until}");
        }
        self.counts.add(&source, self.now, Some(HOUR));
        let Some(who) = person_at(address) else { return "asked".to_owned() };
        let mailbox = format!("mails to {who}");
        let is_open = self.counts.mails(&mailbox, self.now) == Says::Go;
        if is_open && self.people.get(who).is_some_and(|person| person.enabled) {
            self.counts.add(&mailbox, self.now, Some(DAY));
            self.issue(who, true);
            self.log.push(format!("reset-sent {who}"));
        }
        "asked".to_owned()
    }

    fn issue(&mut self, who: usize, by_mail: bool) {
        let token = Token { number: self.tokens, until: self.now + HOUR, by_mail };
        self.tokens += 1;
        self.mails.push(format!("token to {who}"));
        if let Some(person) = self.people.get_mut(who) {
            person.token = Some(token);
        }
    }

    fn set(&mut self, number: usize, word: Word) -> String {
        let (now, revoked) = (self.now, self.revoked);
        let holds = |person: &Person| {
            let stands = |token: &Token| {
                let by_password = match person.password {
                    Password::Shared { .. } => !revoked,
                    Password::Initial { .. } => true,
                    _ => false,
                };
                token.number == number && token.until > now && (token.by_mail || by_password)
            };
            person.enabled && person.token.as_ref().is_some_and(stands)
        };
        let Some(who) = self.people.iter().position(holds) else { return "unknown token".to_owned() };
        let is_initial = self.people.get(who).is_some_and(|person| {
            matches!(person.password, Password::Shared { .. } | Password::Initial { .. })
                && person.word() == Some(word)
        });
        if word == Word::Weak || is_initial {
            return "weak".to_owned();
        }
        self.renew(who, Password::Chosen { word, at: now });
        self.log.push(format!("password-reset {who}"));
        self.mails.push(format!("password set to {who}"));
        "set".to_owned()
    }

    /// A new password ends everything that the old one opened.
    fn renew(&mut self, who: usize, password: Password) {
        if let Some(person) = self.people.get_mut(who) {
            person.password = password;
            person.sessions.clear();
            person.token = None;
        }
        self.counts.clear(&account(Address::Of(who)));
        self.counts.clear(&format!("mails to {who}"));
    }

    fn revoke(&mut self, who: usize) -> String {
        let Some(person) = self.people.get_mut(who) else { return "nobody".to_owned() };
        if !matches!(person.password, Password::Shared { .. } | Password::Initial { .. }) {
            return "revoked 0".to_owned();
        }
        person.password = Password::Unset;
        person.token = None;
        self.log.push(format!("initial-revoked {who}"));
        "revoked 1".to_owned()
    }

    fn enable(&mut self, who: usize, enabled: bool) -> String {
        let Some(person) = self.people.get_mut(who).filter(|person| person.enabled != enabled) else {
            return "so already".to_owned();
        };
        person.enabled = enabled;
        if !enabled {
            person.sessions.clear();
            person.token = None;
        }
        self.log.push(format!("user-edit {who}"));
        "edited".to_owned()
    }

    /// The person of a session that is not over, and the place of it among theirs.
    fn open(&mut self, number: usize) -> Option<(&mut Person, usize)> {
        let now = self.now;
        self.people.iter_mut().find_map(|person| {
            let place =
                person.sessions.iter().position(|session| session.number == number && session.until > now)?;
            Some((person, place))
        })
    }

    fn show(&mut self, number: usize) -> String {
        let found = self.open(number).and_then(|(person, place)| {
            let school = person.sessions.get(place)?.school;
            (person.enabled && person.schools.get(school) == Some(&true)).then_some(school)
        });
        found.map_or("nobody".to_owned(), |school| format!("in school {school}"))
    }

    fn enter(&mut self, number: usize, school: usize) -> String {
        let Some((person, place)) = self.open(number).filter(|(person, _)| person.enabled) else {
            return "nobody".to_owned();
        };
        if person.schools.get(school) != Some(&true) {
            return "no access".to_owned();
        }
        if let Some(session) = person.sessions.get_mut(place) {
            session.school = school;
        }
        format!("in school {school}")
    }
}

impl Default for Doors {
    fn default() -> Self {
        Self::new()
    }
}

impl Person {
    fn word(&self) -> Option<Word> {
        match self.password {
            Password::Unset => None,
            Password::Shared { .. } => Some(Word::Shared),
            Password::Initial { word, .. } | Password::Chosen { word, .. } => Some(word),
        }
    }
}

const fn person_at(address: Address) -> Option<usize> {
    match address {
        Address::Of(who) | Address::Shouted(who) => Some(who),
        Address::Nobodys | Address::None => None,
    }
}

/// What failures of an address are counted under.
fn account(address: Address) -> String {
    match (address, person_at(address)) {
        (_, Some(who)) => format!("failures of {who}"),
        (Address::None, None) => "failures of no address".to_owned(),
        (_, None) => "failures of nobody".to_owned(),
    }
}

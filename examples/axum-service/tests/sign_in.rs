//! The pages of sign-in, over the memory store, as a browser without scripts uses them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what helps tests fails like them"
)]

use std::net::SocketAddr;
use std::sync::Arc;

use async_trait::async_trait;
use example_axum_service::session::Gateway;
use example_axum_service::{Host, routes};
use reqwest::header::{COOKIE, HeaderMap, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use staffroom_core::store::{Mode, Store as _};
use staffroom_core::{
    Clock as _, Email, Group, GroupId, GroupName, IdSource as _, Letter, Mail, MailError, Mailer, NetworkId,
    NetworkName, PasswordState, Permission, PersonName, Roster, RosterRecord, RosterSchool, SchoolName,
    Secret, SisId, StaffEmail, StaffStatus, Staffroom, User, UserId,
};
use staffroom_store_memory::MemoryStore;
use staffroom_system::{SystemClock, SystemRandomness, TimeOrderedIds};
use staffroom_testkit::fakes::ReversedPasswords;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

const EMAIL: &str = "office@lakeside.example";
const PASSWORD: &str = "meadow lantern oboe";
const INITIAL: &str = "seven quiet herons";

/// A postman who hands every mail to the test.
#[derive(Debug)]
struct Postman(UnboundedSender<Mail>);

#[async_trait]
impl Mailer for Postman {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        self.0.send(mail.clone()).map_err(|error| MailError(Box::new(error)))
    }
}

struct Service {
    client: Client,
    url: String,
    mails: UnboundedReceiver<Mail>,
}

impl Service {
    /// With one user, who may create others; with an initial password or with none.
    async fn start(initial: Option<&str>) -> Self {
        let (store, ids) = (Arc::new(MemoryStore::new()), Arc::new(TimeOrderedIds::new()));
        let (post, mails) = unbounded_channel();
        let staffroom = Staffroom::new(store.clone(), Arc::new(SystemClock), ids.clone())
            .with_passwords(Arc::new(ReversedPasswords), Arc::new(SystemRandomness))
            .with_mail(Arc::new(Postman(post)));
        let network = NetworkId::from_uuid(ids.next_id());
        staffroom.open_network(network, &NetworkName::parse("Lakeside").unwrap()).await.unwrap();
        let school = RosterSchool::new(SisId::parse("north").unwrap(), SchoolName::parse("North").unwrap());
        let records = vec![RosterRecord::new(
            SisId::parse("T-1").unwrap(),
            PersonName::parse("Ben", "Baker").unwrap(),
            StaffStatus::Active,
            StaffEmail::read("ben.baker@lakeside.example"),
            vec![SisId::parse("north").unwrap()],
        )];
        staffroom.import(network, &Roster::new(None, vec![school], records).unwrap()).await.unwrap();

        let mut uow = store.begin(network, Mode::Write).await.unwrap();
        let school = uow.schools().list().await.unwrap().first().unwrap().id();
        let permissions = [Permission::USERS_BULK_CREATE].into_iter().collect();
        let group =
            Group::new(GroupId::from_uuid(ids.next_id()), GroupName::parse("Offices").unwrap(), permissions);
        uow.groups().insert(&group).await.unwrap();
        let now = SystemClock.now();
        let id = UserId::from_uuid(ids.next_id());
        let mut user = User::new(id, Email::parse(EMAIL).unwrap(), now)
            .entering([school].into_iter().collect())
            .in_groups([group.id()].into_iter().collect());
        if initial.is_some() {
            user = user.with_password(PasswordState::InitialGenerated { expires_at: now.plus_days(30) });
        }
        uow.users().insert(std::slice::from_ref(&user)).await.unwrap();
        if let Some(initial) = initial {
            let hash = ReversedPasswords::hash_of(&Secret::new(initial.to_owned()));
            uow.passwords().set(&[(id, hash)]).await.unwrap();
        }
        uow.commit().await.unwrap();

        let gateway = Gateway::knowing(Secret::new("nobody comes through the gateway here".to_owned()));
        let host = Host { staffroom, gateway, network: Some(network) };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let service = routes(host).into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        Self { client, url, mails }
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.url))
    }

    fn post(&self, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        let encode =
            |text: &str| text.bytes().fold(String::new(), |encoded, byte| format!("{encoded}%{byte:02X}"));
        let form: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
        self.client
            .post(format!("{}{path}", self.url))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.join("&"))
    }

    async fn sign_in(&self, email: &str, password: &str) -> Response {
        self.post("/sign-in", &[("email", email), ("password", password)]).send().await.unwrap()
    }

    async fn set_password(&self, token: &str, password: &str) -> Response {
        self.post("/set-password", &[("token", token), ("password", password)]).send().await.unwrap()
    }

    async fn forgot(&self, email: &str) -> (StatusCode, String) {
        let answer = self.post("/forgot-password", &[("email", email)]).send().await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    }

    /// The token of the next mail, which must be one of a reset to the user.
    async fn token_of_mail(&mut self) -> String {
        let mail = self.mails.recv().await.unwrap();
        assert_eq!(mail.to.as_given(), EMAIL);
        match mail.letter {
            Letter::Reset { token, .. } => token.expose().to_owned(),
            other => panic!("{other:?}"),
        }
    }
}

/// The cookie of the session, as a browser sends it back.
fn cookie_of(answer: &Response) -> String {
    let set = answer.headers().get(SET_COOKIE).unwrap().to_str().unwrap();
    set.split(';').next().unwrap().to_owned()
}

/// The token that is hidden in a form.
fn token_of_form(html: &str) -> String {
    html.split_once("name=token value=\"").unwrap().1.split_once('"').unwrap().0.to_owned()
}

fn is_private(headers: &HeaderMap) {
    assert_eq!(headers["referrer-policy"], "no-referrer");
    assert_eq!(headers["cache-control"], "no-store");
    assert!(headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'; "));
}

#[tokio::test]
async fn the_first_sign_in_without_a_password() {
    let mut service = Service::start(None).await;
    assert_eq!(service.forgot(EMAIL).await.0, StatusCode::OK);
    let token = service.token_of_mail().await;

    // Opening the link changes nothing, however often.
    for _ in 0..2 {
        let form = service.get(&format!("/set-password?token={token}")).send().await.unwrap();
        is_private(form.headers());
        assert_eq!(token_of_form(&form.text().await.unwrap()), token);
    }
    let weak = service.set_password(&token, "too short").await;
    assert_eq!(weak.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let html = weak.text().await.unwrap();
    assert!(html.contains("use at least 15 characters") && !html.contains("too short"), "{html}");
    assert_eq!(service.set_password(&token_of_form(&html), PASSWORD).await.status(), StatusCode::OK);
    assert!(matches!(service.mails.recv().await.unwrap().letter, Letter::PasswordSet { .. }));
    // Once.
    assert_eq!(service.set_password(&token, PASSWORD).await.status(), StatusCode::NOT_FOUND);

    let answer = service.sign_in(EMAIL, PASSWORD).await;
    assert_eq!(
        (answer.status(), &answer.headers()[LOCATION]),
        (StatusCode::SEE_OTHER, &"/candidates".parse().unwrap())
    );
    let set = answer.headers()[SET_COOKIE].to_str().unwrap();
    assert!(set.starts_with("__Host-session="), "{set}");
    assert!(set.ends_with("; Path=/; HttpOnly; Secure; SameSite=Lax"), "{set}");
}

#[tokio::test]
async fn an_initial_password_lets_one_set_ones_own_and_nothing_else() {
    let service = Service::start(Some(INITIAL)).await;
    let answer = service.sign_in(EMAIL, INITIAL).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(answer.headers().get(SET_COOKIE).is_none());
    is_private(answer.headers());
    let token = token_of_form(&answer.text().await.unwrap());
    assert_eq!(service.set_password(&token, PASSWORD).await.status(), StatusCode::OK);
    assert_eq!(service.sign_in(EMAIL, INITIAL).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(service.sign_in(EMAIL, PASSWORD).await.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_session_works_until_it_is_ended() {
    let mut service = Service::start(None).await;
    service.forgot(EMAIL).await;
    let token = service.token_of_mail().await;
    service.set_password(&token, PASSWORD).await;
    let cookie = cookie_of(&service.sign_in(EMAIL, PASSWORD).await);

    let candidates = |cookies: String| service.get("/candidates").header(COOKIE, cookies).send();
    assert_eq!(candidates(cookie.clone()).await.unwrap().status(), StatusCode::OK);
    assert_eq!(candidates(format!("a=b; {cookie}; c=d")).await.unwrap().status(), StatusCode::OK);
    // Twice is none: which one would count?
    let twice = candidates(format!("{cookie}; {cookie}")).await.unwrap();
    assert_eq!(twice.status(), StatusCode::UNAUTHORIZED);
    let other = candidates("__Host-session=0123".to_owned()).await.unwrap();
    assert_eq!(other.status(), StatusCode::UNAUTHORIZED);

    let out = service.post("/sign-out", &[]).header(COOKIE, &cookie).send().await.unwrap();
    assert_eq!(out.headers()[LOCATION], "/sign-in");
    assert!(out.headers()[SET_COOKIE].to_str().unwrap().ends_with("; Max-Age=0"));
    assert_eq!(candidates(cookie).await.unwrap().status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn another_site_does_nothing_with_a_session() {
    let mut service = Service::start(None).await;
    service.forgot(EMAIL).await;
    let token = service.token_of_mail().await;
    service.set_password(&token, PASSWORD).await;
    let cookie = cookie_of(&service.sign_in(EMAIL, PASSWORD).await);

    let undo = "/batches/01950000-0000-7000-8000-000000000009/undo";
    for (site, told) in
        [("same-origin", "unknown-batch"), ("same-site", "not-from-here"), ("cross-site", "not-from-here")]
    {
        let asked = service.post(undo, &[]).header(COOKIE, &cookie).header("sec-fetch-site", site);
        let answer = asked.send().await.unwrap().text().await.unwrap();
        assert!(answer.contains(told), "{site}: {answer}");
        // Following a link from anywhere is fine.
        let asked = service.get("/candidates").header(COOKIE, &cookie).header("sec-fetch-site", site);
        assert_eq!(asked.send().await.unwrap().status(), StatusCode::OK, "{site}");
    }
}

#[tokio::test]
async fn nobody_is_told_who_has_an_account() {
    let mut service = Service::start(Some(INITIAL)).await;
    let known = service.forgot(EMAIL).await;
    for address in ["nobody@lakeside.example", "no address", ""] {
        assert_eq!(service.forgot(address).await, known, "{address}");
    }
    service.token_of_mail().await;
    assert!(service.mails.try_recv().is_err(), "one mail");

    let told = |answer: Response| async { (answer.status(), answer.text().await.unwrap()) };
    let wrong = told(service.sign_in(EMAIL, "a wrong password").await).await;
    assert_eq!(wrong.0, StatusCode::UNAUTHORIZED);
    assert_eq!(told(service.sign_in("nobody@lakeside.example", "a wrong password").await).await, wrong);
}

#[tokio::test]
async fn who_guesses_has_to_wait() {
    let service = Service::start(Some(INITIAL)).await;
    let mut answer = service.sign_in(EMAIL, "a wrong password").await;
    for _ in 0..10 {
        answer = service.sign_in(EMAIL, "a wrong password").await;
    }
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(answer.headers().contains_key("retry-after"));
}

#[tokio::test]
async fn forms_of_other_sites_are_refused() {
    let service = Service::start(Some(INITIAL)).await;
    let fields = [("email", EMAIL), ("password", INITIAL)];
    for (site, status) in [
        ("same-origin", StatusCode::OK),
        ("cross-site", StatusCode::FORBIDDEN),
        ("same-site", StatusCode::FORBIDDEN),
        ("none", StatusCode::FORBIDDEN),
    ] {
        let answer = service.post("/sign-in", &fields).header("sec-fetch-site", site).send().await.unwrap();
        assert_eq!(answer.status(), status, "{site}");
    }
    let hostile = service.get("/set-password?token=%22%3E%3Cscript%3E").send().await.unwrap();
    assert!(!hostile.text().await.unwrap().contains("<script>"));
    // One parameter twice: neither counts.
    let twice = service.get("/set-password?token=a&token=b").send().await.unwrap();
    assert_eq!(twice.status(), StatusCode::BAD_REQUEST);
}

//! Emails in a database: what core calls the same address, it calls the same, and nothing else (R3).

use std::sync::OnceLock;

use staffroom_core::store::{Mode, RowLock, Store, UserInsert};
use staffroom_core::{Email, NetworkName};
use staffroom_store_sqlite::SqliteStore;
use staffroom_testkit::fixture::{NETWORK, moment, user_id};
use staffroom_testkit::properties::{Verdict, Violation};
use tempfile::TempDir;

use crate::machine::unfit;
use crate::{require, sqlite};

/// Two addresses, with a line break between them, given to two users in a unit of work that is dropped.
pub(crate) fn laws(bytes: &[u8]) -> Verdict {
    let text = &*String::from_utf8_lossy(bytes);
    let Some((one, other)) = text.split_once('\n') else { return Ok(()) };
    let (Ok(one), Ok(other)) = (Email::parse(one), Email::parse(other)) else { return Ok(()) };
    sqlite::run(async {
        let store = store().await?;
        let mut uow = store.begin(NETWORK, Mode::Write).await?;
        let users = [(1, &one), (2, &other)]
            .map(|(number, email)| staffroom_core::User::new(user_id(number), email.clone(), moment()));
        let written = uow.users().insert(&users).await?;
        let same = one.canonical().as_bytes() == other.canonical().as_bytes();
        let second = if same { UserInsert::EmailTaken } else { UserInsert::Inserted };
        require!("R3", written == [UserInsert::Inserted, second], "{one:?}, {other:?}: {written:?}");
        let [first, _] = &users;
        let kept = uow.users().find(first.id(), RowLock::None).await?;
        require!("L3", kept.as_ref() == Some(first), "{first:?} is read back as {kept:?}");
        let holder = uow.users().find_by_email(&other).await?.map(|user| user.id());
        let expected = if same { user_id(1) } else { user_id(2) };
        require!("R3", holder == Some(expected), "{other:?} is held by {holder:?}");
        let canonical = Email::parse(one.canonical())
            .map_err(|error| Violation::of("R3", format!("{one:?}: {error}")))?;
        let found = uow.users().find_by_email(&canonical).await?.map(|user| user.id());
        require!("R3", found == Some(user_id(1)), "{canonical:?} is held by {found:?}");
        Ok(())
    })
}

/// The one store, which has a network and never anybody in it.
async fn store() -> Result<&'static SqliteStore, Violation> {
    static STORE: OnceLock<(SqliteStore, TempDir)> = OnceLock::new();
    if let Some((store, _)) = STORE.get() {
        return Ok(store);
    }
    let (store, folder) = sqlite::fresh().await?;
    let mut uow = store.begin(NETWORK, Mode::Write).await?;
    let name = NetworkName::parse("Lakeside").map_err(|error| unfit(&error))?;
    uow.network().insert(&name).await?;
    uow.commit().await?;
    let (store, _) = STORE.get_or_init(|| (store, folder));
    Ok(store)
}

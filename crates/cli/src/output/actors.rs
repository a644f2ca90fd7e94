//! Who did something, in a record of the past: told as far as the present actor may see them.

use std::collections::HashMap;

use staffroom_core::{Actor, Session, UserId, UserKey};

use crate::error::Error;
use crate::network::Network;

/// Looks actors up, each once.
pub(crate) struct Actors<'a> {
    network: &'a Network,
    session: Session,
    emails: HashMap<UserId, Option<String>>,
}

impl<'a> Actors<'a> {
    pub(crate) fn new(network: &'a Network, session: Session) -> Self {
        let mut emails = HashMap::new();
        if let Some(acting) = network.acting() {
            emails.insert(acting.id(), Some(acting.email().to_string()));
        }
        Self { network, session, emails }
    }

    /// `operator` or `user`; and of a user the id, and the email if it may be told.
    pub(crate) async fn parts(
        &mut self,
        actor: Actor,
    ) -> Result<(&'static str, Option<UserId>, Option<String>), Error> {
        match actor {
            Actor::Operator => Ok(("operator", None, None)),
            Actor::User(id) => Ok(("user", Some(id), self.email(id).await?)),
        }
    }

    /// The email of a user. Only the operator looks others up: for anybody else it would be one more thing that they
    /// may or may not do.
    pub(crate) async fn email(&mut self, id: UserId) -> Result<Option<String>, Error> {
        if let Some(email) = self.emails.get(&id) {
            return Ok(email.clone());
        }
        let email = match self.session.actor() {
            Actor::User(_) => None,
            Actor::Operator => {
                let seen = self.network.staffroom.user(&self.session, &UserKey::Id(id)).await?;
                seen.map(|seen| seen.user.email().to_string())
            }
        };
        self.emails.insert(id, email.clone());
        Ok(email)
    }
}

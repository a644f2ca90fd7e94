//! Setting a network up, and bringing it up to date with a roster.

use super::{Attempts, Staffroom};
use crate::import::import;
use crate::store::{GroupWrite, Mode, NetworkInsert, StoreError};
use crate::{Departures, ImportReport, Network, NetworkId, NetworkName, Roster, TextError, starter_groups};

/// Why a roster was not imported. Nothing was written; only after [`StoreError::CommitUnknown`] everything may have been,
/// and importing again tells.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The network does not exist.
    #[error("there is no network with the id {0}")]
    UnknownNetwork(NetworkId),
    /// The roster lists nobody: taking it at its word would make everybody inactive.
    #[error(
        "the roster lists no staff; an empty roster is refused, because it would make everybody inactive"
    )]
    NobodyListed,
    /// The roster would make too many people inactive to be taken at its word (see [`Departures::Guarded`]).
    #[error(
        "the roster would make {leaving} of the {active} active staff members inactive, which is more than a third"
    )]
    TooManyDepartures {
        /// How many active staff members would become inactive.
        leaving: usize,
        /// How many are active now.
        active: usize,
    },
    /// A starter group is malformed. A bug of ours.
    #[error("a starter group is malformed")]
    StarterGroup(#[from] TextError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Staffroom {
    /// Makes sure that `network` exists: if it does not, it is created with the
    /// [starter groups](crate::STARTER_GROUPS). An existing one is left as it is, name and all.
    ///
    /// Example: [the main job](crate#the-main-job).
    ///
    /// # Errors
    /// [`ImportError::Store`] if the store failed.
    pub async fn open_network(&self, network: NetworkId, name: &NetworkName) -> Result<Network, ImportError> {
        let mut attempts = Attempts::new();
        loop {
            match self.try_open_network(network, name, &mut attempts).await {
                Err(ImportError::Store(error)) => attempts.again_after(error)?,
                done => return done,
            }
        }
    }

    async fn try_open_network(
        &self,
        network: NetworkId,
        name: &NetworkName,
        attempts: &mut Attempts,
    ) -> Result<Network, ImportError> {
        let mut uow = self.begin(network, Mode::Write, attempts).await?;
        if let Some(existing) = uow.network().find().await? {
            return Ok(existing);
        }
        if uow.network().insert(name).await? == NetworkInsert::AlreadyThere {
            return Err(StoreError::Contended(None).into());
        }
        for group in starter_groups(&*self.ids)? {
            if uow.groups().insert(&group).await? != GroupWrite::Written {
                return Err(StoreError::Contended(None).into());
            }
        }
        uow.commit().await?;
        Ok(Network::new(network, name.clone()))
    }

    /// Makes the schools and staff of `network` what `roster` says, in one transaction. A roster is the whole truth
    /// about who works there: people it does not list become inactive. Nobody is deleted, and links, users and access
    /// stay as they are. Importing the same roster again changes nothing.
    ///
    /// Example: [the main job](crate#the-main-job).
    ///
    /// Whoever calls this speaks for the SIS; no permission is asked for.
    ///
    /// # Errors
    /// [`ImportError`].
    pub async fn import(&self, network: NetworkId, roster: &Roster) -> Result<ImportReport, ImportError> {
        self.import_with(network, roster, Departures::Allowed).await
    }

    /// As [`import`](Self::import), with an eye on how many people would become inactive.
    ///
    /// Example: [the main job](crate#the-main-job).
    ///
    /// # Errors
    /// As [`import`](Self::import), and [`ImportError::TooManyDepartures`].
    pub async fn import_with(
        &self,
        network: NetworkId,
        roster: &Roster,
        departures: Departures,
    ) -> Result<ImportReport, ImportError> {
        if roster.staff().is_empty() {
            return Err(ImportError::NobodyListed);
        }
        let mut attempts = Attempts::new();
        // What a try was about to write whose reply was lost.
        let mut unheard: Option<ImportReport> = None;
        loop {
            match self.try_import(network, roster, departures, &mut attempts, &mut unheard).await {
                Err(ImportError::Store(error)) => attempts.again_after(error)?,
                // Nothing is left to do: it was written. If another import of this roster was quicker, that is as good.
                Ok(found) if found.is_unchanged() => return Ok(unheard.unwrap_or(found)),
                Err(error) => return Err(attempts.instead_of(error)),
                done => return done,
            }
        }
    }

    async fn try_import(
        &self,
        network: NetworkId,
        roster: &Roster,
        departures: Departures,
        attempts: &mut Attempts,
        unheard: &mut Option<ImportReport>,
    ) -> Result<ImportReport, ImportError> {
        let mut uow = self.begin(network, Mode::Write, attempts).await?;
        if uow.network().find().await?.is_none() {
            return Err(ImportError::UnknownNetwork(network));
        }
        // Two imports are one after the other: what one of them reads and writes is never mixed with the other's.
        uow.network().take_turn().await?;
        let report = import(&mut *uow, roster, departures, &*self.ids, &*self.progress).await?;
        if !report.is_unchanged() {
            let committed = uow.commit().await;
            if matches!(committed, Err(StoreError::CommitUnknown(_))) {
                *unheard = Some(report);
            }
            committed?;
        }
        Ok(report)
    }
}

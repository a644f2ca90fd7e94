//! What can be named in a network.

use staffroom_core::store::{Mode, Store, StoreError};
use staffroom_core::{
    Group, IdSource, ImportError, NetworkId, NetworkName, Roster, School, SchoolId, starter_groups,
};

use super::Opening;
use crate::context::Context;
use crate::error::Error;
use crate::lookup::{self, LookupError};

#[derive(Debug)]
pub(super) struct Contents {
    pub(super) name: NetworkName,
    pub(super) schools: Vec<School>,
    pub(super) groups: Vec<Group>,
}

impl Contents {
    /// As the store has them; `None` if the network is not there.
    pub(super) async fn of(store: &dyn Store, network: NetworkId) -> Result<Option<Self>, StoreError> {
        let mut uow = store.begin(network, Mode::Read).await?;
        let Some(record) = uow.network().find().await? else {
            return Ok(None);
        };
        let name = record.name().clone();
        Ok(Some(Self { name, schools: uow.schools().list().await?, groups: uow.groups().list().await? }))
    }

    /// Of a network that is to be opened.
    pub(super) fn new_network(name: NetworkName, ids: &dyn IdSource) -> Result<Self, Error> {
        let mut groups = starter_groups(ids).map_err(ImportError::from)?;
        groups.sort_by_key(|group| group.name().folded());
        Ok(Self { name, schools: Vec::new(), groups })
    }

    /// Checks that the school and the group will be there when `roster` is imported.
    pub(super) fn check(
        &self,
        context: &Context,
        roster: &Roster,
        opening: &Opening<'_>,
    ) -> Result<(), Error> {
        let listed = roster.schools();
        let stays = |school: &&School| listed.iter().all(|listed| listed.sis_id() != school.sis_id());
        let added = listed.iter().map(|listed| {
            // Only looked at by its names: any id will do.
            School::new(
                SchoolId::from_uuid(uuid::Uuid::nil()),
                listed.sis_id().clone(),
                listed.name().clone(),
            )
        });
        let mut schools: Vec<School> = self.schools.iter().filter(stays).cloned().chain(added).collect();
        schools.sort_by_key(|school| school.name().folded());
        if let Some(group) = opening.group {
            lookup::group(self.name.as_str(), &self.groups, group)?;
        }
        if !opening.in_a_school {
            return Ok(());
        }
        match (&context.settings.school, schools.as_slice()) {
            (_, []) => Err(Error::NoSchools),
            (Some(typed), schools) => {
                lookup::school(self.name.as_str(), schools, &typed.value)?;
                Ok(())
            }
            // Which of several schools a user may enter is not known before the users are.
            (None, [_]) => Ok(()),
            (None, _) if context.settings.acting.is_some() => Ok(()),
            (None, several) => Err(LookupError::which_school(several).into()),
        }
    }
}

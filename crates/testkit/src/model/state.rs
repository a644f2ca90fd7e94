//! What the model remembers.

use staffroom_core::{
    Actor, BatchId, Group, GroupId, InitialPassword, NetworkId, Partial, ReasonSet, School, SchoolId,
    SharedPasswordId, StaffEmail, StaffId, StaffMember, User, UserId, WarningSet,
};
use uuid::Uuid;

use crate::strategies::World;

/// The whole world, as the model sees it.
#[derive(Debug, Clone)]
pub struct Model {
    pub(super) networks: Vec<ModelNetwork>,
    /// Every plan that was ever made, in order: a plan is known by its place.
    pub(super) plans: Vec<ModelPlan>,
    made: u128,
}

/// One network.
#[derive(Debug, Clone)]
pub(super) struct ModelNetwork {
    pub(super) id: NetworkId,
    pub(super) schools: Vec<School>,
    pub(super) groups: Vec<Group>,
    pub(super) staff: Vec<StaffMember>,
    pub(super) users: Vec<User>,
    /// The users who have a password hash of their own.
    pub(super) hashes: Vec<UserId>,
    /// The plans that were carried out.
    pub(super) batches: Vec<ModelBatch>,
    /// The plans whose shared password is kept.
    pub(super) secrets: Vec<usize>,
    pub(super) audit: Vec<String>,
}

/// A plan.
#[derive(Debug, Clone)]
pub(super) struct ModelPlan {
    pub(super) network: NetworkId,
    pub(super) actor: Actor,
    pub(super) school: SchoolId,
    pub(super) group: Option<GroupId>,
    pub(super) password: InitialPassword,
    pub(super) partial: Partial,
    pub(super) lines: Vec<PlanLine>,
    /// Whether its lines have the order of a request; otherwise they have that of a list, which the model does not
    /// keep.
    pub(super) ordered: bool,
}

/// What a plan says about one person.
#[derive(Debug, Clone)]
pub(super) struct PlanLine {
    /// The SIS id, or what was asked for.
    pub(super) who: String,
    pub(super) member: Option<StaffId>,
    pub(super) email: StaffEmail,
    /// Empty: a user is to be created.
    pub(super) reasons: ReasonSet,
    pub(super) warnings: WarningSet,
    /// The SIS ids of those with the same email.
    pub(super) sharers: Vec<String>,
    pub(super) basis: Option<Basis>,
}

/// What a decision rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Basis {
    pub(super) member: StaffMember,
    pub(super) linked: Option<UserId>,
    pub(super) holder: Option<UserId>,
    pub(super) sharers: Vec<String>,
}

/// A plan that was carried out.
#[derive(Debug, Clone)]
pub(super) struct ModelBatch {
    pub(super) plan: usize,
    pub(super) rows: Vec<ModelRow>,
}

/// What became of one person.
#[derive(Debug, Clone)]
pub(super) struct ModelRow {
    pub(super) who: String,
    pub(super) user: Option<UserId>,
    pub(super) reasons: ReasonSet,
    pub(super) warnings: WarningSet,
    pub(super) sharers: Vec<String>,
}

impl Model {
    /// The model of `world`, before anything has happened.
    pub fn of(world: &World) -> Self {
        let network = |records: &crate::strategies::NetworkRecords| ModelNetwork {
            id: records.id,
            schools: records.schools.clone(),
            groups: records.groups.clone(),
            staff: records.staff.clone(),
            users: records.users.clone(),
            hashes: Vec::new(),
            batches: Vec::new(),
            secrets: Vec::new(),
            audit: Vec::new(),
        };
        Self { networks: world.networks.iter().map(network).collect(), plans: Vec::new(), made: 0 }
    }

    /// How many plans were made.
    pub fn plans(&self) -> usize {
        self.plans.len()
    }

    pub(super) fn network(&self, id: NetworkId) -> Option<&ModelNetwork> {
        self.networks.iter().find(|network| network.id == id)
    }

    pub(super) fn network_mut(&mut self, id: NetworkId) -> Option<&mut ModelNetwork> {
        self.networks.iter_mut().find(|network| network.id == id)
    }

    /// An id that nothing else has. The library makes others; they are never compared.
    pub(super) fn new_id(&mut self) -> Uuid {
        self.made = self.made.saturating_add(1);
        Uuid::from_u128(MADE_BY_THE_MODEL | self.made)
    }
}

/// Sets apart the ids that the model makes for itself; a store knows the same records by others.
const MADE_BY_THE_MODEL: u128 = 0x00DE_1000_0000_0000_0000_0000_0000_0000;

pub(super) const fn is_made_by_the_model(id: Uuid) -> bool {
    id.as_u128() & MADE_BY_THE_MODEL == MADE_BY_THE_MODEL
}

/// The batch id of a plan, by its place.
pub(super) fn batch_id(plan: usize) -> BatchId {
    BatchId::from_uuid(Uuid::from_u64_pair(0x00DE_1BA7, plan as u64))
}

/// The id of a plan's shared password, by the plan's place.
pub(super) fn secret_id(plan: usize) -> SharedPasswordId {
    SharedPasswordId::from_uuid(Uuid::from_u64_pair(0x00DE_15EC, plan as u64))
}

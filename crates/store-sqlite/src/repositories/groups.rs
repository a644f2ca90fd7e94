use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;
use staffroom_core::store::{GroupRepository, GroupWrite, RowLock, StoreError};
use staffroom_core::{Group, GroupId, GroupName, GroupStatus, Permission, PermissionSet};
use uuid::Uuid;

use super::column;
use crate::error::corrupt;
use crate::statement::texts;
use crate::transaction::Statement;
use crate::unit_of_work::SqliteUnitOfWork;

const FIND: &str =
    "SELECT group_id, name, permissions, active FROM groups WHERE network_id = ?1 AND group_id = ?2";
const LIST: &str =
    "SELECT group_id, name, permissions, active FROM groups WHERE network_id = ?1 ORDER BY name_key";
const INSERT: &str = "INSERT INTO groups (network_id, group_id, name, name_key, permissions, active) \
                      VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
const UPDATE: &str = "UPDATE groups SET name = ?3, name_key = ?4, permissions = ?5, active = ?6 \
                      WHERE network_id = ?1 AND group_id = ?2";

#[async_trait]
impl GroupRepository for SqliteUnitOfWork {
    async fn find(&mut self, id: GroupId, lock: RowLock) -> Result<Option<Group>, StoreError> {
        self.transaction.check_lock(lock)?;
        let statement = sqlx::query(FIND).bind(self.transaction.network_uuid()).bind(id.as_uuid());
        self.transaction.row(statement).await?.as_ref().map(group).transpose()
    }

    async fn list(&mut self) -> Result<Vec<Group>, StoreError> {
        let rows = self.transaction.rows(sqlx::query(LIST).bind(self.transaction.network_uuid())).await?;
        rows.iter().map(group).collect()
    }

    async fn insert(&mut self, group: &Group) -> Result<GroupWrite, StoreError> {
        self.check_writing_in_network().await?;
        self.write_group(INSERT, group).await
    }

    async fn update(&mut self, group: &Group) -> Result<GroupWrite, StoreError> {
        self.check_writing_in_network().await?;
        self.write_group(UPDATE, group).await
    }
}

impl SqliteUnitOfWork {
    async fn write_group(&mut self, sql: &'static str, group: &Group) -> Result<GroupWrite, StoreError> {
        let statement = bound(sql, self.transaction.network_uuid(), group);
        let Some(touched) = self.transaction.attempt(vec![statement]).await? else {
            return Ok(GroupWrite::Taken);
        };
        self.transaction.keep_attempt().await?;
        Ok(if touched == [1] { GroupWrite::Written } else { GroupWrite::Unknown })
    }
}

fn bound(sql: &'static str, network: Uuid, group: &Group) -> Statement {
    sqlx::query(sql)
        .bind(network)
        .bind(group.id().as_uuid())
        .bind(group.name().as_str().to_owned())
        .bind(group.name().folded())
        .bind(texts(group.permissions().iter().map(Permission::as_str)))
        .bind(group.status() == GroupStatus::Active)
}

fn group(row: &SqliteRow) -> Result<Group, StoreError> {
    let id = GroupId::from_uuid(column(row, 0)?);
    let name = GroupName::parse(column(row, 1)?).map_err(|error| corrupt(format!("group {id}"), error))?;
    let codes: Vec<String> =
        serde_json::from_str(column(row, 2)?).map_err(|error| corrupt(format!("group {id}"), error))?;
    let permissions = codes.iter().map(|code| Permission::parse(code)).collect::<Result<PermissionSet, _>>();
    let permissions = permissions.map_err(|error| corrupt(format!("group {id}"), error))?;
    let status = if column(row, 3)? { GroupStatus::Active } else { GroupStatus::Inactive };
    Ok(Group::new(id, name, permissions).with_status(status))
}

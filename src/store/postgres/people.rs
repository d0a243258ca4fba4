//! Profiles, callbacks and wishes in our own tables.

use super::PostgresStore;
use crate::store::{FrontDesk, NewCallback, NewWish, Profile, Scope, StoreError};
use async_trait::async_trait;
use uuid::Uuid;

#[async_trait]
impl FrontDesk for PostgresStore {
    async fn profile(&self, _scope: &Scope) -> Result<Option<Profile>, StoreError> {
        Err(StoreError::NotOffered)
    }

    async fn update_profile(&self, _scope: &Scope, _change: &Profile) -> Result<(), StoreError> {
        Err(StoreError::NotOffered)
    }

    async fn request_callback(
        &self,
        _scope: &Scope,
        _callback: &NewCallback,
    ) -> Result<Uuid, StoreError> {
        Err(StoreError::NotOffered)
    }

    async fn add_wish(&self, _scope: &Scope, _wish: &NewWish) -> Result<Uuid, StoreError> {
        Err(StoreError::NotOffered)
    }
}

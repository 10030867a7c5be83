//! Messages whose type is known to the ports at both ends only.

use delos_core::{Body, Digest, Header, Msg};
use std::any::Any;
use std::sync::Arc;

/// A message of any type.
#[derive(Clone)]
pub(crate) struct AnyMsg {
    pub(crate) header: Arc<Header>,
    body: Arc<dyn Any + Send + Sync>,
    digest: fn(&(dyn Any + Send + Sync)) -> Option<Digest>,
}

impl AnyMsg {
    pub(crate) fn new<T: Body>(header: Arc<Header>, body: Arc<T>) -> Self {
        Self { header, body, digest: |any| any.downcast_ref::<T>().map(Body::content_digest) }
    }

    pub(crate) fn typed<T: Body>(&self) -> Option<Msg<T>> {
        let body = Arc::downcast::<T>(Arc::clone(&self.body)).ok()?;
        Some(Msg { header: Arc::clone(&self.header), body })
    }

    pub(crate) fn digest(&self) -> Option<Digest> {
        (self.digest)(&*self.body)
    }
}

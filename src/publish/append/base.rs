//! The version with which a log was published last: it is read again, so that the next versions are compared with it.

use std::sync::Arc;

use changecast_core::{
    change::diff,
    ledger::{ReleaseKind, Source, is_list_of},
    model::{Inventory, ListState, Terms},
};

use crate::{
    history::{Content, Version},
    publish::{change_log::ChangeTracker, edition::Continuation, error::PublishError, plan::Request, published_list},
};

use super::Appender;

impl Appender<'_> {
    /// Reads the last published version again. A difference that another edition or configuration makes becomes a
    /// `reread` release.
    pub(super) fn read_base(
        &mut self,
        request: &Request<'_>,
        base: Option<&Version>,
        tracker: &mut ChangeTracker,
    ) -> Result<(), PublishError> {
        let Some(source) = self.log.source.clone() else { return Ok(()) };
        let continuation = request.edition.compared_with(&source);
        if continuation == Continuation::Older {
            return Err(PublishError::NewerEdition { list: self.list.id.clone(), reader: source.reader.to_string() });
        }
        let Some(version) = base.filter(|_| self.log.tip.list.is_some()) else {
            self.state = self.withdrawn()?;
            return Ok(());
        };
        let content = request.history.content(version)?;
        // Entries of files that cannot be read come from the published list.
        let published = match content {
            Some(Content::Folder(_)) => Some(self.published_inventory()?),
            _ => None,
        };
        let state = tracker.read_again(request.history, (version, &content), &self.source.options, published)?;
        let same_reading = continuation == Continuation::Same
            && self.log.reading.as_ref() == Some(&self.reading)
            && !self.log.is_disowned;
        self.state = match state {
            Ok(state) => state,
            // This edition cannot read the version that another one published: compare with the published list.
            Err(_) if !same_reading => ListState::listed(self.published_inventory()?),
            Err(error) => {
                let error = Box::new(error);
                return Err(PublishError::Unreadable { list: self.list.id.clone(), commit: source.commit, error });
            }
        };
        let Some(inventory) = self.state.inventory() else {
            return self.reread(
                version,
                &source,
                ListState::from(Some(self.published_inventory()?)).after_version(None),
            );
        };
        let inventory = Arc::clone(inventory);
        if self.states_other_terms() {
            self.announce_terms(version, &source, inventory.terms.as_ref())?;
        }
        let list = self.log.tip.list.as_ref();
        if list.map(|list| is_list_of(list, &inventory)).transpose()?.unwrap_or(false) {
            return Ok(());
        }
        if same_reading {
            return Err(PublishError::Irreproducible { list: self.list.id.clone(), commit: source.commit });
        }
        let state = self.state.clone();
        self.reread(version, &source, state)
    }

    /// Whether the notice terms of the configuration differ from those that the log states.
    fn states_other_terms(&self) -> bool {
        let published = self.log.reading.as_ref().and_then(|reading| reading.get("notice"));
        published != self.reading.get("notice")
    }

    /// Appends a `changes` release for notice terms that changed in the configuration. Unlike another reading, this is
    /// a change that the publisher made.
    fn announce_terms(
        &mut self,
        version: &Version,
        source: &Source,
        terms: Option<&Terms>,
    ) -> Result<(), PublishError> {
        let published = self.published_inventory()?;
        if published.terms.as_ref() == terms {
            return Ok(());
        }
        let after = ListState::listed(Inventory { terms: terms.cloned(), ..published.clone() });
        let changes = diff(&ListState::listed(published), &after);
        let (committed, path) = (source.committed.clone(), version.path.clone());
        self.append(ReleaseKind::Changes, changes, &after, source.commit.clone(), committed, &path)
    }

    /// Appends a `reread` release, which leads from the published list to another reading of the same version.
    fn reread(&mut self, version: &Version, source: &Source, state: ListState) -> Result<(), PublishError> {
        let before = ListState::listed(self.published_inventory()?);
        let changes = diff(&before, &state);
        let (committed, path) = (source.committed.clone(), version.path.clone());
        self.state = state.clone();
        self.append(ReleaseKind::Reread, changes, &state, source.commit.clone(), committed, &path)
    }

    /// The state of a withdrawn list, which includes the list before its withdrawal.
    fn withdrawn(&self) -> Result<ListState, PublishError> {
        let last = self.log.tip.basis.known().map(published_list::inventory).transpose()?;
        Ok(ListState::Withdrawn(Arc::new(last.unwrap_or_default())))
    }

    pub(super) fn published_inventory(&self) -> Result<Inventory, PublishError> {
        let list = self.log.tip.list.as_ref();
        let inventory = list.map(published_list::inventory).transpose()?;
        Ok(inventory.unwrap_or_default())
    }
}

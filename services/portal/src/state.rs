//! What every page stands on.

use std::path::PathBuf;
use std::sync::Arc;

use catalogue::Words;
use usecases::Onboarding;

use crate::web::site::Site;

/// The use cases, the words, and how the pages are reached. Cheap to clone.
#[derive(Clone)]
pub struct PortalState {
    pub(crate) onboarding: Onboarding,
    pub(crate) words: Arc<Words>,
    pub(crate) site: Arc<Site>,
    pub(crate) dev_mail_dir: Option<Arc<PathBuf>>,
}

impl PortalState {
    /// `public_url` is where people reach the pages. `dev_mail_dir` is the folder of mails that no server takes; where
    /// it is given, `/dev/mail` shows them to this machine.
    pub fn new(
        onboarding: Onboarding,
        words: Arc<Words>,
        public_url: &str,
        dev_mail_dir: Option<PathBuf>,
    ) -> Self {
        Self {
            onboarding,
            words,
            site: Arc::new(Site::of(public_url)),
            dev_mail_dir: dev_mail_dir.map(Arc::new),
        }
    }
}

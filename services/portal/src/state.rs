//! What every page stands on.

use std::path::PathBuf;
use std::sync::Arc;

use catalogue::Words;
use usecases::Onboarding;

use runtime::edge::limits::Limits;
use runtime::edge::site::Site;

/// The use cases, the words, and how the pages are reached. Cheap to clone.
#[derive(Clone)]
pub struct PortalState {
    pub(crate) onboarding: Onboarding,
    pub(crate) words: Arc<Words>,
    pub(crate) site: Arc<Site>,
    pub(crate) limits: Option<Arc<Limits>>,
    pub(crate) dev_mail_dir: Option<Arc<PathBuf>>,
}

impl PortalState {
    /// `public_url` is where people reach the pages. `limits` are the counts shared with the API; none while limits
    /// by network stand aside. `dev_mail_dir` is the folder of mails that no server takes; where it is given,
    /// `/dev/mail` shows them to this machine.
    pub fn new(
        onboarding: Onboarding,
        words: Arc<Words>,
        public_url: &str,
        limits: Option<Arc<Limits>>,
        dev_mail_dir: Option<PathBuf>,
    ) -> Self {
        Self {
            onboarding,
            words,
            site: Arc::new(Site::of(public_url)),
            limits,
            dev_mail_dir: dev_mail_dir.map(Arc::new),
        }
    }
}

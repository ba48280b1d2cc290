//! What every page stands on.

use std::path::PathBuf;
use std::sync::Arc;

use catalogue::Words;
use usecases::Onboarding;

use crate::views::dev_mail::LetterPreview;
use crate::web::asset::Assets;
use runtime::edge::limits::Limits;
use runtime::edge::site::Site;

/// The use cases, the words, and how the pages are reached. Cheap to clone.
#[derive(Clone)]
pub struct PortalState {
    pub(crate) onboarding: Onboarding,
    pub(crate) words: Arc<Words>,
    pub(crate) assets: Arc<Assets>,
    pub(crate) site: Arc<Site>,
    pub(crate) limits: Option<Arc<Limits>>,
    pub(crate) dev_mail_dir: Option<Arc<PathBuf>>,
    pub(crate) letters: Arc<Vec<LetterPreview>>,
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
            assets: Arc::new(Assets::of(onboarding.catalogue())),
            onboarding,
            words,
            site: Arc::new(Site::of(public_url)),
            limits,
            dev_mail_dir: dev_mail_dir.map(Arc::new),
            letters: Arc::default(),
        }
    }

    /// The same with letters of invented content, which stand beside the mails of this machine.
    pub fn with_letters(mut self, letters: Vec<LetterPreview>) -> Self {
        self.letters = Arc::new(letters);
        self
    }
}

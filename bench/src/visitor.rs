//! Somebody who looks at pages: cookies in, a page out.

use anyhow::ensure;

/// Asks one service for pages, over connections that stay open, and follows no redirection.
#[derive(Clone)]
pub struct Visitor {
    http: reqwest::Client,
    base: String,
}

/// A page to be asked for, and what its answer must be.
#[derive(Clone, Debug)]
pub struct Page {
    /// What it is called in the table.
    pub name: &'static str,
    /// Its path and query.
    pub path: String,
    /// The cookie that comes along, if any.
    pub cookie: Option<String>,
    /// The form that is sent; none asks by GET.
    pub form: Option<&'static str>,
    /// The status that is the good one.
    pub status: u16,
}

impl Visitor {
    /// A visitor of the service at this URL.
    ///
    /// # Errors
    /// When the HTTP client cannot be made.
    pub fn new(base: &str) -> anyhow::Result<Self> {
        // Installed once for the program; a second attempt finds the first one's work.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .no_proxy()
            .tcp_nodelay(true)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self {
            http,
            base: base.to_owned(),
        })
    }

    /// Asks for a page; answers the bytes of its body.
    ///
    /// # Errors
    /// When the answer is not the good one.
    pub async fn ask(&self, page: &Page) -> anyhow::Result<usize> {
        let url = format!("{}{}", self.base, page.path);
        let mut request = match page.form {
            Some(form) => self
                .http
                .post(url)
                .header("content-type", "application/x-www-form-urlencoded")
                .header("sec-fetch-site", "same-origin")
                .body(form),
            None => self.http.get(url),
        };
        if let Some(cookie) = &page.cookie {
            request = request.header("cookie", cookie);
        }
        let response = request.send().await?;
        let status = response.status().as_u16();
        ensure!(
            status == page.status,
            "{}: {status} instead of {}",
            page.path,
            page.status
        );
        Ok(response.bytes().await?.len())
    }
}

//! A browser of long ago: no scripts, and not a word on where a form comes from. It keeps cookies, follows redirects, and
//! sends a form with everything that stands in it.

use std::collections::BTreeMap;

use reqwest::Method;

use crate::client::{Answer, Client, FORM};

/// The browser, with the page that it shows.
pub struct PlainBrowser<'w> {
    client: &'w Client,
    cookies: BTreeMap<String, String>,
    /// The address of the page, without the server.
    pub address: String,
    /// The page.
    pub page: String,
    /// Its status.
    pub status: u16,
}

/// No walk of ours is longer.
const REDIRECTS_MAX: usize = 5;

impl<'w> PlainBrowser<'w> {
    /// A browser that has seen nothing yet.
    pub fn new(client: &'w Client) -> Self {
        Self {
            client,
            cookies: BTreeMap::new(),
            address: String::new(),
            page: String::new(),
            status: 0,
        }
    }

    /// Opens an address of the service.
    pub async fn open(&mut self, address: &str) -> &mut Self {
        let answer = self.ask(Method::GET, address, None).await;
        self.arrive(address, answer).await
    }

    /// Sends the form with this action: its hidden fields, and these.
    pub async fn send(&mut self, action: &str, fields: &[(&str, &str)]) -> &mut Self {
        let form = self.form(action);
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        for input in form.split("<input").skip(1) {
            let input = input.split('>').next().unwrap_or_default();
            if input.contains("type=\"hidden\"") {
                body.append_pair(&attribute(input, "name"), &attribute(input, "value"));
            }
        }
        body.extend_pairs(fields);
        let answer = self.ask(Method::POST, action, Some(body.finish())).await;
        self.arrive(action, answer).await
    }

    /// Must stand on this address, whatever was just done.
    #[track_caller]
    pub fn at(&mut self, address: &str) -> &mut Self {
        let path = self.address.split(['?', '#']).next().unwrap_or_default();
        assert_eq!(path, address, "{} {}", self.address, self.page);
        self
    }

    /// Must show this text.
    #[track_caller]
    pub fn shows(&mut self, text: &str) -> &mut Self {
        assert!(
            self.page.contains(text),
            "{text} is not on {}: {}",
            self.address,
            self.page
        );
        self
    }

    /// Must have a link to this address.
    #[track_caller]
    pub fn leads_to(&mut self, address: &str) -> &mut Self {
        self.shows(&format!("href=\"{address}"))
    }

    /// Loses a cookie, as a browser that was closed does.
    pub fn forget(&mut self, cookie: &str) {
        self.cookies.remove(cookie);
    }

    #[track_caller]
    fn form(&self, action: &str) -> String {
        let forms = self.page.split("<form").skip(1);
        let form = forms
            .filter_map(|it| it.split("</form>").next())
            .find(|it| it.contains(&format!("action=\"{action}\"")));
        form.unwrap_or_else(|| panic!("no form {action} on {}: {}", self.address, self.page))
            .to_owned()
    }

    async fn ask(&self, method: Method, address: &str, form: Option<String>) -> Answer {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = self
            .client
            .ask(method, address)
            .header("cookie", &cookies.join("; "));
        match form {
            Some(form) => request.raw(FORM, form).send().await,
            None => request.send().await,
        }
    }

    async fn arrive(&mut self, address: &str, answer: Answer) -> &mut Self {
        let (mut address, mut answer) = (address.to_owned(), answer);
        for _ in 0..REDIRECTS_MAX {
            self.keep_cookies(&answer);
            if answer.status != 303 {
                break;
            }
            address = answer.header("location").to_owned();
            answer = self.ask(Method::GET, &address, None).await;
        }
        self.status = answer.status;
        self.page = answer.text;
        self.address = address;
        self
    }

    fn keep_cookies(&mut self, answer: &Answer) {
        for header in answer.headers.get_all("set-cookie") {
            let text = header.to_str().expect("a cookie");
            let (name, rest) = text.split_once('=').expect("a name");
            let value = rest.split(';').next().unwrap_or_default();
            if rest.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

fn attribute(tag: &str, name: &str) -> String {
    let rest = tag.split(&format!(" {name}=\"")).nth(1).unwrap_or_default();
    rest.split('"').next().unwrap_or_default().replace("&amp;", "&")
}

//! nginx, HAProxy, Apache and Varnish before the pages, with the lines that the runbook gives. `script/test` fetches them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::eventually::eventually;
use crate::guard::{Guarded, Start};
use crate::ports::free_port;
use crate::programs::repository;

/// A proxy. It ends when dropped.
pub struct WebProxy {
    port: u16,
    _runs: Guarded,
}

/// Which one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// With `$proxy_add_x_forwarded_for`.
    Nginx,
    /// With `option forwardfor`.
    HaProxy,
    /// With mod_proxy_http, which adds the header by itself.
    Apache,
    /// It adds the header by itself too.
    Varnish,
}

impl WebProxy {
    /// Starts one before the pages at this port of loopback. `from` is its own address when it calls them.
    pub async fn start(folder: &Path, kind: Kind, pages: u16) -> Self {
        let folder = folder.join(format!("{kind:?}"));
        fs::create_dir_all(&folder).expect("a folder");
        let port = free_port();
        let (program, arguments) = kind.command(&folder, port, pages);
        let start = Start {
            name: "proxy",
            folder: &folder,
            end_signal: "TERM",
            account: None,
        };
        let libraries = libraries().map(|it| ("LD_LIBRARY_PATH".to_owned(), it));
        let runs = start.spawn(&unpacked().join(program), &arguments, libraries.as_slice());
        eventually(&format!("{kind:?} listens"), async || {
            tokio::net::TcpStream::connect(("127.0.0.1", port)).await.ok()
        })
        .await;
        Self { port, _runs: runs }
    }

    /// Where it listens.
    pub fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Kind {
    /// Each of them.
    pub const ALL: [Self; 4] = [Self::Nginx, Self::HaProxy, Self::Apache, Self::Varnish];

    fn command(self, folder: &Path, port: u16, pages: u16) -> (&'static str, Vec<String>) {
        let at = folder.display();
        let settings = folder.join("proxy.conf");
        let file = settings.display().to_string();
        let word = |words: &[&str]| words.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        let (text, program, arguments) = match self {
            Self::Nginx => (
                format!(
                    "daemon off; master_process off; pid {at}/pid; error_log stderr;\n\
                     events {{}}\n\
                     http {{\n  access_log off; client_body_temp_path {at}/body; proxy_temp_path {at}/proxy;\n  \
                     fastcgi_temp_path {at}/f; uwsgi_temp_path {at}/u; scgi_temp_path {at}/s;\n  \
                     client_max_body_size 16m;\n  \
                     upstream pages {{ server 127.0.0.1:{pages}; keepalive 32; }}\n  \
                     server {{\n    listen 127.0.0.1:{port};\n    location / {{\n      proxy_pass http://pages;\n      \
                     proxy_http_version 1.1;\n      proxy_set_header Connection \"\";\n      proxy_set_header Host $host;\n      \
                     proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n      \
                     proxy_set_header Forwarded \"\";\n    }}\n  }}\n}}\n"
                ),
                "usr/sbin/nginx",
                word(&["-e", "stderr", "-c", &file]),
            ),
            Self::HaProxy => (
                format!(
                    "defaults\n  mode http\n  timeout connect 5s\n  timeout client 60s\n  timeout server 60s\n  option forwardfor\n\
                     frontend visitors\n  bind 127.0.0.1:{port}\n  http-request del-header Forwarded\n  default_backend pages\n\
                     backend pages\n  server one 127.0.0.1:{pages}\n"
                ),
                "usr/sbin/haproxy",
                word(&["-db", "-f", &file]),
            ),
            Self::Apache => {
                let modules = unpacked().join("usr/lib/apache2/modules");
                let load =
                    |name: &str| format!("LoadModule {name}_module {}/mod_{name}.so\n", modules.display());
                let loads: String = ["mpm_event", "authz_core", "proxy", "proxy_http", "headers"]
                    .map(load)
                    .concat();
                (
                    format!(
                        "{loads}ServerRoot {at}\nPidFile {at}/pid\nDefaultRuntimeDir {at}\nErrorLog /dev/stderr\n\
                         ServerName localhost\nListen 127.0.0.1:{port}\nUser nobody\nGroup nogroup\n\
                         RequestHeader unset Forwarded\nProxyPreserveHost On\n\
                         ProxyPass / http://127.0.0.1:{pages}/\n"
                    ),
                    "usr/sbin/apache2",
                    word(&["-X", "-f", &file]),
                )
            }
            Self::Varnish => (
                format!(
                    "vcl 4.1;\nbackend pages {{ .host = \"127.0.0.1\"; .port = \"{pages}\"; }}\n\
                     sub vcl_recv {{ unset req.http.Forwarded; }}\n"
                ),
                "usr/sbin/varnishd",
                word(&[
                    "-F",
                    "-j",
                    "none",
                    "-a",
                    &format!("127.0.0.1:{port}"),
                    "-f",
                    &file,
                    "-n",
                    &folder.join("work").display().to_string(),
                    "-p",
                    &format!(
                        "vmod_path={}",
                        unpacked()
                            .join("usr/lib/x86_64-linux-gnu/varnish/vmods")
                            .display()
                    ),
                ]),
            ),
        };
        fs::write(&settings, text).expect("a file");
        (program, arguments)
    }
}

/// Where `script/test` unpacks them.
fn unpacked() -> PathBuf {
    repository().join(".onboarding/tools/proxies")
}

/// The folder of the libraries that were unpacked with them; Varnish has some of its own below.
fn libraries() -> Option<String> {
    let folders = fs::read_dir(unpacked().join("usr/lib")).ok()?;
    let mut paths = folders.filter_map(|it| Some(it.ok()?.path().display().to_string()));
    let of_this_machine = paths.find(|it| it.ends_with("-linux-gnu"))?;
    Some(format!("{of_this_machine}:{of_this_machine}/varnish"))
}

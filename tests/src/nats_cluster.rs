//! Three NATS servers that keep a stream together, each with a store on disk.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use async_nats::jetstream;
use nix::sys::signal::Signal;

use crate::eventually::eventually;
use crate::guard::{Guarded, Start};
use crate::ports::free_port;
use crate::programs::nats_server;

/// The cluster.
pub struct NatsCluster {
    servers: Vec<Server>,
}

struct Server {
    name: String,
    folder: PathBuf,
    port: u16,
    runs: Mutex<Option<Guarded>>,
}

impl NatsCluster {
    /// Starts the servers below a folder, and waits until they have chosen who leads.
    pub async fn start(folder: &Path) -> Self {
        let ports: [(u16, u16); 3] = std::array::from_fn(|_| (free_port(), free_port()));
        let routes: Vec<String> = ports
            .iter()
            .map(|(_, route)| format!("\"nats://127.0.0.1:{route}\""))
            .collect();
        let servers = ports.iter().zip(1..).map(|((port, route), number)| {
            let name = format!("nats-{number}");
            let folder = folder.join(&name);
            fs::create_dir_all(&folder).expect("a folder");
            let settings = format!(
                "server_name: {name}\nlisten: \"127.0.0.1:{port}\"\n\
                 jetstream {{ store_dir: \"{}\", sync_interval: always }}\n\
                 cluster {{ name: three, listen: \"127.0.0.1:{route}\", routes: [{}] }}\n",
                folder.join("store").display(),
                routes.join(", ")
            );
            fs::write(folder.join("nats.conf"), settings).expect("a file");
            Server {
                name,
                folder,
                port: *port,
                runs: Mutex::default(),
            }
        });
        let cluster = Self {
            servers: servers.collect(),
        };
        for server in &cluster.servers {
            server.spawn();
        }
        cluster.until_led().await;
        cluster
    }

    /// Where the servers are, as one setting.
    pub fn url(&self) -> String {
        let urls: Vec<String> = self.servers.iter().map(Server::url).collect();
        urls.join(",")
    }

    /// Where one server is.
    pub fn url_of(&self, name: &str) -> String {
        self.server(name).url()
    }

    /// The files of a stream's messages on one server.
    pub fn messages_of(&self, name: &str, stream: &str) -> PathBuf {
        self.server(name)
            .folder
            .join("store/jetstream/$G/streams")
            .join(stream)
            .join("msgs")
    }

    /// Kills one server as a power failure would.
    pub fn kill(&self, name: &str) {
        let runs = self.server(name).runs.lock().unwrap().take().expect("it runs");
        runs.kill();
    }

    /// Sends a signal to one server, where it runs.
    pub fn signal(&self, name: &str, signal: Signal) {
        if let Some(runs) = &*self.server(name).runs.lock().unwrap() {
            runs.signal(signal);
        }
    }

    /// Stops one server in good order: it notes how far it is, and believes that note when it comes back.
    pub fn stop(&self, name: &str) {
        let runs = self.server(name).runs.lock().unwrap().take().expect("it runs");
        runs.signal(Signal::SIGTERM);
        runs.wait();
    }

    /// Starts one server again on the store that is there.
    pub async fn run(&self, name: &str) {
        self.server(name).spawn();
        self.until_led().await;
    }

    /// The same without waiting for anything, as when a majority is away.
    pub fn begin(&self, name: &str) {
        self.server(name).spawn();
    }

    /// Has the leader of a stream hand its part over to another server.
    pub async fn change_leader_of(&self, stream: &str) {
        let client = eventually("a server answers", async || self.connect().await).await;
        let asked = client.request(format!("$JS.API.STREAM.LEADER.STEPDOWN.{stream}"), "".into());
        asked.await.expect("the leader answers");
    }

    /// The server that leads a stream.
    pub async fn leader_of(&self, stream: &str) -> String {
        eventually("the stream has a leader", async || {
            let client = self.connect().await?;
            let stream = jetstream::new(client).get_stream(stream).await.ok()?;
            stream.cached_info().cluster.as_ref()?.leader.clone()
        })
        .await
    }

    /// The names of the servers.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.servers.iter().map(|server| server.name.as_str())
    }

    async fn connect(&self) -> Option<async_nats::Client> {
        let urls: Vec<async_nats::ServerAddr> =
            self.servers.iter().map(|it| it.url().parse().unwrap()).collect();
        async_nats::connect(urls).await.ok()
    }

    async fn until_led(&self) {
        for server in &self.servers {
            eventually(
                &format!("JetStream answers through {}", server.name),
                async || {
                    let client = async_nats::connect(server.url()).await.ok()?;
                    jetstream::new(client).query_account().await.ok()
                },
            )
            .await;
        }
    }

    fn server(&self, name: &str) -> &Server {
        self.servers
            .iter()
            .find(|it| it.name == name)
            .expect("a server of this name")
    }
}

impl Server {
    fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    fn spawn(&self) {
        let begun = Start {
            name: &self.name,
            folder: &self.folder,
            end_signal: "KILL",
            account: None,
        };
        let settings = self.folder.join("nats.conf").display().to_string();
        *self.runs.lock().unwrap() = Some(begun.spawn(&nats_server(), &["-c".to_owned(), settings], &[]));
    }
}

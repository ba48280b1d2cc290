//! Postfix, Exim and OpenSMTPD as Debian packs them, each with a configuration of its own in a folder of its own, on loopback.

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::{Pid, User};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use tempfile::TempDir;

/// A server that runs until it is dropped.
pub struct Relay {
    port: u16,
    child: Child,
    folder: TempDir,
}

/// Where `script/lib/relays.sh` has unpacked them.
fn programs(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.onboarding/tools/relays");
    let found = root
        .canonicalize()
        .expect("script/test fetches the relays")
        .join(name)
        .join("usr");
    assert!(found.is_dir(), "{}", found.display());
    found
}

/// A folder that the server's own account may pass through, with its certificate for `localhost` and the authority's.
fn folder(account: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let mut authority = CertificateParams::new(vec![]).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_key = KeyPair::generate().unwrap();
    write(
        folder.path(),
        "authority.pem",
        &authority.self_signed(&authority_key).unwrap().pem(),
    );
    let issuer = Issuer::new(authority, authority_key);
    for (name, not_after) in [("good", 2040), ("expired", 2020)] {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.not_before = date_time_ymd(2019, 1, 1);
        params.not_after = date_time_ymd(not_after, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &issuer).unwrap();
        write(folder.path(), &format!("{name}.pem"), &certificate.pem());
        write(folder.path(), &format!("{name}.key"), &key.serialize_pem());
        give(&folder.path().join(format!("{name}.key")), account);
    }
    folder
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    let mode = if name.ends_with(".key") { 0o600 } else { 0o644 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Gives a file or folder to an account.
fn give(path: &Path, account: &str) {
    let user = User::from_name(account)
        .unwrap()
        .expect("script/test makes the accounts");
    chown(path, Some(user.uid.as_raw()), Some(user.gid.as_raw())).unwrap();
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

impl Relay {
    /// Postfix, with these lines at the end of its `main.cf`. It throws away what it takes.
    pub fn postfix(lines: &str) -> Self {
        let (programs, folder, port) = (programs("postfix"), folder("postfix"), free_port());
        let (home, programs) = (folder.path().display(), programs.display());
        for inner in ["etc", "queue", "queue/pid", "data"] {
            fs::create_dir(folder.path().join(inner)).unwrap();
        }
        give(&folder.path().join("data"), "postfix");
        for queue in [
            "public", "private", "active", "incoming", "deferred", "maildrop", "bounce", "defer", "trace",
            "corrupt", "hold", "flush", "saved",
        ] {
            let queue = folder.path().join("queue").join(queue);
            fs::create_dir(&queue).unwrap();
            give(&queue, "postfix");
        }
        let main = format!(
            "compatibility_level = 3.6\nqueue_directory = {home}/queue\ndata_directory = {home}/data\n\
             daemon_directory = {programs}/lib/postfix/sbin\ncommand_directory = {programs}/sbin\n\
             shlib_directory = {programs}/lib/postfix\nmeta_directory = {home}/etc\n\
             import_environment = MAIL_CONFIG LD_LIBRARY_PATH LANG=C\nexport_environment = MAIL_CONFIG LD_LIBRARY_PATH LANG\n\
             myhostname = relay.example\nmydestination =\nmynetworks = 127.0.0.0/8\ninet_protocols = ipv4\n\
             maillog_file_prefixes = {home}\nmaillog_file = {home}/log\ndefault_transport = discard:\n\
             relay_transport = discard:\nalias_maps =\nlocal_recipient_maps =\n{lines}\n"
        );
        let master = format!(
            "127.0.0.1:{port} inet n - n - - smtpd\n\
             cleanup unix n - n - 0 cleanup\nqmgr unix n - n 300 1 qmgr\nrewrite unix - - n - - trivial-rewrite\n\
             bounce unix - - n - 0 bounce\ndefer unix - - n - 0 bounce\ntrace unix - - n - 0 bounce\n\
             discard unix - - n - - discard\nerror unix - - n - - error\nanvil unix - - n - 1 anvil\n\
             tlsmgr unix - - n 1000? 1 tlsmgr\nproxymap unix - - n - - proxymap\npostlog unix-dgram n - n - 1 postlogd\n"
        );
        write(&folder.path().join("etc"), "main.cf", &main);
        write(&folder.path().join("etc"), "master.cf", &master);
        let etc = folder.path().join("etc");
        let mut command = Command::new(format!("{programs}/lib/postfix/sbin/master"));
        command
            .args(["-d", "-c"])
            .arg(&etc)
            .env("MAIL_CONFIG", &etc)
            .env("LD_LIBRARY_PATH", format!("{programs}/lib/postfix"));
        Self::run(command, port, folder)
    }

    /// Exim, with these lines in its main part (`HOME` stands for its folder) and this access control; it throws away what it takes.
    pub fn exim(main: &str, access: &str) -> Self {
        let (programs, folder, port) = (programs("exim"), folder("Debian-exim"), free_port());
        let home = folder.path().display();
        for inner in ["spool", "log"] {
            let inner = folder.path().join(inner);
            fs::create_dir(&inner).unwrap();
            give(&inner, "Debian-exim");
        }
        let text = format!(
            "primary_hostname = relay.example\nspool_directory = {home}/spool\nlog_file_path = {home}/log/%s\n\
             daemon_smtp_ports = {port}\nlocal_interfaces = 127.0.0.1\nqueue_only = true\n\
             acl_smtp_mail = acl_mail\nacl_smtp_rcpt = acl_rcpt\nacl_smtp_data = acl_data\n{main}\n\
             begin acl\n{access}\n\
             begin routers\nhole:\n  driver = redirect\n  data = :blackhole:\n\
             begin authenticators\nplain:\n  driver = plaintext\n  public_name = PLAIN\n\
             \x20 server_condition = ${{if and{{{{eq{{$auth2}}{{key}}}}{{eq{{$auth3}}{{12/ab+c=}}}}}}}}\n\
             \x20 server_set_id = $auth2\n  server_advertise_condition = ${{if def:tls_in_cipher}}\n"
        );
        write(
            folder.path(),
            "exim.conf",
            &text.replace("HOME", &home.to_string()),
        );
        let mut command = Command::new(programs.join("sbin/exim4"));
        command
            .args(["-bdf", "-C"])
            .arg(folder.path().join("exim.conf"))
            .env("LD_LIBRARY_PATH", programs.join("lib/x86_64-linux-gnu"));
        Self::run(command, port, folder)
    }

    /// OpenSMTPD, with these lines; `PORT` stands for its port.
    pub fn opensmtpd(lines: &str) -> Self {
        let (programs, folder, port) = (programs("opensmtpd"), folder("opensmtpd"), free_port());
        write(
            folder.path(),
            "smtpd.conf",
            &lines.replace("PORT", &port.to_string()),
        );
        let mut command = Command::new(programs.join("sbin/smtpd"));
        command.args(["-d", "-f"]).arg(folder.path().join("smtpd.conf"));
        Self::run(command, port, folder)
    }

    fn run(mut command: Command, port: u16, folder: TempDir) -> Self {
        let log = fs::File::create(folder.path().join("said")).unwrap();
        // A group of its own, so that all of its processes can be ended together.
        let child = command
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut relay = Self { port, child, folder };
        while TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], port))).is_err() {
            let ended = relay.child.try_wait().unwrap();
            let said = || fs::read_to_string(relay.folder.path().join("said"));
            assert!(ended.is_none(), "the server ended: {:?}", said());
            std::thread::yield_now();
        }
        relay
    }

    /// Its URL, with this before the host, and this behind the port; `AUTHORITY` stands for the authority's file.
    pub fn url(&self, scheme: &str, login: &str, query: &str) -> String {
        let authority = self.path("authority.pem").display().to_string();
        format!(
            "{scheme}://{login}localhost:{}{}",
            self.port,
            query.replace("AUTHORITY", &authority)
        )
    }

    /// A file of its folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Ends all of its processes without a word.
    pub fn cut(&self) {
        let _ = killpg(Pid::from_raw(self.child.id().cast_signed()), Signal::SIGKILL);
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        let group = Pid::from_raw(self.child.id().cast_signed());
        // Postfix and OpenSMTPD end their children, some of which have groups of their own.
        let _ = killpg(group, Signal::SIGTERM);
        let _ = self.child.wait();
        let _ = killpg(group, Signal::SIGKILL);
    }
}

//! Tests with foreign tools: `cargo xtask cloud`.
//!
//! `cfn-lint` checks the CloudFormation template. The example broker opens a session at an STS endpoint on loopback, which is moto's server.
//! That server has the protocol of STS, but checks neither tokens nor session policies. So only the engine says what a session may do.
//!
//! Needs Python 3 with `venv`, and installs both tools from PyPI in `target/cloud`.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::Duration;

use super::{Outcome, structure, tools};

/// The packages that are installed.
const TOOLS: [&str; 2] = ["cfn-lint==1.58.0", "moto[server]==5.2.5"];
const TEMPLATE: &str = "policies/doit/cloudformation.yaml";
const BROKER: &str = "crates/iamgate/examples/broker/Cargo.toml";
const ROLE: &str = "policies/doit/support-gateway";
/// The claims of the example's token.
const CLAIMS: &str = "policies/doit/example-claims.json";
/// The key that signs it. Everybody knows it.
const KEY: &str = "crates/iamgate-token/tests/keys/es256.der";

pub(crate) fn run(_check: bool) -> Outcome {
    let root = structure::root()?;
    tools::python(&root, "target/cloud", &TOOLS)?;
    tools::run(&root, &["target/cloud/bin/cfn-lint", TEMPLATE])?;
    let build =
        ["cargo", "build", "--quiet", "--locked", "--manifest-path", BROKER, "--target-dir", "target/broker"];
    tools::run(&root, &build)?;
    let claims = fs::read_to_string(root.join(CLAIMS)).map_err(|e| format!("{CLAIMS}: {e}"))?;
    let server = Server::start(&root)?;
    let record = open(&root, &server, &claims, true)?;
    if !record.contains(r#""verdict":"planned""#) {
        return Err("the record of the session does not say that it was planned".into());
    }
    // Without a plan there is no session: for a token without the tag, the broker does not call STS.
    let calls = server.calls()?;
    let record = open(&root, &server, &claims.replace("\"DoitEnvironment\": [", "\"other\": ["), false)?;
    if !record.contains(r#""verdict":"refused""#) || server.calls()? != calls || calls == 0 {
        return Err("a session that is refused must not get to STS".into());
    }
    Ok("cloud: the template is clean; the broker opened the session that it planned, and none that was refused".into())
}

/// Runs the broker, and returns its record.
fn open(root: &Path, server: &Server, claims: &str, succeeds: bool) -> Result<String, String> {
    let folder = root.join("target/cloud");
    let (own, record) = (folder.join("claims.json"), folder.join("record.json"));
    fs::write(&own, claims).map_err(|e| format!("{}: {e}", own.display()))?;
    let _ = fs::remove_file(&record);
    let place = |name: &str| folder.join(name).to_string_lossy().into_owned();
    tools::run(root, &["target/broker/debug/issue", &place("claims.json"), KEY, &place("")])?;
    let (engineer, token, path) = (place("engineer"), place("token"), place("record.json"));
    let (keys, endpoint) = (place(""), format!("http://127.0.0.1:{}", server.port));
    let words = ["target/broker/debug/broker-example", ROLE, &engineer, &token, &keys, &endpoint, &path];
    let output = tools::command(root, &words)?.output().map_err(|e| format!("broker: {e}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    if output.status.success() != succeeds || succeeds != said.contains(" until ") {
        return Err(format!("broker: {said}{}", String::from_utf8_lossy(&output.stderr)));
    }
    fs::read_to_string(&record).map_err(|e| format!("{}: {e}", record.display()))
}

/// moto's server. It is stopped when this value is dropped.
struct Server {
    child: Child,
    port: u16,
    log: std::path::PathBuf,
}

impl Server {
    fn start(root: &Path) -> Result<Self, String> {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
        let port = free.map_err(|e| format!("no free port: {e}"))?.port();
        let log = root.join("target/cloud/moto.log");
        let file = fs::File::create(&log).map_err(|e| format!("{}: {e}", log.display()))?;
        let number = port.to_string();
        let child =
            tools::command(root, &["target/cloud/bin/moto_server", "-H", "127.0.0.1", "-p", &number])?
                .stdout(Stdio::null())
                .stderr(file)
                .spawn()
                .map_err(|e| format!("moto_server: {e}"))?;
        let mut server = Self { child, port, log };
        for _ in 0..300 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Ok(server);
            }
            if let Ok(Some(status)) = server.child.try_wait() {
                return Err(format!("moto_server ended: {status}"));
            }
            sleep(Duration::from_millis(100));
        }
        Err("moto_server does not answer".into())
    }

    /// The number of calls that it has received.
    fn calls(&self) -> Result<usize, String> {
        let log = fs::read_to_string(&self.log).map_err(|e| format!("{}: {e}", self.log.display()))?;
        Ok(log.matches("\"POST /").count())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

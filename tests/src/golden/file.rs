//! The files of the corpus, as they are written.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::{Context, Error, Result};

/// One configuration with the cases that are decided by it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoldenFile {
    /// What the file shows.
    pub note: String,
    /// Doorward's configuration. `jwks_of` stands for `jwks` with the public keys of the lab: see [`super::Material`].
    pub config: Map<String, Value>,
    /// The URI SAN of the certificate that the proxy presents.
    #[serde(default = "own")]
    pub own: String,
    /// The proxy listens without TLS.
    #[serde(default)]
    pub plain: bool,
    /// Certificates that cases name: as `peer`, or inside of header values.
    #[serde(default)]
    pub certificates: BTreeMap<String, Map<String, Value>>,
    /// What tokens of these names say unless a case says otherwise.
    #[serde(default)]
    pub tokens: BTreeMap<String, Map<String, Value>>,
    /// The caller's certificate unless a case says otherwise.
    #[serde(default)]
    pub peer: Value,
    /// The request unless a case says otherwise.
    #[serde(default)]
    pub request: Map<String, Value>,
    /// What must come of it unless a case says otherwise.
    #[serde(default)]
    pub want: Map<String, Value>,
    /// The cases.
    pub cases: Vec<Case>,
    /// `TOPIC/NAME`, from the file's place.
    #[serde(skip)]
    pub id: String,
}

/// One request, and what must come of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// A sentence, unique in its file.
    pub name: String,
    /// The instant of the decision, `YYYY-MM-DDTHH:MM:SSZ`. An Envoy has a clock of its own.
    #[serde(default = "now")]
    pub now: String,
    /// `none`, a SPIFFE ID (a correct SVID of `corp`), the name of a certificate, or a certificate.
    pub peer: Option<Value>,
    /// Members put on top of the file's.
    #[serde(default)]
    pub request: Map<String, Value>,
    /// The tokens that are sent, each put on top of the file's of the same name.
    #[serde(default)]
    pub tokens: BTreeMap<String, Map<String, Value>>,
    /// Filter-state objects.
    #[serde(default)]
    pub filter_state: BTreeMap<String, String>,
    /// Members put on top of the file's.
    #[serde(default)]
    pub want: Map<String, Value>,
}

/// A request. Texts may hold `${...}`; instead of a text there may be `{hex: ..}` or `{repeat: .., times: ..}`.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RequestSpec {
    /// Method; `null` sends none.
    pub method: Value,
    /// Request target.
    pub path: Value,
    /// Host; `null` sends none.
    pub host: Value,
    /// Header lines, name and value.
    pub headers: Vec<(String, Value)>,
    /// So many further header lines of a few bytes each.
    pub filler_lines: usize,
    /// Name of the proxy's own route; without one the route has no name, and with `null` the proxy has no route.
    pub route_name: Value,
}

impl Default for RequestSpec {
    fn default() -> Self {
        let text = |text: &str| Value::from(text);
        Self {
            method: text("GET"),
            path: text("/"),
            host: text("api.corp.example.com"),
            headers: Vec::new(),
            filler_lines: 0,
            route_name: text(""),
        }
    }
}

/// What must come of a request.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Want {
    /// The record's reason; `policy` and `route_off` are an allow.
    #[serde(default = "policy")]
    pub reason: String,
    /// Whether the request reaches the workload; by default an allowed one does.
    pub passes: Option<bool>,
    /// The status that the client sees: must be given for a refusal, and is 200 otherwise.
    pub status: Option<u16>,
    /// Response headers: a text is the only line of that name, a list all of them, `null` says that there is none.
    /// `www-authenticate` is `null` unless given.
    #[serde(default)]
    pub headers: BTreeMap<String, Value>,
    /// Body of a refusal; empty unless given.
    #[serde(default)]
    pub body: String,
    /// The record's identity, `SOURCE SPIFFE-ID`; none unless given.
    pub identity: Option<String>,
    /// The record's tokens; none unless given.
    #[serde(default)]
    pub tokens: Vec<String>,
    /// The record's reason of the policy; none unless given.
    pub policy_reason: Option<String>,
    /// Headers that reach the workload, as for `headers`.
    #[serde(default)]
    pub upstream: BTreeMap<String, Value>,
    /// Further members of the record; `null` says that there is none.
    #[serde(default)]
    pub record: Map<String, Value>,
}

impl Want {
    /// Whether the record says `allow`.
    pub fn allows(&self) -> bool {
        matches!(self.reason.as_str(), "policy" | "route_off")
    }

    /// Whether the request reaches the workload.
    pub fn passes(&self) -> bool {
        self.passes.unwrap_or_else(|| self.allows())
    }
}

impl GoldenFile {
    /// `TOPIC/NAME#CASE`.
    pub fn case_id(&self, case: &Case) -> String {
        format!("{}#{}", self.id, case.name)
    }

    /// The topic: the folder's name.
    pub fn topic(&self) -> &str {
        self.id.split('/').next().unwrap_or_default()
    }

    /// The request of a case.
    ///
    /// # Errors
    /// A member is unknown or of another type.
    pub fn request(&self, case: &Case) -> Result<RequestSpec> {
        typed(overlaid(&self.request, &case.request)).context(|| format!("{}: request", self.case_id(case)))
    }

    /// What must come of a case, with `changes` on top.
    ///
    /// # Errors
    /// A member is unknown or of another type, or a refusal has no status.
    pub fn want(&self, case: &Case, changes: &Map<String, Value>) -> Result<Want> {
        let members = overlaid(&overlaid(&self.want, &case.want), changes);
        let want: Want = typed(members).context(|| format!("{}: want", self.case_id(case)))?;
        if !want.passes() && want.status.is_none() {
            return Err(Error::new(format!("{}: want: a refusal has a status", self.case_id(case))));
        }
        Ok(want)
    }
}

/// Every file of the corpus, in the order of their paths. Folders whose files are something else have no `cases`
/// and are not looked into.
///
/// # Errors
/// A file cannot be read or is not a golden file, or a name is used twice.
pub fn load_all(root: &Path) -> Result<Vec<GoldenFile>> {
    let mut files = Vec::new();
    for topic in entries(root)?.into_iter().filter(|path| path.is_dir()) {
        if topic.file_name().is_some_and(|name| name == "config-errors") {
            continue;
        }
        let yaml = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "yaml");
        for path in entries(&topic)?.into_iter().filter(yaml) {
            files.push(load(root, &path)?);
        }
    }
    Ok(files)
}

fn load(root: &Path, path: &Path) -> Result<GoldenFile> {
    let text = fs::read_to_string(path).context(|| format!("read {}", path.display()))?;
    let mut file: GoldenFile =
        serde_saphyr::from_str(&text).context(|| format!("{} is no golden file", path.display()))?;
    let place = path.strip_prefix(root).unwrap_or(path).with_extension("");
    file.id = place.to_string_lossy().into_owned();
    for (index, case) in file.cases.iter().enumerate() {
        if file.cases.iter().take(index).any(|earlier| earlier.name == case.name) {
            return Err(Error::new(format!("{}: the name is used twice", file.case_id(case))));
        }
    }
    inline_sources(&mut file.config, path)?;
    Ok(file)
}

/// `source_file` of a module is read as `doorward render` does, so that published policies stand as they are.
fn inline_sources(config: &mut Map<String, Value>, path: &Path) -> Result<()> {
    let modules = config.get_mut("policy").and_then(|policy| policy.get_mut("modules"));
    for module in modules.and_then(Value::as_array_mut).into_iter().flatten() {
        let Some(module) = module.as_object_mut() else { continue };
        if let Some(Value::String(name)) = module.remove("source_file") {
            let source = path.with_file_name(&name);
            let text = fs::read_to_string(&source).context(|| format!("read {}", source.display()))?;
            module.insert("source".to_owned(), Value::from(text));
            module.entry("name").or_insert_with(|| Value::from(name));
        }
    }
    Ok(())
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let listing = fs::read_dir(folder).context(|| format!("list {}", folder.display()))?;
    let mut paths = Vec::new();
    for entry in listing {
        paths.push(entry.context(|| format!("list {}", folder.display()))?.path());
    }
    paths.sort();
    Ok(paths)
}

/// `base` with the members of `changes` on top; objects are joined member by member, a `null` stays a `null`.
pub(super) fn overlaid(base: &Map<String, Value>, changes: &Map<String, Value>) -> Map<String, Value> {
    let mut members = base.clone();
    for (name, change) in changes {
        let joined = match (members.get(name), change) {
            (Some(Value::Object(base)), Value::Object(change)) => Value::Object(overlaid(base, change)),
            _ => change.clone(),
        };
        members.insert(name.clone(), joined);
    }
    members
}

/// The members as a type; a `null` is a member that is not given.
pub(super) fn typed<T: DeserializeOwned>(members: Map<String, Value>) -> Result<T> {
    serde_json::from_value(Value::Object(members)).context(|| "the members do not fit")
}

fn own() -> String {
    "spiffe://corp.example.com/ns/payment/sa/processor".to_owned()
}

/// A Wednesday, ten in the morning.
fn now() -> String {
    "2026-11-18T10:00:00Z".to_owned()
}

fn policy() -> String {
    "policy".to_owned()
}

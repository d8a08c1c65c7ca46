//! The workflow of the forge that hosts the repository: a check of each change, and a publication after it is merged.

use std::path::Path;

use changecast::history::History;

/// A forge, and the workflow that runs there.
pub struct Forge {
    /// Its name on the command line. The address of a repository on such a forge usually contains it.
    pub name: &'static str,
    /// Files and folders of repositories that are hosted there.
    marks: &'static [&'static str],
    /// The file of the workflow: path and template.
    pub workflow: (&'static str, &'static str),
    /// A file that must refer to it: path and text.
    pub entry: Option<(&'static str, &'static str)>,
    /// The next step after the files were written.
    pub next: &'static str,
}

/// The forges, in the order in which they are tried.
pub const FORGES: [Forge; 2] = [
    Forge {
        name: "github",
        marks: &[".github"],
        workflow: (".github/workflows/changecast.yml", include_str!("../../../data/init/github.yml")),
        entry: None,
        next: "add the release key as the secret CHANGECAST_KEY (Settings, Secrets and variables, Actions)",
    },
    Forge {
        name: "gitlab",
        marks: &[".gitlab-ci.yml", ".gitlab"],
        workflow: (".gitlab/changecast.yml", include_str!("../../../data/init/gitlab.yml")),
        entry: Some((".gitlab-ci.yml", "include: [{local: .gitlab/changecast.yml}]\n")),
        next: "add the masked and protected variables CHANGECAST_KEY (the release key) and CHANGECAST_TOKEN (a token that may push)",
    },
];

/// The forge that the address of `origin` or a file in the directory points to.
pub fn detect(dir: &Path, history: Option<&History>) -> Option<&'static Forge> {
    let origin = history.and_then(History::origin).unwrap_or_default();
    let hosted = FORGES.iter().find(|forge| host(&origin).contains(forge.name));
    hosted.or_else(|| FORGES.iter().find(|forge| forge.marks.iter().any(|mark| dir.join(mark).exists())))
}

/// The host in the address of a repository, with a user in front of it: `https://HOST/…`, `ssh://git@HOST/…` or `git@HOST:…`.
/// Paths have none.
fn host(address: &str) -> &str {
    match (address.split_once("://"), address.split_once(':')) {
        (Some((_, rest)), _) => rest.split('/').next().unwrap_or_default(),
        (None, Some((host, _))) if !host.contains('/') => host,
        _ => "",
    }
}

/// A template with the values of this program and repository.
pub fn filled(template: &str, branch: &str) -> String {
    template
        .replace("{repository}", env!("CARGO_PKG_REPOSITORY"))
        .replace("{action}", env!("CARGO_PKG_REPOSITORY").trim_start_matches("https://github.com/"))
        .replace("{version}", env!("CARGO_PKG_VERSION"))
        // In single quotes: names of branches may contain signs of YAML.
        .replace("{branch}", &branch.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::host;

    #[test]
    fn the_host_of_an_address_is_found_and_a_path_has_none() {
        for (address, expected) in [
            ("https://github.com/example/site.git", "github.com"),
            ("git@gitlab.example.com:legal/site.git", "git@gitlab.example.com"),
            ("ssh://git@github.com/example/site", "git@github.com"),
            ("/srv/github/site", ""),
            ("../gitlab:site", ""),
            ("", ""),
        ] {
            assert_eq!(host(address), expected, "{address}");
        }
    }
}

//! Runs the commands of the guides for customers and auditors, with a folder in place of the server.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::support::{NO_NETWORK, TestRepo, files_below};

const VERSIONS: [&str; 2] = [
    "notice: {lead: {added: P30D}}\nentries:\n- {name: Nordhaven, location: Finland}\n",
    "notice: {lead: {added: P30D}}\nentries:\n- {name: Nordhaven, location: Finland}\n- {name: Kestrel, location: Norway, effective: 2030-04-01}\n",
];

/// The page of a vendor without a log.
const PAGE: &str = "# Sub-processors\n\n| Vendor | Location |\n|---|---|\n| Nordhaven | Finland |\n";

/// A publication in `feeds`, with the copies that the guides speak of.
fn published() -> TestRepo {
    let repo = TestRepo::of_lists(&VERSIONS);
    repo.build_first(1);
    repo.publish(&[]).expect(0);
    copy(&repo, "feeds", "older");
    repo.build();
    repo.publish(&["--now", "2030-02-01T00:00:00Z"]).expect(0);
    copy(&repo, "feeds/vendors", "copy");
    copy(&repo, "older/vendors", "older-copy");
    fs::copy(repo.path("keys/root.pub"), repo.path("root.pub")).expect("a key");
    fs::copy(repo.path("older/vendors/head/000000.json"), repo.path("kept-head.json")).expect("a head");
    repo
}

fn copy(repo: &TestRepo, from: &str, to: &str) {
    copy_files(&repo.path(from), &repo.path(to));
}

fn copy_files(from: &Path, to: &Path) {
    for (name, bytes) in files_below(from) {
        let path = to.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }
}

/// The blocks of a language in a guide.
fn blocks(name: &str, language: &str) -> Vec<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    let text = fs::read_to_string(path).expect("a guide").replace("https://example.com/trust/", "feeds/");
    let mark = format!("```{language}\n");
    text.split(&*mark).skip(1).map(|rest| rest.split("```").next().unwrap_or_default().to_owned()).collect()
}

fn run(repo: &TestRepo, block: &str) {
    let bin = PathBuf::from(env!("CARGO_BIN_EXE_changecast"));
    let path = format!("{}:{}", bin.parent().expect("a folder").display(), std::env::var("PATH").unwrap_or_default());
    let output = Command::new("sh")
        .args(["-ec", block])
        .current_dir(repo.dir.path())
        .env_clear()
        .env("PATH", path)
        .envs([NO_NETWORK])
        .output()
        .expect("a shell");
    assert!(output.status.success(), "{block}\n{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_commands_for_customers_work() {
    let repo = published();
    let files = blocks("for-customers.md", "yaml");
    let [vendors, customer, terms] = &files[..] else { panic!("{} files", files.len()) };
    fs::write(repo.path("vendors.yaml"), vendors).expect("a file");
    fs::write(repo.path("customer.yaml"), customer).expect("a file");
    fs::write(repo.path("terms.yaml"), terms).expect("a file");
    let kestrel = TestRepo::new().commit("a page", &[("legal/subprocessors.md", Some(PAGE))]);
    kestrel.build();
    copy_files(&kestrel.path("repo"), &repo.path("clones/kestrel"));
    let blocks = blocks("for-customers.md", "sh");
    assert!(blocks.len() >= 8, "{} blocks", blocks.len());
    blocks.iter().for_each(|block| run(&repo, block));
    for name in ["feed.atom", "calendar.ics", "vendors.json"] {
        assert!(repo.path("all").join(name).exists(), "{name}");
    }
    let report = fs::read_to_string(repo.path("report.md")).expect("a report");
    assert!(report.contains("| Kestrel: added | 2030-04-01 |") && report.contains("| enough |"), "{report}");
    run(&repo, "changecast assess copy --root root.pub --profile terms.yaml");
}

#[test]
fn the_commands_for_auditors_work() {
    let repo = published();
    let blocks = blocks("for-auditors.md", "sh");
    assert!(blocks.len() >= 5, "{} blocks", blocks.len());
    // The report on notice has findings if something is not stated.
    blocks.iter().for_each(|block| run(&repo, block));
}

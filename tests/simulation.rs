//! Five years of two publishers in one test: releases, keys that are rotated and stolen, corrections, a rewritten git, another
//! configuration of reading, monthly heads; and followers that look weekly, after three years, and for the first time.

use std::{fs, process::Command};

use changecast::follow::{self, State};

use crate::support::{PLACE, Ran, TestRepo, key};

const COUNTRIES: [&str; 7] = ["Finland", "Norway", "Ireland", "Spain", "Italy", "Austria", "Malta"];

/// The month in which the publisher rewrites its git history.
const REWRITTEN: usize = 50;

struct Publisher {
    repo: TestRepo,
    /// The name of the release key in force.
    release: &'static str,
    root: &'static str,
    published: usize,
}

/// The list after this many commits: one of ten vendors moves with each.
fn version(commit: usize) -> String {
    let place = |vendor: usize| COUNTRIES[(commit + 9 - vendor) / 10 % COUNTRIES.len()];
    let rows = (0..10).map(|vendor| format!("- {{name: Vendor {vendor}, location: {}, remark: EU}}\n", place(vendor)));
    format!("entries:\n{}", rows.collect::<String>())
}

impl Publisher {
    fn new(commits: usize) -> Self {
        let versions: Vec<String> = (0..commits).map(version).collect();
        let texts: Vec<&str> = versions.iter().map(String::as_str).collect();
        let repo = TestRepo::of_lists(&texts);
        repo.keys();
        for name in ["second", "third", "fourth", "new-root"] {
            let path = repo.path(&format!("keys/{name}"));
            fs::write(&path, key(name).to_openssh(None).expect("a key")).expect("a key file");
            #[cfg(unix)]
            fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("permissions");
            fs::write(repo.path(&format!("keys/{name}.pub")), format!("{}\n", key(name).public())).expect("a key file");
        }
        Publisher { repo, release: "release", root: "root", published: 0 }
    }

    fn run(&self, command: &[&str], keys: &[(&str, &str)], more: &[&str]) -> Ran {
        let keys: Vec<[String; 2]> =
            keys.iter().map(|(option, name)| [(*option).to_owned(), format!("keys/{name}")]).collect();
        let keys: Vec<&str> = keys.iter().flatten().map(String::as_str).collect();
        self.repo.run(&[command, &PLACE[..], &keys, more].concat())
    }

    /// Publishes the first commits, with more arguments.
    fn publish(&mut self, commits: usize, now: &str, more: &[&str]) {
        self.repo.build_first(commits);
        self.published = commits;
        let mut keys = vec![("--key", self.release)];
        if !self.repo.path("feeds").exists() {
            keys.push(("--root-key", "root"));
        }
        self.run(&["publish"], &keys, &[&["--now", now], more].concat()).expect(0);
    }

    /// Follows both publishers, with the states in a folder.
    fn follow(&self, states: &str, now: &str) -> Ran {
        self.repo.run(&["follow", "--list", "vendors.yaml", "--state", states, "--now", now])
    }
}

/// A second publisher, with a release each month and nothing else; the followers of the first one follow it too.
fn second_publisher(first: &Publisher) -> Publisher {
    let second = Publisher::new(60);
    let list = format!(
        "vendors:\n- {{name: First, url: feeds/vendors, root: keys/root.pub, origin: example.com/vendors}}\n\
         - {{name: Second, url: '{}', root: keys/root.pub, origin: example.com/vendors}}\n",
        second.repo.path("feeds/vendors").display()
    );
    fs::write(first.repo.path("vendors.yaml"), list).expect("a list");
    second
}

/// The months of five years: the time of the publication, a later time, and the days of four weekly looks.
fn months() -> Vec<(String, String, [String; 4])> {
    let months = (0..60).map(|month| (2030 + month / 12, month % 12 + 1));
    months
        .map(|(year, month)| {
            let day = |day: u32| format!("{year}-{month:02}-{day:02}T00:00:00Z");
            (day(10), day(20), [day(7), day(14), day(21), day(28)])
        })
        .collect()
}

#[test]
#[ignore = "some minutes: for `just long`"]
fn five_years_end_in_one_state_for_every_follower() {
    let mut publisher = Publisher::new(300);
    let mut second = second_publisher(&publisher);
    for (month, (now, later, weeks)) in months().iter().enumerate() {
        if month > 0 {
            publisher.follow("often", &weeks[0]).expect(0);
        }
        if month == REWRITTEN {
            publisher.repo.rewrite();
        }
        publisher.publish(5 * (month + 1), now, if month == REWRITTEN { &["--reanchor"] } else { &[] });
        second.publish(month + 1, now, &[]);
        publisher.follow("often", &weeks[1]).expect(0);
        let rotate = |publisher: &Publisher, next: &str, more: &[&str]| {
            let keys = [("--root-key", publisher.root), ("--key", next)];
            publisher.run(&["keys", "rotate"], &keys, &[&["--now", later], more].concat()).expect(0);
        };
        match month {
            7 | 31 => {
                let seq = (month * 4).to_string();
                let keys = [("--key", publisher.release)];
                let reason = ["--reason", "It was another building.", "--now", later];
                publisher.run(&["correct", &seq], &keys, &reason).expect(0);
            }
            14 => {
                rotate(&publisher, "second", &[]);
                publisher.release = "second";
            }
            20 => {
                rotate(&publisher, publisher.release, &["--new-root", "keys/new-root.pub"]);
                publisher.root = "new-root";
            }
            26 => {
                let config = publisher.repo.path("repo/changecast.yaml");
                let text = fs::read_to_string(&config).expect("a configuration");
                fs::write(&config, text.replace("data/list.yaml}", "data/list.yaml, fields: {remark: data}}"))
                    .expect("a file");
                let keys = [("--key", publisher.release)];
                publisher.run(&["publish"], &keys, &["--now", later]).expect(0);
                // The following months read the list as before again.
            }
            33 => {
                rotate(&publisher, "third", &[]);
                publisher.release = "third";
            }
            44 => {
                let keys = [("--root-key", "new-root"), ("--key", "fourth")];
                let stolen = ["--stolen", "keys/third.pub", "--now", later];
                publisher.run(&["keys", "revoke"], &keys, &stolen).expect(0);
                publisher.release = "fourth";
            }
            _ => {
                publisher.run(&["head"], &[("--key", publisher.release)], &["--now", later]).expect(0);
            }
        }
        publisher.follow("often", &weeks[2]).expect(0);
        publisher.follow("often", &weeks[3]).expect(0);
        if month == 35 {
            publisher.follow("late", later).expect(0);
        }
    }
    let end = "2035-01-01T00:00:00Z";
    let states = ["often", "late", "first"].map(|folder| {
        publisher.follow(folder, end).expect(0);
        let files = publisher.repo.files(folder).into_iter().filter(|(name, _)| name.ends_with(".json"));
        let states: Vec<(String, State)> = files
            .map(|(name, _)| {
                let path = publisher.repo.path(folder).join(&name);
                let state = follow::load(&path).expect("a state").expect("a state");
                (name, State { validator: None, ..state })
            })
            .collect();
        assert_eq!(states.len(), 2);
        states
    });
    assert!(states[0] == states[1] && states[1] == states[2]);
    publisher.repo.verify().expect(0);
    let audit = ["audit", "feeds/vendors", "--root", "keys/root.pub", "--repo", "repo", "--now", end];
    let report = publisher.repo.run(&audit).expect(0);
    assert!(report.out.contains(", 0 differ, "), "{}", report.out);
    publisher.repo.run(&[&audit[..], &["--bundle", "evidence.tar.gz"]].concat()).expect(0);
    let check = "tar xzf evidence.tar.gz && cd audit && sha256sum --quiet -c SHA256SUMS \
                 && sh vendors/verify.sh root.pub example.com/vendors 2035-01-01T00:00:00Z";
    let checked =
        Command::new("sh").args(["-ec", check]).current_dir(publisher.repo.dir.path()).output().expect("a shell");
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
}

//! `check` through the program: the base, the exit status, levels and waivers, and the formats of reports.

use std::fs;

use serde_json::Value;

use crate::support::{CONFIG, Ran, TestRepo, run_in};

const NOW: &str = "2026-11-26";
const LIST: &str = "\
entries:
- {id: oakline, name: Oakline Hosting GmbH, purpose: Hosting, location: Germany}
- {id: sendwell, name: Sendwell Inc., purpose: Email, location: United States}
";
const ADDED: &str = "- {id: plinth, name: Plinth Logs, purpose: Log storage, location: TBC}\n";

/// A repository with one version of a list, and another one in its work tree.
fn changed(config: &str, after: &str) -> TestRepo {
    let repo = TestRepo::new().commit("list", &[("changecast.yaml", Some(config)), ("data/list.yaml", Some(LIST))]);
    repo.build();
    fs::create_dir_all(repo.path("repo/data")).expect("a folder");
    fs::write(repo.path("repo/changecast.yaml"), config).expect("a file");
    fs::write(repo.path("repo/data/list.yaml"), after).expect("a file");
    repo
}

fn check(repo: &TestRepo, more: &[&str]) -> Ran {
    run_in(&repo.path("repo"), &[&["check", "--now", NOW], more].concat(), &[])
}

fn findings(ran: &Ran, state: &str) -> Vec<String> {
    let report: Value = ran.json();
    let findings = report["lists"][0]["findings"].as_array().expect("findings").iter();
    let kept = findings.filter(|finding| finding["state"] == state);
    kept.map(|finding| {
        format!("{} {}:{}", finding["rule"].as_str().expect("a rule"), finding["line"], finding["column"])
    })
    .collect()
}

#[test]
fn a_new_error_gives_status_1_and_an_existing_one_does_not() {
    let repo = changed(CONFIG, &format!("{LIST}{ADDED}"));
    let ran = check(&repo, &["--format", "json"]).expect(1);
    assert_eq!(findings(&ran, "new"), ["placeholder 4:67"]);
    // Against itself, nothing is new.
    let repo = TestRepo::of_lists(&[&format!("{LIST}{ADDED}")]);
    repo.build();
    fs::create_dir_all(repo.path("repo/data")).expect("a folder");
    fs::write(repo.path("repo/changecast.yaml"), CONFIG).expect("a file");
    fs::write(repo.path("repo/data/list.yaml"), format!("{LIST}{ADDED}")).expect("a file");
    let ran = check(&repo, &["--format", "json"]).expect(0);
    assert_eq!((findings(&ran, "new"), findings(&ran, "existing")), (vec![], vec!["placeholder 4:67".to_owned()]));
    let ran = check(&repo, &["--all", "--format", "json"]).expect(1);
    assert_eq!(findings(&ran, "new"), ["placeholder 4:67"]);
}

#[test]
fn customers_readings_and_their_last_day_to_object_come_first() {
    let config =
        CONFIG.replace("data/list.yaml}", "data/list.yaml, notice: {lead: {added: 30d}, objection: {within: 14d}}}");
    let ran =
        check(&changed(&config, &format!("{LIST}{}", ADDED.replace("TBC", "France, effective: '2026-12-01'"))), &[])
            .expect(1);
    let parts = [
        "Added Plinth Logs",
        "object by Thursday 2026-12-10",
        "error[lead-too-short]",
        "data/list.yaml:4:87",
        "^^^^^^^^^^",
        "help: move the date to 2026-12-26",
    ];
    let places: Vec<Option<usize>> = parts.iter().map(|part| ran.out.find(part)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}\n{}", ran.out);
}

#[test]
fn levels_waivers_and_the_bar_decide_the_status() {
    let after = format!("{LIST}{ADDED}");
    let rules = |text: &str| format!("{CONFIG}{text}\n");
    check(&changed(&rules("rules: {placeholder: warning}"), &after), &[]).expect(0);
    check(&changed(&rules("rules: {placeholder: warning}"), &after), &["--fail-on", "warning"]).expect(1);
    check(&changed(&rules("rules: {placeholder: off}"), &after), &["--fail-on", "info"]).expect(0);
    let waiver = |until: &str| {
        rules(&format!("waivers: [{{rule: placeholder, entry: plinth, reason: in talks, until: {until}}}]"))
    };
    let ran = check(&changed(&waiver("2026-11-26"), &after), &["--format", "json"]).expect(0);
    assert_eq!(findings(&ran, "waived"), ["placeholder 4:67"]);
    let ran = check(&changed(&waiver("2026-11-25"), &after), &[]).expect(1);
    assert!(ran.out.contains("the waiver of placeholder expired on 2026-11-25"), "{}", ran.out);
    // A comment in the inventory does the same.
    let comment = "# changecast-waive: placeholder plinth until 2027-01-31: in talks\n";
    let ran = check(&changed(CONFIG, &format!("{comment}{after}")), &["--format", "json"]).expect(0);
    assert_eq!(findings(&ran, "waived"), ["placeholder 5:67"]);
    let ran = check(&changed(CONFIG, &format!("# changecast-waive: placeholder\n{after}")), &[]).expect(1);
    assert!(ran.out.contains("the waiver in line 1 is ignored"), "{}", ran.out);
    check(&changed(&rules("rules: {placeholdr: off}"), &after), &[]).fails(2, &["unknown rule", "--explain all"]);
    check(&changed(&rules("waivers: [{rule: placeholder, reason: '', until: 2026-11-26}]"), &after), &[])
        .fails(2, &["reason"]);
}

#[test]
fn annotations_point_at_the_cell_in_every_format() {
    for (name, before, row, place) in [
        (
            "list.yaml",
            "- {name: Oakline, location: Germany}\n- {name: Sendwell, location: France}\n",
            "- {name: Plinth, location: TBC}\n",
            "line=3,endLine=3,col=28,endColumn=31",
        ),
        (
            "list.md",
            "# Sub-processors\n\n| Vendor | Location |\n|---|---|\n| Oakline | Germany |\n| Sendwell | France |\n",
            "| Plinth | TBC |\n",
            "line=7,endLine=7,col=12,endColumn=15",
        ),
        (
            "list.html",
            "<h1>Sub-processors</h1><table>\n<tr><th>Vendor</th><th>Location</th></tr>\n<tr><td>Oakline</td><td>Germany</td></tr>\n<tr><td>Sendwell</td><td>France</td></tr>\n",
            "<tr>\n<td>Plinth</td>\n<td><b>TBC</b></td></tr></table>\n",
            "line=7,endLine=7,col=8,endColumn=11",
        ),
        (
            "list.ts",
            "export const subprocessors = [\n  { name: 'Oakline', location: 'Germany' },\n  { name: 'Sendwell', location: 'France' },\n",
            "  { name: 'Plinth', location: 'TBC' },\n];\n",
            "line=4,endLine=4,col=32,endColumn=35",
        ),
        (
            "list.json",
            "[{\"name\": \"Oakline\", \"location\": \"Germany\"},\n{\"name\": \"Sendwell\", \"location\": \"France\"}",
            ",\n{\"name\": \"Plinth\", \"location\": \"TBC\"}]\n",
            "line=3,endLine=3,col=33,endColumn=36",
        ),
    ] {
        let config = CONFIG.replace("data/list.yaml", name);
        let end = match name {
            "list.html" => "</table>\n",
            "list.ts" => "];\n",
            "list.json" => "]\n",
            _ => "",
        };
        let repo = TestRepo::new()
            .commit("list", &[("changecast.yaml", Some(&config)), (name, Some(&format!("{before}{end}")))]);
        repo.build();
        fs::write(repo.path("repo/changecast.yaml"), &config).expect("a file");
        fs::write(repo.path(&format!("repo/{name}")), format!("{before}{row}")).expect("a file");
        let ran = check(&repo, &["--format", "github"]).expect(1);
        assert!(ran.out.contains(&format!("::error file={name},{place},title=placeholder::")), "{name}:\n{}", ran.out);
    }
}

#[test]
fn a_job_summary_is_written_and_reports_go_to_files() {
    let repo = changed(CONFIG, &format!("{LIST}{ADDED}"));
    let summary = repo.path("summary.md").display().to_string();
    let args = [
        "check", "--now", NOW, "--format", "github", "--report", "junit=../junit.xml", "--report",
        "gitlab=../quality.json",
    ];
    run_in(&repo.path("repo"), &args, &[("GITHUB_STEP_SUMMARY", &summary)]).expect(1);
    assert!(fs::read_to_string(&summary).expect("a summary").contains("| error | placeholder | data/list.yaml:4:67 |"));
    assert!(fs::read_to_string(repo.path("junit.xml")).expect("a report").contains("<failure type=\"error\""));
    let quality: Value = serde_json::from_slice(&fs::read(repo.path("quality.json")).expect("a report")).expect("JSON");
    assert_eq!(quality[0]["location"]["lines"]["begin"], 4);
    check(&repo, &["--report", "pdf=x"]).fails(2, &["unknown format \"pdf\""]);
}

#[test]
fn rules_are_explained() {
    let repo = TestRepo::new();
    let ran = repo.run(&["check", "--explain", "third-country"]).expect(0);
    assert!(ran.out.starts_with("# third-country\n") && ran.out.contains("## How to fix"));
    assert!(repo.run(&["check", "--explain", "all"]).expect(0).out.lines().count() > 30);
    repo.run(&["check", "--explain", "nonsense"]).fails(2, &["unknown rule", "--explain all"]);
}

#[test]
fn a_new_list_is_read_as_published_and_without_a_base_nothing_is() {
    let config = format!("{CONFIG}- {{id: partners, title: Partners, inventory: data/partners.yaml}}\n");
    let repo = changed(&config, LIST);
    fs::write(repo.path("repo/data/partners.yaml"), "- {name: Heron Support, location: Spain}\n").expect("a file");
    let ran = check(&repo, &[]).expect(0);
    assert!(ran.out.contains("Customers would read no change.") && ran.out.contains("Heron Support"), "{}", ran.out);
    let ran = check(&repo, &["--all"]).expect(0);
    assert!(ran.out.contains("no earlier version to compare with") && !ran.out.contains("no change"), "{}", ran.out);
}

#[test]
fn a_branch_is_compared_with_its_merge_base() {
    let after = format!("{LIST}{ADDED}");
    let repo = TestRepo::new()
        .commit("list", &[("changecast.yaml", Some(CONFIG)), ("data/list.yaml", Some(LIST))])
        .commit("placeholder", &[("data/list.yaml", Some(&after))])
        .commit("more", &[("other.txt", Some("x"))]);
    let ids = repo.build();
    fs::write(repo.path("repo/changecast.yaml"), CONFIG).expect("a file");
    let base = ids[0].to_string();
    let ran = check(&repo, &["--branch", "HEAD", &base, "--format", "json"]);
    assert_eq!(ran.json()["base"], base.as_str());
    assert_eq!(findings(&ran, "new"), ["placeholder 4:67"]);
    check(&repo, &["--branch", "HEAD", ids[1].as_str()]).expect(0);
}

#[test]
fn hostile_text_does_not_leave_its_format() {
    let name = "x\\u001b[31m%0A::error::|<script>\\u202e";
    let after = format!("{LIST}- {{id: evil, name: \"{name}\", purpose: Log storage, location: TBC}}\n");
    let repo = changed(CONFIG, &after);
    for format in ["text", "github", "markdown", "junit"] {
        let out = check(&repo, &["--format", format]).expect(1).out;
        assert!(!out.contains('\u{1b}') && !out.contains('\u{202e}'), "{format}: {out:?}");
        assert!(out.lines().filter(|line| line.starts_with("::error")).count() <= 1, "{format}: {out}");
    }
    let junit = check(&repo, &["--format", "junit"]).expect(1).out;
    assert!(!junit.contains("<script>"), "{junit}");
}

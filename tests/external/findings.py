#!/usr/bin/env python3
"""Runs `check` on each version of real lists against the version before it, and prints every new finding for review.

usage: findings.py PROGRAM FOLDER [NAME...]

FOLDER has a NAME.yaml for each list: a configuration whose first line names a git bundle, `# bundle: FILE`. The time of each
check is that of the commit. The first version is checked with every finding as new (`--all`) and counted apart, because
nobody could have seen these findings in a pull request.
"""
import collections
import json
import pathlib
import re
import subprocess
import sys
import tempfile


def run(*args, statuses=(0, 1)):
    done = subprocess.run(args, capture_output=True, text=True)
    if done.returncode not in statuses:
        sys.exit(f"{' '.join(args)}: status {done.returncode}\n{done.stderr[-600:]}")
    return done.stdout


def new_findings(program, repo, config, commit, base, now):
    base = [base] if base else ["--all"]
    options = ["--repo", repo, "--config", config, "--branch", commit, "--now", now, "--format", "json"]
    done = subprocess.run([program, "check", *options, *base], capture_output=True, text=True)
    if done.returncode == 2:
        return None
    findings = (finding for part in json.loads(done.stdout)["lists"] for finding in part["findings"])
    return [finding for finding in findings if finding["state"] == "new"]


def main():
    program, folder, *names = sys.argv[1:]
    folder = pathlib.Path(folder)
    rules, total = collections.Counter(), 0
    for config in sorted(folder.glob("*.yaml")):
        bundle = re.match(r"# bundle: (\S+)", config.read_text())
        if not bundle or (names and config.stem not in names):
            continue
        with tempfile.TemporaryDirectory() as repo:
            run("git", "clone", "--quiet", "--bare", str(folder / bundle[1]), repo, statuses=(0,))
            log = json.loads(run(program, "log", "--repo", repo, "--config", str(config), "--format", "json"))
            base, steps, unreadable, at_first, lines = None, 0, 0, 0, []
            for release in log["releases"]:
                commit = release["commit"]
                found = new_findings(program, repo, str(config), commit, base, release["published"])
                if found is None:
                    unreadable += 1
                    continue
                if base is None:
                    at_first = len(found)
                else:
                    steps += 1
                    rules.update(finding["rule"] for finding in found)
                    for finding in found:
                        place = f"{finding['path']}:{finding['line']}:{finding['column']}"
                        lines.append(f"  {commit[:10]} {finding['level']}[{finding['rule']}] {place} {finding['message']}")
                base = commit
        total += len(lines)
        print(f"{config.stem}: {steps} steps, {len(lines)} new findings; first version: {at_first}; unreadable: {unreadable}")
        print("\n".join(lines), end="\n" if lines else "", flush=True)
    print(f"{total} new findings:", ", ".join(f"{rule} {count}" for rule, count in rules.most_common()))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""What one would write in half an hour: which entries each commit added, removed or changed.

usage: script.py REPO BRANCH PATH [LOADER]      one line of JSON for each version, oldest first

LOADER is a loader of PyYAML: SafeLoader, which safe_load takes, or CSafeLoader, which is libyaml.
"""
import json, subprocess, sys
import yaml

repo, branch, path, *loader = sys.argv[1:]
loader = getattr(yaml, loader[0] if loader else "SafeLoader")


def git(*arguments):
    return subprocess.run(["git", "-C", repo, *arguments], check=True, stdout=subprocess.PIPE).stdout


before = {}
commits = git("log", "--first-parent", "--reverse", "--format=%H", branch, "--", path).decode().split()
for commit in commits:
    data = yaml.load(git("show", f"{commit}:{path}"), Loader=loader)
    entries = {entry["id"]: entry for entry in data["subprocessors"]}
    print(json.dumps({
        "commit": commit,
        "added": [key for key in entries if key not in before],
        "removed": [key for key in before if key not in entries],
        "changed": [key for key in entries if key in before and entries[key] != before[key]],
    }))
    before = entries

#!/usr/bin/env python3
"""Times changecast against git on a generated repository, in interleaved pairs, and checks what it says.

usage: compare.py PROGRAM GENERATOR [PRESET...]

GENERATOR makes a repository with an oracle of its changes (truth.jsonl). What is printed are ratios
to `git log --first-parent -p`: the median of the pairs, their spread, and the peaks of memory.
"""
import json, os, resource, statistics, subprocess, sys, tempfile, time

PAIRS = 7


def timed(command):
    """Seconds and peak memory (KiB) of a command whose output is thrown away."""
    with open(os.devnull, "wb") as nowhere:
        begin = time.perf_counter()
        process = subprocess.Popen(command, stdout=nowhere, stderr=nowhere)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
    if status != 0:
        sys.exit(f"failed: {' '.join(command)}")
    return seconds, usage.ru_maxrss


def agrees(program, repo, path, truth):
    """Whether the program finds the added, removed and changed entries of the oracle, commit by commit."""
    out = subprocess.run(
        [program, "log", "--repo", repo, "--inventory", path, "--format", "json"], check=True, capture_output=True
    ).stdout
    said = {}
    for release in json.loads(out)["releases"]:
        of = said.setdefault(release["commit"], {"added": set(), "removed": set(), "changed": set()})
        for change in release["changes"]:
            entry = (change.get("entry") or {}).get("id")
            if change["kind"] in ("added", "removed"):
                of[change["kind"]].add(entry)
            elif entry:
                of["changed"].add(entry)
    wrong = 0
    with open(truth, encoding="utf-8") as lines:
        versions = [json.loads(line) for line in lines]
    for version in versions[1:]:
        found = said.get(version["commit"], {"added": set(), "removed": set(), "changed": set()})
        wanted = {key: set(version[key]) for key in ("added", "removed", "changed")}
        wrong += found != wanted
    return len(versions), wrong


def main():
    program, generator, *presets = sys.argv[1:]
    failed = False
    for preset in presets or ["c"]:
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([sys.executable, generator, "--preset", preset, "--out", folder], check=True, stdout=subprocess.DEVNULL)
            repo = os.path.join(folder, "repo.git")
            with open(os.path.join(folder, "meta.json"), encoding="utf-8") as meta:
                path = json.load(meta)["path"]
            git = ["git", "-C", repo, "log", "--first-parent", "-p", "--format=%H", "main", "--", path]
            own = [program, "log", "--repo", repo, "--branch", "main", "--inventory", path, "--format", "json"]
            timed(git), timed(own)
            pairs = [(timed(git), timed(own)) for _ in range(PAIRS)]
            ratios = sorted(mine[0] / theirs[0] for theirs, mine in pairs)
            memory = max(mine[1] for _, mine in pairs) / max(theirs[1] for theirs, _ in pairs)
            versions, wrong = agrees(program, repo, path, os.path.join(folder, "truth.jsonl"))
            failed |= wrong > 0
            print(
                f"preset {preset}: {statistics.median(ratios):.2f} x git log -p "
                f"({ratios[0]:.2f} to {ratios[-1]:.2f}), memory {memory:.2f} x; "
                f"{versions} versions, {wrong} unlike the oracle"
            )
    sys.exit(failed)


main()

#!/usr/bin/env python3
"""Counts the instructions of a small fixed case, and fails when one count grew by more than 10 %.

usage: guard.py PROGRAM [--accept]

The case is the history in guard.export, a demo of an earlier day that does not grow with today's: its
change log, and its publication from nothing. valgrind runs both on a processor of its own making, so counts hardly depend on the machine and not at all on how busy it is.
They do depend on the compiler, on its standard library and on libc. What is recorded in
instructions.json is therefore the ratio to the count of yardstick.rs, which the same compiler builds
here and now for the same libc: a better allocator or a faster `memcpy` changes both. --accept records
the ratios of this build.
"""
import json, os, re, shutil, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
RECORD = os.path.join(HERE, "instructions.json")
MOST = 1.10
# Fewer by this much are worth recording: otherwise they could grow back unseen.
LEAST = 0.90


def run(*command):
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"failed: {' '.join(command)}\n{done.stderr}")
    return done.stderr


def instructions(*command):
    said = run("valgrind", "--tool=callgrind", f"--callgrind-out-file={os.devnull}", *command)
    return int(re.search(r"Collected : (\d+)", said)[1])


def import_history(repo):
    """Makes a repository from guard.export, without the configuration of the user who runs this."""
    git = ["git", "-c", "core.autocrlf=false", "-C", repo]
    run("git", "init", "--quiet", "--template=", "--initial-branch=main", repo)
    with open(os.path.join(HERE, "guard.export"), "rb") as export:
        subprocess.run([*git, "fast-import", "--quiet"], stdin=export, check=True)
    run(*git, "checkout", "--quiet", "--force", "main")


def count(program, folder):
    """The instructions of the yardstick and of each case."""
    repo, keys, yardstick = (os.path.join(folder, name) for name in ("repo", "keys", "yardstick"))
    run("rustc", "--edition", "2024", "-O", "-o", yardstick, os.path.join(HERE, "yardstick.rs"))
    import_history(repo)
    run(program, "keygen", keys)
    place = ["--repo", repo, "--config", os.path.join(repo, "changecast.yaml")]
    log = [program, "log", *place, "--list", "subprocessors", "--format", "json"]
    publish = [
        program, "publish", *place, "--output", os.path.join(folder, "feeds"),
        "--key", os.path.join(keys, "changecast-release"), "--root-key", os.path.join(keys, "changecast-root"),
    ]
    return instructions(yardstick), {"log": instructions(*log), "publish": instructions(*publish)}


def main():
    program, accept = os.path.abspath(sys.argv[1]), sys.argv[2:] == ["--accept"]
    if not shutil.which("valgrind"):
        sys.exit("valgrind is missing: apt-get install valgrind")
    with tempfile.TemporaryDirectory() as folder:
        yardstick, counts = count(program, folder)
    found = {name: round(counted / yardstick, 4) for name, counted in counts.items()}
    machine = os.uname().machine
    if accept:
        with open(RECORD, "w", encoding="utf-8") as file:
            json.dump({"machine": machine, "yardsticks": found}, file, indent=2)
            file.write("\n")
    with open(RECORD, encoding="utf-8") as file:
        record = json.load(file)
    if record["machine"] != machine:
        print(f"recorded on {record['machine']}, and this is {machine}, with other instructions: not compared")
        return
    grown = False
    for name, ratio in found.items():
        change = ratio / record["yardsticks"][name]
        verdict = "too many" if change > MOST else "fewer: record them with `just guard --accept`" if change < LEAST else "fine"
        grown |= change > MOST
        print(f"{name}: {counts[name]:,} instructions, {ratio} yardsticks, {change - 1:+.1%} of the record: {verdict}")
    sys.exit(grown)


main()

#!/usr/bin/env python3
"""Runs the published verifier script on every test vector, with the shells and tools that customers have.

usage: verify_sh.py SCRIPT VECTORS [damage [BYTES]]

Every run must end with the status that the vector states. The tools are those of GNU with dash, those of busybox,
and a PATH with only what the script needs and one of the programs that compute SHA-256. Broken logs are tried with
dash and busybox only.

With `damage`, one random bit of every byte of a log of five releases is flipped, one after the other; the script must
find each. This takes about an hour. BYTES limits the number of bytes.
"""
import concurrent.futures
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

NEEDED = ["cat", "cmp", "cp", "cut", "dirname", "echo", "expr", "find", "grep", "jq", "mkdir", "mktemp", "paste", "printf",
          "rm", "sed", "sort", "ssh-keygen", "tail", "tr", "wc", "xargs"]
BUSYBOX = ["cat", "cmp", "cp", "cut", "dirname", "echo", "expr", "find", "grep", "mkdir", "mktemp", "paste", "printf",
           "rm", "sed", "sha256sum", "sort", "tail", "tr", "wc", "xargs"]


def folder_of_tools(folder, names):
    folder.mkdir()
    for name in names:
        target = shutil.which(name)
        assert target, f"{name} is not installed"
        (folder / name).symlink_to(target)
    return folder


def busybox_tools(folder):
    folder_of_tools(folder, ["jq", "ssh-keygen"])
    for name in BUSYBOX:
        (folder / name).symlink_to(shutil.which("busybox"))
    return folder


def environments(work):
    """The name, the shell and the PATH of each environment."""
    gnu = folder_of_tools(work / "gnu", [*NEEDED, "sha256sum"])
    yield "dash", ["dash"], gnu
    yield "bash", ["bash", "--posix"], gnu
    yield "busybox", ["busybox", "sh"], busybox_tools(work / "busybox")
    yield "shasum only", ["dash"], folder_of_tools(work / "shasum", [*NEEDED, "shasum", "perl"])
    yield "openssl only", ["dash"], folder_of_tools(work / "openssl", [*NEEDED, "openssl"])


def verdict(environment, folder, vector):
    """The complaint about one run, if there is one."""
    name, shell, path = environment
    command = [shutil.which(shell[0]), *shell[1:], str(folder / "verify.sh"), str(folder / "root.pub"), vector["origin"], vector["now"]]
    done = subprocess.run(command, env={"PATH": str(path)}, capture_output=True, text=True)
    if done.returncode == vector["status"]:
        return None
    return f"{folder.name}, {name}: status {done.returncode} instead of {vector['status']}\n{done.stdout}{done.stderr}"


def write(folder, vector, script):
    for name, content in vector["files"].items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode())
    (folder / "root.pub").write_text(vector["root"] + "\n")
    shutil.copy(script, folder / "verify.sh")


def missed_flip(environment, work, vector, script, flip):
    """The complaint about one flipped bit, if the script does not find it."""
    name, at, bit = flip
    with tempfile.TemporaryDirectory(dir=work) as folder:
        folder = pathlib.Path(folder)
        write(folder, vector, script)
        content = bytearray(vector["files"][name].encode())
        content[at] ^= 1 << bit
        (folder / name).write_bytes(content)
        _, shell, path = environment
        command = [shutil.which(shell[0]), *shell[1:], str(folder / "verify.sh"), str(folder / "root.pub"), vector["origin"], vector["now"]]
        done = subprocess.run(command, env={"PATH": str(path)}, capture_output=True, text=True, errors="replace")
    return None if done.returncode in (2, 3) else f"bit {bit} of byte {at} of {name}: status {done.returncode}\n{done.stdout}{done.stderr}"


def damage(script, vectors, limit):
    vector = json.loads((vectors / "valid-withdrawn.json").read_text())
    chance = random.Random(14)
    flips = [(name, at, chance.randrange(8)) for name, text in vector["files"].items() for at in range(len(text.encode()))]
    if limit:
        flips = chance.sample(flips, limit)
    with tempfile.TemporaryDirectory() as work, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        work = pathlib.Path(work)
        environment = next(environments(work))
        complaints = [complaint for complaint in pool.map(lambda flip: missed_flip(environment, work, vector, script, flip), flips) if complaint]
    print(*complaints, f"{len(flips)} flipped bits, {len(complaints)} not found", sep="\n")
    sys.exit(bool(complaints))


def main():
    script, vectors = map(pathlib.Path, sys.argv[1:3])
    if sys.argv[3:4] == ["damage"]:
        damage(script, vectors, int(sys.argv[4]) if len(sys.argv) > 4 else None)
    with tempfile.TemporaryDirectory() as work, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        work = pathlib.Path(work)
        every = list(environments(work))
        runs = []
        for path in sorted(vectors.glob("*.json")):
            vector = json.loads(path.read_text())
            write(work / path.stem, vector, script)
            chosen = every if vector["status"] == 0 else [e for e in every if e[0] in ("dash", "busybox")]
            runs += [pool.submit(verdict, environment, work / path.stem, vector) for environment in chosen]
        complaints = [run.result() for run in runs if run.result()]
    print(*complaints, f"{len(runs)} runs, {len(complaints)} with another status", sep="\n")
    sys.exit(bool(complaints))


main()

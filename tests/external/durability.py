#!/usr/bin/env python3
"""Interrupts publications and checks that the next run continues their logs.

usage: durability.py PROGRAM kills|power COUNT

`kills` sends SIGKILL at random moments; the next run must write the bytes of an uninterrupted one. `power` copies an
ext4 image while or after a publication writes to it, as a power cut would leave it, and publishes on the copy. It needs
root and loop devices: without them it fails. A fixed seed chooses the moments.
"""
import concurrent.futures
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

NOW = "2030-01-01T00:00:00Z"
IMAGE_SIZE = 64 << 20
# Seconds between the end of a publication and the power cut. The kernel writes data back for about 30 seconds.
WAITS = [0, 0, 1, 2, 4, 6, 8, 12, 20, 30, 40]
IMAGES_AT_ONCE = 10


def run(*command):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True)


def must(*command):
    done = run(*command)
    assert done.returncode == 0, f"{command} exited {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


class Publisher:
    """The repository of the demo, and keys to publish it."""

    def __init__(self, program, work):
        self.program = program
        self.keys = work / "keys"
        self.repo = work / "demo/repo"
        must(program, "demo", work / "demo")
        must(program, "keygen", self.keys)
        self.line = must("git", "-C", self.repo, "rev-list", "--first-parent", "main").split()

    def command(self, output, commit="main"):
        return [str(part) for part in [
            self.program, "publish", "--repo", self.repo, "--config", self.repo / "changecast.yaml", "--output", output,
            "--branch", commit, "--key", self.keys / "changecast-release", "--root-key", self.keys / "changecast-root",
            "--now", NOW]]

    def publish(self, output, commit="main"):
        return run(*self.command(output, commit))

    def start(self, output):
        return subprocess.Popen(self.command(output), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def verify(self, output):
        return run(self.program, "verify", output, "--root", self.keys / "changecast-root.pub")


def content(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def kill_once(publisher, chance, output, seconds):
    """Starts a publication and kills it. Returns whether it was still running."""
    running = publisher.start(output)
    time.sleep(chance.random() * seconds * 1.1)
    running.kill()
    return running.wait() < 0


def kills(publisher, work, count):
    """Complaints about publications that were killed at random moments."""
    earlier = work / "earlier"
    must(*publisher.command(earlier, publisher.line[2]))
    expected, seconds = {}, {}
    for begins in ["empty", "earlier"]:
        output = work / f"whole-{begins}"
        if begins == "earlier":
            shutil.copytree(earlier, output)
        started = time.monotonic()
        must(*publisher.command(output))
        expected[begins], seconds[begins] = content(output), time.monotonic() - started
    chance, killed, complaints = random.Random(14), 0, []
    for at in range(count):
        begins, output = ["empty", "earlier"][at % 2], work / "killed"
        shutil.rmtree(output, ignore_errors=True)
        if begins == "earlier":
            shutil.copytree(earlier, output)
        killed += kill_once(publisher, chance, output, seconds[begins])
        between = publisher.verify(output).returncode if begins == "earlier" else 2
        following = publisher.publish(output)
        # A folder that is being written is incomplete, and never looks altered.
        if between not in (0, 2) or following.returncode or content(output) != expected[begins]:
            complaints.append(f"kill {at} from {begins}: verify {between}, then publish {following.returncode}\n{following.stderr}")
    print(f"{count} publications, {killed} were running when they were killed")
    return complaints


def copied_image(publisher, folder, chance):
    """The image of a file system as a power cut leaves it during or after a publication."""
    image, mounted = folder / "image", folder / "mounted"
    mounted.mkdir(parents=True)
    with open(image, "wb") as file:
        file.truncate(IMAGE_SIZE)
    must("mkfs.ext4", "-q", "-F", image)
    must("mount", "-o", "loop", image, mounted)
    try:
        if chance.random() < 0.6:
            must(*publisher.command(mounted / "feeds", publisher.line[chance.randrange(1, 4)]))
            must("sync", "-f", mounted)
        running = publisher.start(mounted / "feeds")
        if chance.random() < 0.5:
            time.sleep(chance.random() * 0.6)
        else:
            running.wait()
            time.sleep(chance.choice(WAITS))
        must("cp", "--sparse=always", image, folder / "copy")
        running.wait()
    finally:
        must("umount", mounted)
    return folder / "copy"


def power_cut(publisher, folder, seed):
    """The complaint about one power cut, if there is one."""
    copy, mounted = copied_image(publisher, folder, random.Random(seed)), folder / "after"
    mounted.mkdir()
    must("mount", "-o", "loop", copy, mounted)
    try:
        output = mounted / "feeds"
        between = publisher.verify(output).returncode
        following, verified = publisher.publish(output), publisher.verify(output)
    finally:
        must("umount", mounted)
        shutil.rmtree(folder)
    if between in (0, 2) and following.returncode == 0 and verified.returncode == 0:
        return None
    return (f"power cut {seed}: verify {between}, publish {following.returncode}, verify {verified.returncode}\n"
            f"{following.stderr}{verified.stderr}")


def power(publisher, work, count):
    """Complaints about publications that a power cut ended."""
    if os.geteuid() != 0 or not pathlib.Path("/dev/loop-control").exists():
        return ["power cuts need root and loop devices: run them on a machine that has both"]
    with concurrent.futures.ThreadPoolExecutor(IMAGES_AT_ONCE) as pool:
        cuts = pool.map(lambda seed: power_cut(publisher, work / str(seed), seed), range(count))
        complaints = [complaint for complaint in cuts if complaint]
    print(f"{count} power cuts")
    return complaints


def main():
    program, check, count = pathlib.Path(sys.argv[1]).resolve(), {"kills": kills, "power": power}[sys.argv[2]], int(sys.argv[3])
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        complaints = check(Publisher(program, work), work, count)
    print(*complaints, f"{len(complaints)} complaints", sep="\n")
    sys.exit(bool(complaints))


main()

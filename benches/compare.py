#!/usr/bin/env python3
"""Times changecast against git and its other peers on generated repositories, and checks what it says.

A generator makes each repository with an oracle of its changes (truth.jsonl). Every comparison is
made in interleaved pairs, changecast and the peer in turns, so that a busy moment of the machine
meets both. What is printed are ratios, changecast to the peer: the median of the pairs and their
spread, for the time that passed and for the time of the processor alone, which a busy machine
disturbs less, and the peaks of memory. The exit code is 1 when changecast disagrees with the oracle;
a missed target is printed and is no failure, since a shared machine can miss any.
"""
import argparse, csv, datetime, importlib.util, json, os, shutil, subprocess, sys, tempfile

sys.dont_write_bytecode = True
from measure import Subject, compare, print_head, run

HERE = os.path.dirname(os.path.abspath(__file__))
PEERS = "pip install git-history csv-diff pyyaml"
# Peers that read YAML with Python take many minutes for a run of `a`, and hours for one of `b`: they get
# shorter histories of the same kind.
SHORT = {
    "a": ["--commits", "10000", "--versions", "100", "--entries", "120", "--merge-rate", "0.15"],
    "b": ["--commits", "12", "--versions", "10", "--entries", "5000"],
}
# A history of a hundredth of the commits of `a`, and about as many versions.
FEW_COMMITS = ["--commits", "1000", "--versions", "1000", "--entries", "120"]
# What `--scale` doubles, one at a time.
SIZES = {"commits": 20_000, "versions": 400, "entries": 200}


class Repository:
    """A generated repository, made unless an earlier run left it."""

    def __init__(self, options, name, sizes):
        folder = os.path.join(options.repos, name)
        if not os.path.exists(os.path.join(folder, "meta.json")):
            shutil.rmtree(folder, ignore_errors=True)
            run(sys.executable, options.generator, *sizes, "--out", folder)
        self.git_dir = os.path.abspath(os.path.join(folder, "repo.git"))
        with open(os.path.join(folder, "meta.json"), encoding="utf-8") as meta:
            self.path = json.load(meta)["path"]
        with open(os.path.join(folder, "truth.jsonl"), encoding="utf-8") as lines:
            self.truth = [json.loads(line) for line in lines]

    def git(self, *arguments):
        return ["git", "-C", self.git_dir, *arguments]

    def log(self, program):
        return [program, "log", "--repo", self.git_dir, "--branch", "main", "--inventory", self.path, "--format", "json"]

    def check(self, program, old, new):
        return [program, "check", "--repo", self.git_dir, "--branch", new, "--inventory", self.path, old]

    def patches(self):
        return self.git("log", "--first-parent", "-p", "--format=%H", "main", "--", self.path)

    def newest_change(self):
        """The newest commit that changed an entry, and the version before it."""
        at = max(at for at, version in enumerate(self.truth) if at and not version["noise"])
        return self.truth[at - 1]["commit"], self.truth[at]["commit"]

    def one_more_commit(self):
        """The tip of main, and a commit on top of it that changes an entry. Its objects lie loose, as a
        commit leaves them."""
        inventory = run(*self.git("show", f"main:{self.path}"), keep=True)
        before, purpose, after = inventory.partition(b"\n    purpose: ")
        inventory = b"".join([before, purpose, b"Another purpose", after[after.index(b"\n"):]])
        seconds = int(run(*self.git("log", "-1", "--format=%ct", "main"), keep=True)) + 60
        lines = [
            "commit refs/heads/next", f"committer Example <it@example.com> {seconds} +0000", "data 9", "One more",
            "from refs/heads/main^0", f"M 100644 inline {self.path}", f"data {len(inventory)}", "",
        ]
        command = self.git("fast-import", "--quiet", "--force")
        subprocess.run(command, input="\n".join(lines).encode() + inventory, check=True)
        return "main", "next"


class Publisher:
    """Publishes a repository's list with new keys into a folder of its own."""

    def __init__(self, program, repository, scratch):
        self.scratch, self.out, keys = scratch, os.path.join(scratch, "out"), os.path.join(scratch, "keys")
        config = os.path.join(scratch, "changecast.yaml")
        run(program, "keygen", keys)
        with open(config, "w", encoding="utf-8") as file:
            json.dump({  # JSON is YAML
                "publisher": {"name": "Example", "url": "https://example.com/", "authority": "example.com,2026"},
                "base_url": "https://example.com/lists/",
                "lists": [{"id": "list", "title": "Sub-processors", "inventory": repository.path}],
            }, file)
        self.repository = repository
        self.command = [
            program, "publish", "--repo", repository.git_dir, "--config", config, "--output", self.out,
            "--key", os.path.join(keys, "changecast-release"), "--root-key", os.path.join(keys, "changecast-root"),
        ]

    def clear(self):
        """Puts the output aside. Deleting it would make the next run slow: ext4 goes round the inodes of
        files that were deleted within the last seconds, one by one, for every file that it makes."""
        if os.path.exists(self.out):
            os.rename(self.out, tempfile.mkdtemp(dir=self.scratch))

    def everything(self):
        return Subject([*self.command, "--branch", "main"], self.clear)

    def at(self, branch):
        """Publishes a branch right after its newest commit, as a release step does. (The first publication in another
        year renders all pages again.)"""
        seconds = int(run(*self.repository.git("log", "-1", "--format=%ct", branch), keep=True)) + 60
        now = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        return [*self.command, "--branch", branch, "--now", now]

    def one_more(self, old, new):
        """Publishes `new` on top of `old`."""
        base = os.path.join(tempfile.mkdtemp(dir=self.scratch), "base")
        self.clear()
        run(*self.at(old))
        os.rename(self.out, base)

        def restore():
            self.clear()
            shutil.copytree(base, self.out)

        return Subject(self.at(new), restore)


def disagreements(repository, said):
    """How many versions after the first are told otherwise than by the oracle."""
    nothing = {"added": [], "removed": [], "changed": []}
    told = lambda version: [set(version[kind]) for kind in nothing]
    return sum(told(said.get(version["commit"], nothing)) != told(version) for version in repository.truth[1:])


def said_by_changecast(repository, program):
    said = {}
    for release in json.loads(run(*repository.log(program), keep=True))["releases"]:
        version = said[release["commit"]] = {"added": [], "removed": [], "changed": []}
        for change in release["changes"]:
            kind = change["kind"] if change["kind"] in ("added", "removed") else "changed"
            if change.get("entry"):
                version[kind].append(change["entry"]["id"])
    return said


def check(preset, repository, program):
    wrong = disagreements(repository, said_by_changecast(repository, program))
    print(f"preset {preset}: {len(repository.truth)} versions, {wrong} unlike the oracle", file=sys.stderr, flush=True)
    return wrong == 0


def versions_as_csv(repository, commits, scratch):
    """Writes versions of the list for csv-diff, which reads no YAML."""
    import yaml

    for commit in commits:
        entries = yaml.load(run(*repository.git("show", f"{commit}:{repository.path}"), keep=True), yaml.CSafeLoader)
        file = os.path.join(scratch, f"{commit}.csv")
        with open(file, "w", newline="", encoding="utf-8") as out:
            writer = csv.DictWriter(out, entries["subprocessors"][0])
            writer.writeheader()
            writer.writerows(entries["subprocessors"])
        yield file


def against_git(options, preset, repository, scratch):
    publisher = Publisher(options.program, repository, scratch)
    show = [options.program, "show", "--repo", repository.git_dir, "--branch", "main", "--inventory", repository.path]
    names = repository.git("log", "--first-parent", "--format=%H", "main", "--", repository.path)
    patches, names, diff = "`git log -p`", (names, "`git log --format=%H`"), "`git diff OLD NEW`"
    yield "log", lambda: Subject(repository.log(options.program)), repository.patches(), patches
    yield "walk", lambda: Subject([*show, "--format", "json"]), *names
    yield "publish all", publisher.everything, repository.patches(), patches
    for name, (old, new) in ("one", repository.one_more_commit()), ("version", repository.newest_change()):
        peer = repository.git("diff", old, new, "--", repository.path)
        yield f"publish {name}", lambda: publisher.one_more(old, new), peer, diff
        if name == "one":
            yield "check", lambda: Subject(repository.check(options.program, old, new)), peer, diff


def against_python(options, repository, scratch):
    old, new = repository.newest_change()
    own = lambda: Subject(repository.log(options.program))
    two = [options.program, "diff", "--repo", repository.git_dir, "--inventory", repository.path, old, new]
    tables = list(versions_as_csv(repository, (old, new), scratch))
    clone, database = os.path.join(scratch, "clone"), os.path.join(scratch, "history.db")
    run("git", "clone", "--quiet", "--branch", "main", repository.git_dir, clone)
    convert = "yaml.safe_load(content)['subprocessors']"
    history = ["git-history", "file", database, repository.path, "--repo", clone, "--id", "id", "--convert", convert]
    script = [sys.executable, os.path.join(HERE, "script.py"), repository.git_dir, "main", repository.path]

    def forget():
        if os.path.exists(database):
            os.remove(database)

    yield "diff", lambda: Subject(two), Subject(["csv-diff", *tables, "--key", "id"]), "csv-diff, of exported CSV"
    yield "git-history", own, Subject([*history, "--import", "yaml", "--silent"], forget, slow=True), "git-history"
    yield "script", own, Subject(script, slow=True), "script.py, PyYAML's safe_load"
    yield "script, libyaml", own, Subject([*script, "CSafeLoader"], slow=True), "script.py, with libyaml"


def one_more(options, repository):
    return Publisher(options.program, repository, scratch_in(options)).one_more(*repository.one_more_commit())


def everything(options, repository):
    return Publisher(options.program, repository, scratch_in(options)).everything()


def against_few_commits(options, repository):
    """Publishes one more version on top of a long history and of a short one with as many versions."""
    short = Repository(options, "few-commits", FEW_COMMITS)
    subjects = (one_more(options, repository) for repository in (repository, short))
    compare("a", "publish one, long", *subjects, options.pairs, "itself, with 1,000 commits")


def scratch_in(options):
    """A new folder, which stays to the end for the reason that `Publisher.clear` has."""
    return tempfile.mkdtemp(dir=options.scratch)


def bench(options, preset):
    repository = Repository(options, preset, ["--preset", preset])
    agreed = check(preset, repository, options.program)
    for name, mine, theirs, against in against_git(options, preset, repository, scratch_in(options)):
        if options.includes(name):
            compare(preset, name, mine(), Subject(theirs), options.pairs, against)
    if preset == "a" and options.includes("publish one"):
        against_few_commits(options, repository)
    if options.without_peers:
        print(f"preset {preset}: not compared with git-history, csv-diff and script.py, as asked", file=sys.stderr)
        return agreed
    if preset in SHORT:
        repository = Repository(options, f"{preset}-short", SHORT[preset])
        preset = f"{preset}, {len(repository.truth)} versions"
    for name, mine, theirs, against in against_python(options, repository, scratch_in(options)):
        if options.includes(name):
            pairs = options.pairs if name == "diff" else min(options.pairs, options.slow_pairs)
            compare(preset, name, mine(), theirs, pairs, against)
    return agreed


def scale(options):
    flags = lambda sizes: [part for name, size in sizes.items() for part in (f"--{name}", str(size))]
    once = Repository(options, "scale", flags(SIZES))
    agreed = check("scale", once, options.program)
    for doubled in SIZES:
        twice = Repository(options, f"scale-{doubled}", flags({**SIZES, doubled: 2 * SIZES[doubled]}))
        agreed &= check(f"scale, {doubled} × 2", twice, options.program)
        label, against = f"scale {doubled}", f"itself, with half the {doubled}"
        if options.includes("log"):
            logs = (Subject(repository.log(options.program)) for repository in (twice, once))
            compare(label, "log", *logs, options.pairs, against)
        if options.includes("publish all"):
            subjects = (everything(options, repository) for repository in (twice, once))
            compare(label, "publish all", *subjects, options.pairs, against)
        if options.includes("publish one"):
            subjects = (one_more(options, repository) for repository in (twice, once))
            compare(label, "publish one", *subjects, options.pairs, against)
    return agreed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="target/dist/changecast")
    parser.add_argument("--generator", required=True, help="the script that makes repositories")
    parser.add_argument("--repos", default="target/bench", help="where they are kept [default: %(default)s]")
    parser.add_argument("--presets", default="c", help="of the generator, with commas [default: %(default)s]")
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--slow-pairs", type=int, default=3, help="for peers that take seconds to minutes [default: %(default)s]")
    parser.add_argument("--only", default="", help="only comparisons with one of these in their names, with commas")
    parser.add_argument("--scale", action="store_true", help="double sizes in place of presets")
    parser.add_argument("--without-peers", action="store_true", help="compare with git alone")
    options = parser.parse_args()
    os.makedirs(options.repos, exist_ok=True)
    options.includes = lambda name: any(part in name for part in options.only.split(","))
    options.program = os.path.abspath(options.program)
    found = [shutil.which("git-history"), shutil.which("csv-diff"), importlib.util.find_spec("yaml")]
    if not (options.without_peers or options.scale or all(found)):
        sys.exit(f"git-history, csv-diff or PyYAML is missing: {PEERS}\nor compare with git alone: --without-peers")
    # The same git for everyone, whatever the user's configuration.
    os.environ.update(GIT_CONFIG_GLOBAL=os.devnull, GIT_CONFIG_NOSYSTEM="1", LC_ALL="C.UTF-8")
    print_head()
    with tempfile.TemporaryDirectory(dir=options.repos) as options.scratch:
        presets = options.presets.split(",")
        agreed = scale(options) if options.scale else all([bench(options, preset) for preset in presets])
    sys.exit(not agreed)


if __name__ == "__main__":
    main()

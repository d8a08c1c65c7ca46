#!/usr/bin/env python3
"""Checks a publication, and the reading of histories, with other people's programs.

usage: feeds_check.py PROGRAM SCHEMAS [CHECK…]

PROGRAM is the built changecast, SCHEMAS a folder with atom.rng, atom.rnc and jsonfeed-1.1.schema.json. Everything else happens
in a temporary folder. A program that is missing is a failure, never a reason to pass. CHECK names some of the functions below.
"""
import contextlib, email, functools, glob, html, http.server, json, os, pathlib, random, re, shutil, subprocess, sys, tempfile, threading

import feedparser, jsonschema

PROGRAM, SCHEMAS = (os.path.abspath(a) for a in sys.argv[1:3])
ENV = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
TOOLS = "ssh-keygen ssh-agent ssh-add jq sha256sum shasum openssl sh dash bash busybox git xmllint jing newsboat r2e chromium java node shellcheck".split()


def run(*command, code=0, **options):
    done = subprocess.run(command, capture_output=True, text=True, env={**ENV, **options.pop("env", {})}, timeout=900, **options)
    assert code is None or done.returncode == code, f"{command} exited {done.returncode}, not {code}\n{done.stdout}\n{done.stderr}"
    return done


def changecast(*arguments, **options):
    return run(PROGRAM, *arguments, **options)


def step(words):
    print(f"== {words}", flush=True)


def origin(folder):
    return json.load(open(f"{folder}/log/000000.json"))["origin"]


def signatures(work):
    step("ssh-keygen accepts every release and head, and verify.sh the whole log")
    for folder in sorted(os.path.dirname(path) for path in glob.glob(f"{work}/demo/feeds/*/log")):
        run("shellcheck", f"{folder}/verify.sh")
        for shell in [["dash"], ["bash"], ["busybox", "sh"]]:
            output = run(*shell, f"{folder}/verify.sh", f"{work}/demo/root.pub", origin(folder)).stdout
            assert output.startswith("OK: "), output
        roles = json.load(open(f"{folder}/log/000000.json"))["roles"]
        for path in sorted(glob.glob(f"{folder}/log/*.json") + glob.glob(f"{folder}/head/*.json")):
            # No document needs more than jq to be read back in canonical form.
            canonical = run("jq", "-cjS", ".", path).stdout
            assert canonical == open(path).read(), path
            if path.endswith(".body.json"):
                continue
            role = "head" if "/head/" in path else "root" if path.endswith("000000.json") else "release"
            namespace = f"{role}.v1@changecast"
            pathlib.Path(work, "allowed").write_text(f'publisher namespaces="{namespace}" {roles[role][0]}\n')
            command = ["ssh-keygen", "-Y", "verify", "-f", f"{work}/allowed", "-I", "publisher", "-n", namespace, "-s", path + ".sig"]
            run(*command, stdin=open(path))


def page_commands(work):
    step("the commands on the page of a list verify its log")
    folder = pathlib.Path(work, "customer")
    folder.mkdir()
    page = open(f"{work}/demo/feeds/subprocessors/verify.html").read()
    block = re.search(r'id="verify".*?<pre[^>]*><code>(.*?)</code>', page, re.S).group(1)
    base = re.search(r"base_url: (\S+)", open(f"{work}/demo/repo/changecast.yaml").read()).group(1)
    with served(f"{work}/demo/feeds") as address:
        commands = html.unescape(block).replace(base, f"{address}/")
        output = run("sh", "-e", input=commands, cwd=str(folder)).stdout
    assert output.startswith("OK: fernhill.example/subprocessors"), output


def damage(work):
    step("verify.sh and verify find changed bytes, and files removed, swapped and inserted")
    random.seed(7)
    source = f"{work}/demo/feeds/roadmap"

    def broken(change):
        with tempfile.TemporaryDirectory() as copy:
            folder = shutil.copytree(source, f"{copy}/list")
            change(folder)
            script = run("sh", f"{folder}/verify.sh", f"{work}/demo/root.pub", origin(source), code=None)
            program = changecast("verify", folder, "--root", f"{work}/demo/root.pub", "--origin", origin(source), code=None)
            assert script.returncode in (2, 3), (change, script)
            assert program.returncode in (2, 3), (change, program)

    def flip(path, at, folder):
        data = bytearray(open(f"{folder}/{path}", "rb").read())
        data[at] ^= 1 << random.randrange(8)
        open(f"{folder}/{path}", "wb").write(data)

    names = [os.path.relpath(p, source) for p in sorted(glob.glob(f"{source}/log/*") + glob.glob(f"{source}/head/*"))] + ["list.json", "index.json"]
    for name in names:
        size = os.path.getsize(f"{source}/{name}")
        for at in sorted({0, size - 1, random.randrange(size)}):
            broken(functools.partial(flip, name, at))
        broken(lambda folder: os.remove(f"{folder}/{name}"))

    def swap(a, b, folder):
        for end in [".json", ".json.sig", ".body.json"]:
            if os.path.exists(f"{folder}/{a}{end}") and os.path.exists(f"{folder}/{b}{end}"):
                os.rename(f"{folder}/{a}{end}", f"{folder}/x")
                os.rename(f"{folder}/{b}{end}", f"{folder}/{a}{end}")
                os.rename(f"{folder}/x", f"{folder}/{b}{end}")

    def rename(name, folder):
        os.rename(f"{folder}/{name}", f"{folder}/{name}.old")

    def from_other_list(name, folder):
        shutil.copy(f"{work}/demo/feeds/subprocessors/{name}", f"{folder}/{name}")

    for name in names:
        broken(functools.partial(rename, name))
        if os.path.exists(f"{work}/demo/feeds/subprocessors/{name}"):
            broken(functools.partial(from_other_list, name))

    def insert(name, next, folder):
        for end in [".json", ".json.sig"]:
            shutil.copy(f"{folder}/{name}{end}", f"{folder}/{next}{end}")

    for kind in ["log", "head"]:
        stems = [name[: -len(".json.sig")] for name in names if name.startswith(kind) and name.endswith(".sig")]
        for at, name in enumerate(stems):
            broken(functools.partial(insert, name, f"{kind}/{len(stems):06}"))
            if at:
                broken(functools.partial(swap, stems[at - 1], name))
        broken(lambda folder: pathlib.Path(folder, kind, "notes.txt").write_text("x"))
    older_files(work)


def older_files(work):
    """Files of an older publication in a newer one: either does not fit, or both together are named as older."""
    keys, repo = f"{work}/older-keys", f"{work}/demo/repo"
    changecast("keygen", keys)
    line = run("git", "-C", repo, "log", "--first-parent", "--format=%H", "main", "--", "data/subprocessors.yaml").stdout.split()
    for name, commit, now in [("older", line[1], "2030-01-01T00:00:00Z"), ("newer", line[0], "2030-01-02T00:00:00Z")]:
        if name == "newer":
            shutil.copytree(f"{work}/older", f"{work}/newer")
        changecast("publish", "--repo", repo, "--config", f"{repo}/changecast.yaml", "--output", f"{work}/{name}", "--branch", commit,
                   "--now", now, "--key", f"{keys}/changecast-release", "--root-key", f"{keys}/changecast-root")
    older, newer = f"{work}/older/subprocessors", f"{work}/newer/subprocessors"
    for files, expected in [(["list.json"], 2), (["index.json"], 2), (["list.json", "index.json"], 0)]:
        with tempfile.TemporaryDirectory() as copy:
            folder = shutil.copytree(newer, f"{copy}/list")
            for file in files:
                shutil.copy(f"{older}/{file}", f"{folder}/{file}")
            script = run("sh", f"{folder}/verify.sh", f"{keys}/changecast-root.pub", origin(newer), code=expected)
            program = changecast("verify", folder, "--root", f"{keys}/changecast-root.pub", code=expected)
            if expected == 0:
                assert "older than" in script.stdout and "older than" in program.stderr, (script, program)


def formats(work):
    step("feeds pass their schemas and parsers, and agree; pages pass the HTML checker")
    schema = json.load(open(f"{SCHEMAS}/jsonfeed-1.1.schema.json"))
    for path in sorted(glob.glob(f"{work}/demo/feeds/**/*.atom", recursive=True)):
        run("xmllint", "--noout", "--relaxng", f"{SCHEMAS}/atom.rng", path)
        run("jing", "-c", f"{SCHEMAS}/atom.rnc", path)
    for folder in sorted(glob.glob(f"{work}/demo/feeds/*/log")):
        lists = os.path.dirname(folder)
        atom, rss = (feedparser.parse(f"{lists}/feed.{kind}") for kind in ["atom", "rss"])
        assert not atom.bozo and not rss.bozo, (atom.get("bozo_exception"), rss.get("bozo_exception"))
        feed = json.load(open(f"{lists}/feed.json"))
        jsonschema.validate(feed, schema)
        a = [(e.id, e.title, e.link, e.published_parsed) for e in atom.entries]
        r = [(e.id, e.title, e.link, e.published_parsed) for e in rss.entries]
        j = [(i["id"], i["title"], i["url"], feedparser.datetimes._parse_date(i["date_published"])) for i in feed["items"]]
        assert a == r == j and a, lists
    jar = os.environ.get("VNU_JAR") or next(iter(glob.glob("node_modules/vnu-jar/build/dist/vnu.jar")), None)
    assert jar, "vnu.jar is missing: npm install vnu-jar"
    # The checker takes our style sheet and script for those of another host. Any other violation is an error.
    policy = r".*external (stylesheet .(\.\./)*style\.css|script .(\.\./)*filter\.js). blocked by .(style|script)-src. directive.*"
    run("java", "-jar", jar, "--Werror", "--filterpattern", policy, *glob.glob(f"{work}/demo/feeds/**/*.html", recursive=True))


@contextlib.contextmanager
def served(folder):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def readers(work):
    step("newsboat and rss2email show one new release once")
    changecast("keygen", f"{work}/keys")
    line = run("git", "-C", f"{work}/demo/repo", "log", "--first-parent", "--format=%H", "main", "--", "data/subprocessors.yaml").stdout.split()
    newest, before = line[0], line[1]
    publish = ["publish", "--repo", f"{work}/demo/repo", "--config", f"{work}/one.yaml", "--output", f"{work}/served", "--key", f"{work}/keys/changecast-release"]
    config = open(f"{work}/demo/repo/changecast.yaml").read()
    pathlib.Path(work, "one.yaml").write_text(config[: config.index("  - id: roadmap")])
    changecast(*publish, "--root-key", f"{work}/keys/changecast-root", "--branch", before)
    for kind in ["atom", "rss"]:
        home = pathlib.Path(work, f"reader-{kind}")
        home.mkdir()
        with served(f"{work}/served") as address:
            url = f"{address}/subprocessors/feed.{kind}"
            (home / "urls").write_text(url + "\n")
            (home / "config").write_text("")
            mail = home / "mail"
            for part in ["", "cur", "new", "tmp"]:
                (mail / part).mkdir(exist_ok=True)
            env = {"HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config"), "XDG_DATA_HOME": str(home / ".local")}
            files = ["-c", str(home / "r2e.cfg"), "-d", str(home / "r2e.json")]
            (home / "r2e.cfg").write_text(
                f"[DEFAULT]\nto = reader@example.com\nfrom = feeds@example.com\nemail-protocol = maildir\nmaildir-path = {mail}\nmaildir-mailbox =\n[feed.list]\nurl = {url}\n")

            def seen():
                boat = ["newsboat", "-u", str(home / "urls"), "-c", str(home / "cache.db"), "-C", str(home / "config"), "-x"]
                run(*boat, "reload", env=env)
                unread = int(run(*boat, "print-unread", env=env).stdout.split()[0])
                run("r2e", *files, "run", env=env)
                return unread, sorted(email.message_from_file(open(m))["Subject"] for m in glob.glob(f"{mail}/new/*"))

            first = seen()
            assert seen() == first, "nothing new, nothing shown"
            if kind == "atom":
                changecast(*publish, "--branch", newest)
                changecast(*publish, "--branch", newest)
                for path in glob.glob(f"{work}/served/*/feed.*"):  # a later second: HTTP dates have no smaller unit
                    os.utime(path, (os.path.getmtime(path) + 5,) * 2)
                second = seen()
                assert second[0] == first[0] + 1, (first, second)
                assert len(second[1]) == len(first[1]) + 1, (first[1], second[1])
                assert seen() == second, "shown once"


def keys(work):
    step("keys of ssh-keygen, and ssh-agent, give the same signatures")
    folder = pathlib.Path(work, "ssh")
    folder.mkdir()
    for name in ["root", "release"]:
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name))
    publish = ["publish", "--repo", f"{work}/demo/repo", "--config", f"{work}/demo/repo/changecast.yaml", "--now", "2026-07-01T12:00:00Z"]
    changecast(*publish, "--output", f"{work}/direct", "--key", str(folder / "release"), "--root-key", str(folder / "root"))
    agent = dict(line.split(";")[0].split("=") for line in run("ssh-agent", "-s").stdout.splitlines()[:2])
    try:
        for name in ["root", "release"]:
            run("ssh-add", "-q", str(folder / name), env=agent)
            os.remove(folder / name)
        changecast(*publish, "--output", f"{work}/agent", "--key", str(folder / "release.pub"), "--root-key", str(folder / "root.pub"), env=agent)
    finally:
        run("ssh-agent", "-k", env=agent)
    run("diff", "-r", f"{work}/direct", f"{work}/agent")
    changecast("verify", f"{work}/agent", "--root", str(folder / "root.pub"))
    assert (pathlib.Path(work, "keys/changecast-root").stat().st_mode & 0o777) == 0o600
    assert "never overwritten" in changecast("keygen", f"{work}/keys", code=2).stderr
    run("ssh-keygen", "-y", "-f", f"{work}/keys/changecast-release")


def full_disk(work):
    step("a full disk leaves a whole publication, and the next run mends it")
    disk = pathlib.Path(work, "disk")
    disk.mkdir()
    publish = ["publish", "--repo", f"{work}/demo/repo", "--config", f"{work}/demo/repo/changecast.yaml", "--output", str(disk / "feeds"),
               "--key", f"{work}/keys/changecast-release", "--root-key", f"{work}/keys/changecast-root"]
    for kib in [64, 160, 300]:
        run("mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", str(disk))
        try:
            assert "free some space" in changecast(*publish, code=2).stderr
            run("mount", "-o", "remount,size=16m", str(disk))
            changecast(*publish)
            changecast("verify", str(disk / "feeds"), "--root", f"{work}/keys/changecast-root.pub")
        finally:
            run("umount", str(disk))


def pages(work):
    step("Chromium shows the pages on every screen and on paper, by keyboard, with and without scripts; axe-core finds no fault")
    modules = pathlib.Path(os.environ.get("NODE_MODULES", "target/tools/node_modules")).resolve()
    checker = pathlib.Path(__file__).with_name("pages_check.mjs")
    run("node", str(checker), str(modules), f"{work}/demo/feeds", env={"HOME": work})


def calendars(work):
    step("two parsers read the calendars, and a date that moves is one event with a higher sequence")
    import icalendar, vobject

    def events(path):
        text = open(path, newline="").read()
        assert all(len(line.encode()) <= 75 for line in text.split("\r\n")), path
        calendar = icalendar.Calendar.from_ical(text)
        assert calendar["METHOD"] == "PUBLISH" and not calendar.errors, calendar.errors
        one = {str(e["UID"]): (e.decoded("DTSTART"), int(e["SEQUENCE"]), str(e["SUMMARY"]), str(e["STATUS"])) for e in calendar.walk("VEVENT")}
        other = [c for c in vobject.readOne(text).components() if c.name == "VEVENT"]
        assert len(one) == len(other) and all(not e.errors for e in calendar.walk()), path
        for e in other:
            assert one[e.uid.value] == (e.dtstart.value, int(e.sequence.value), e.summary.value, e.status.value), e
            assert ("valarm" in e.contents) == (e.status.value == "CONFIRMED"), e
        return one

    lists = [events(path) for path in sorted(glob.glob(f"{work}/demo/feeds/*/calendar.ics"))]
    assert sum(len(found) for found in lists) > 10
    assert events(f"{work}/demo/feeds/calendar.ics") == {uid: event for found in lists for uid, event in found.items()}
    repo = pathlib.Path(work, "moving")
    repo.mkdir()
    config = "publisher: {name: A, url: 'https://a.example/', authority: 'a.example,2026'}\nbase_url: https://a.example/\nlists: [{id: v, title: V, inventory: v.yaml}]\n"
    repo.joinpath("changecast.yaml").write_text(config)
    run("git", "init", "--quiet", str(repo))
    published = []
    for at, entry in enumerate(["", "- {name: Kestrel, effective: 2030-03-01}\n", "- {name: Kestrel, effective: 2030-04-01}\n"]):
        repo.joinpath("v.yaml").write_text(f"notice: {{lead: {{added: 30d}}, objection: {{within: 14d}}}}\nentries:\n- {{name: Oakline}}\n{entry}")
        run("git", "-C", str(repo), "add", ".")
        run("git", "-C", str(repo), "-c", "user.name=A", "-c", "user.email=a@a.example", "commit", "--quiet", "--message", f"{at}")
        changecast("publish", "--repo", str(repo), "--config", str(repo / "changecast.yaml"), "--output", f"{work}/moved", "--now", f"2030-01-0{at + 1}T00:00:00Z",
                   "--key", f"{work}/keys/changecast-release", "--root-key", f"{work}/keys/changecast-root")
        published.append(events(f"{work}/moved/v/calendar.ics"))
    assert published[0] == {} and published[1].keys() == published[2].keys() and len(published[2]) == 2, published
    before, after = (found["2-0-effective.v@a.example"] for found in published[1:])
    assert [str(before[0]), before[1], str(after[0]), after[1]] == ["2030-03-01", 0, "2030-04-01", 1], (before, after)


def mail(work):
    step("Python reads the draft of a message without defects")
    import icalendar
    from email import policy

    draft = ["notice", "19", "--list", "subprocessors", "--repo", f"{work}/demo/repo", "--config", f"{work}/demo/repo/changecast.yaml", "--output", f"{work}/demo/feeds"]
    changecast(*draft, "--to", f"{work}/notice.eml")
    raw = open(f"{work}/notice.eml", "rb").read()
    message = email.message_from_bytes(raw, policy=policy.default)
    parts = list(message.walk())
    assert not any(part.defects for part in parts), [part.defects for part in parts]
    assert not any(header.defects for header in message.values()), [header.defects for header in message.values()]
    assert [part.get_content_type() for part in parts] == ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar"]
    assert message["Reply-To"].addresses[0].addr_spec == "privacy@fernhill.example" and message["To"] is None, message.items()
    assert message["List-Id"].endswith("<subprocessors.fernhill.example>") and message["Message-ID"].endswith(".subprocessors@fernhill.example>")
    assert message["Date"].datetime.isoformat() == "2026-06-29T10:00:00+00:00", message["Date"]
    plain, page = message.get_body(["plain"]).get_content(), message.get_body(["html"]).get_content()
    for text in [plain, page]:
        assert "Finch Archive" in text and "Wednesday 2026-07-29 (Europe/Helsinki)" in text, text
    attached = list(message.iter_attachments())[0]
    assert attached.get_filename() == "notice.ics"
    calendar = icalendar.Calendar.from_ical(attached.get_content())
    assert {str(e.decoded("DTSTART")) for e in calendar.walk("VEVENT")} >= {"2026-07-29", "2026-10-01"}
    # Names and titles outside of ASCII, which only encoded words can contain.
    config = pathlib.Path(work, "umlaut.yaml")
    config.write_text(open(f"{work}/demo/repo/changecast.yaml").read().replace("Fernhill Cloud Ltd", "Förnhill \U0001f426 & Søn").replace("title: Sub-processors", "title: Unterauftragsverarbeiter für Kundendaten über alle Dienste"))
    draft[draft.index("--config") + 1] = str(config)
    message = email.message_from_string(changecast(*draft, "--to", "-").stdout, policy=policy.default)
    assert not message.defects and not any(header.defects for header in message.values()), message.items()
    assert message["From"].addresses[0].display_name == "Förnhill \U0001f426 & Søn", message["From"]
    assert message["Subject"].startswith("Unterauftragsverarbeiter für Kundendaten über alle Dienste: added Finch Archive"), message["Subject"]


def graphs(work):
    step("a walk finds the same with and without the commit-graphs of git")
    for hashes in ["sha1", "sha256"]:
        repo, story = f"{work}/graph-{hashes}", []
        run("git", "init", "--quiet", "--bare", "--initial-branch=main", f"--object-format={hashes}", repo)
        for at in range(2_000):
            # Of ten commits the sixth is on a side branch, and the tenth merges it, or it and the one before.
            side, before = at % 10 == 5, at - 2 if at % 10 == 6 else at - 1
            merged = [at - 4, at - 14][: 1 + at // 10 % 2] if at % 10 == 9 and at > 20 else []
            story += [f"commit refs/heads/{'side' if side else 'main'}", f"mark :{at + 1}"]
            story += [f"committer A <a@example.com> {1_600_000_000 + at} +0000", "data 1", "x"]
            story += [f"from :{before + 1}"] * (at > 0) + [f"merge :{other + 1}" for other in merged]
            files = {"notes": f"{at}", "list.yaml": f"entries:\n- {{name: Vendor {at // 50}}}\n"}
            for name in ["notes", "list.yaml"] if at % 3 else ["notes"]:
                story += [f"M 100644 inline {name}", f"data {len(files[name])}", files[name]]
        run("git", "-C", repo, "fast-import", "--quiet", input="\n".join(story) + "\n")
        log = ["log", "--repo", repo, "--branch", "main", "--inventory", "list.yaml", "--format", "json", "--all"]
        expected = changecast(*log).stdout
        assert len(json.loads(expected)["releases"]) == 40, expected
        oldest = run("git", "-C", repo, "rev-parse", "main~900").stdout
        for options, commits in [(["--split=no-merge", "--stdin-commits"], oldest), (["--split=no-merge", "--reachable"], ""), (["--reachable"], "")]:
            run("git", "-C", repo, "commit-graph", "write", "--no-progress", "--changed-paths", *options, input=commits)
            run("git", "-C", repo, "commit-graph", "verify", "--no-progress")
            assert changecast(*log).stdout == expected, options


def main():
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    assert not missing, f"missing programs: {missing}"
    with tempfile.TemporaryDirectory() as work:
        changecast("demo", f"{work}/demo")
        only = sys.argv[3:]
        usual = [signatures, page_commands, formats, readers, keys, calendars, mail, full_disk, pages, graphs]
        # `damage` takes minutes: only when it is asked for.
        for check in [check for check in [*usual, damage] if check.__name__ in only] if only else usual:
            check(work)
    print("all checks passed")


main()

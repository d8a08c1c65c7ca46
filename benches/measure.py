"""Times commands in interleaved pairs, and prints what came of them beside the targets."""
import resource, shutil, statistics, subprocess, sys, tempfile, time

# Most that changecast may take: of the peer's time; of the peer's memory; in MiB.
TIME = {
    ("a", "log"): 0.8, ("b", "log"): 1.0, ("c", "log"): 1.0,
    ("a", "walk"): 0.75,
    ("a", "check"): 3.0,
    ("a", "publish all"): 1.5, ("c", "publish all"): 2.0,
    ("a", "publish one"): 3.0, ("b", "publish one"): 3.0, ("c", "publish one"): 3.0,
    ("a", "git-history"): 1 / 40, ("c", "git-history"): 1 / 100,
    ("c", "script"): 1 / 25,
    ("a", "publish one, long"): 1.25,
    ("scale", "log"): 2.2, ("scale", "publish one"): 2.2, ("scale", "publish all"): 2.2,
}
MEMORY = {("a", "log"): 0.6, ("b", "log"): 0.6}
MEBIBYTES = {("c", "log"): 30}


class Subject:
    """A command to time, and what is done before each run of it, untimed. A slow one is not warmed up."""

    def __init__(self, command, prepare=lambda: None, slow=False):
        self.command, self.prepare, self.slow, self.peak = command, prepare, slow, 0
        self.seconds, self.processor = [], []

    def run_for_peak(self):
        """Runs once and notes the peak of memory. GNU time asks for it: what is forked from this
        process counts this process's own memory as its first peak."""
        with tempfile.NamedTemporaryFile("r") as kibibytes:
            run("time", "-f", "%M", "-o", kibibytes.name, *self.command)
            self.peak = max(self.peak, int(kibibytes.read().split()[-1]) / 1024)

    def warm_up(self):
        if not self.slow:
            self.prepare()
            self.run_for_peak()

    def time(self):
        self.prepare()
        used, begin = processor_seconds(), time.perf_counter()
        # The millisecond that GNU time takes would matter to the quick ones.
        self.run_for_peak() if self.slow else run(*self.command)
        self.seconds.append(time.perf_counter() - begin)
        self.processor.append(processor_seconds() - used)


def processor_seconds():
    """Processor time of all commands so far, and of what they ran."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def run(*command, keep=False):
    done = subprocess.run(command, stdout=subprocess.PIPE if keep else subprocess.DEVNULL, stderr=subprocess.PIPE)
    if done.returncode != 0:
        sys.exit(f"failed: {' '.join(command)}\n{done.stderr.decode(errors='replace')}")
    return done.stdout


def judged(found, bound, unit=""):
    return f"{'met' if found <= bound else 'MISSED'}: ≤ {short(bound)}{unit}"


def short(ratio):
    return f"1/{1 / ratio:.0f}" if ratio < 0.1 else f"{ratio:.2f}"


def ratios(own, other):
    """The median ratio of the pairs, and how it is printed with its spread."""
    found = sorted(mine / theirs for mine, theirs in zip(own, other))
    middle = statistics.median(found)
    return middle, f"**{short(middle)}** ({short(found[0])} to {short(found[-1])})"


def print_head():
    if not shutil.which("time"):
        sys.exit("GNU time is missing: apt-get install time")
    print("| preset | what | against | changecast, ms | peer, ms | time | processor | memory, MiB | target |")
    print("|---|---|---|---|---|---|---|---|---|", flush=True)


def compare(preset, name, mine, theirs, pairs, against):
    """Times two subjects in turns and prints a row of the table."""
    for subject in (theirs, mine):
        subject.warm_up()
    for turn in range(pairs):
        for subject in (theirs, mine) if turn % 2 else (mine, theirs):
            subject.time()
    (ratio, spread), (_, processor) = ratios(mine.seconds, theirs.seconds), ratios(mine.processor, theirs.processor)
    memory = mine.peak / theirs.peak
    key = (preset.replace(",", " ").split()[0], name)
    verdicts = [judged(ratio, TIME[key])] if key in TIME else []
    verdicts += [judged(memory, MEMORY[key], " of memory")] if key in MEMORY else []
    verdicts += [judged(mine.peak, MEBIBYTES[key], " MiB")] if key in MEBIBYTES else []
    own, other = (statistics.median(subject.seconds) * 1000 for subject in (mine, theirs))
    print(
        f"| {preset} | {name} | {against} | {own:.1f} | {other:.1f} | {spread}, {pairs} pair{'s' * (pairs > 1)} | {processor} "
        f"| {mine.peak:.0f} / {theirs.peak:.0f} = {memory:.2f} | {'; '.join(verdicts) or '–'} |",
        flush=True,
    )

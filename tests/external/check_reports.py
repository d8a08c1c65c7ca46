#!/usr/bin/env python3
"""Validates the reports of `check` with programs and schemas that others wrote.

SARIF by the schema of npm's @microsoft/jest-sarif, JUnit by Python's junitparser, and code quality reports by a schema
of the fields that GitLab documents.

usage: check_reports.py PROGRAM SARIF_SCHEMA
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import jsonschema
import junitparser

FIXTURES = pathlib.Path(__file__).parent.parent / "fixtures" / "rules"
QUALITY = pathlib.Path(__file__).parent / "code_quality.schema.json"
CONFIG = """\
publisher: {{name: Fernhollow, url: 'https://fernhollow.example/', authority: 'fernhollow.example,2026'}}
base_url: https://fernhollow.example/trust
lists:
- {{id: list, title: 'List <&"> of vendors', inventory: '{name}', cross_check: [pages/trust.md, pages/roadmap.md]}}
"""


def run(folder, *command):
    environment = {"PATH": "/usr/bin:/bin:/usr/local/bin", "HOME": str(folder)}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment)


def repository(folder, case):
    """A repository with the version before, and the version after in its work tree."""
    before, after = next(case.glob("before.*")), next(case.glob("after.*"))
    name = "list" + after.suffix
    run(folder, "git", "init", "-q", "-b", "main")
    (folder / "changecast.yaml").write_text(CONFIG.format(name=name))
    (folder / name).write_bytes(before.read_bytes())
    run(folder, "git", "add", ".")
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
    run(folder, "git", *identity, "commit", "-qm", "list")
    (folder / name).write_bytes(after.read_bytes())
    for page in case.glob("pages/*"):
        (folder / "pages").mkdir(exist_ok=True)
        (folder / "pages" / page.name).write_bytes(page.read_bytes())


def check_sarif(report, schema, found):
    jsonschema.Draft7Validator(schema).validate(report)
    results = report["runs"][0]["results"]
    rules = [rule["id"] for rule in report["runs"][0]["tool"]["driver"]["rules"]]
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in results), "ruleIndex"
    new = sorted(result["ruleId"] for result in results if result["baselineState"] == "new")
    assert new == found, (new, found)


def check_junit(path, found):
    xml = junitparser.JUnitXml.fromfile(str(path))
    cases = [case for suite in xml for case in suite]
    failures = [case for case in cases if any(isinstance(result, junitparser.Failure) for result in case.result)]
    stated = [case for case in cases if case.result or case.system_out]
    assert sorted(case.name.split(":")[0] for case in stated) == found, found
    assert xml.failures == len(failures) and xml.tests == len(cases), (xml.failures, xml.tests, len(cases))


def check_quality(report, schema, found):
    jsonschema.Draft202012Validator(schema).validate(report)
    assert sorted(issue["check_name"] for issue in report) == found, found
    prints = [issue["fingerprint"] for issue in report]
    assert len(set(prints)) == len(prints), "fingerprints repeat"


def main():
    program, sarif_schema = pathlib.Path(sys.argv[1]).absolute(), json.loads(pathlib.Path(sys.argv[2]).read_text())
    quality_schema = json.loads(QUALITY.read_text())
    checked = 0
    for case in sorted(FIXTURES.glob("*/*")):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name) / "repo"
            folder.mkdir()
            repository(folder, case)
            reports = [argument for form in ("sarif", "junit", "gitlab") for argument in ("--report", f"{form}=../{form}")]
            ran = run(folder, program, "check", "--now", "2026-11-26", "--format", "json", *reports)
            assert ran.returncode in (0, 1), ran.stderr
            findings = json.loads(ran.stdout)["lists"][0]["findings"]
            found = sorted(finding["rule"] for finding in findings if finding["state"] == "new")
            check_sarif(json.loads((folder.parent / "sarif").read_text()), sarif_schema, found)
            check_junit(folder.parent / "junit", found)
            check_quality(json.loads((folder.parent / "gitlab").read_text()), quality_schema, found)
            checked += 1
    assert checked > 100, checked
    print(f"reports of {checked} changes are valid SARIF, JUnit and code quality reports")


if __name__ == "__main__":
    main()

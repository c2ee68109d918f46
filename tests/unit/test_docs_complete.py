# SPDX-License-Identifier: Apache-2.0
"""What exists is documented, what is documented exists, and links lead somewhere."""

from __future__ import annotations

import argparse
import ast
import re
import tomllib
from dataclasses import replace
from importlib.metadata import packages_distributions

import pytest
from run_factory import make_run

from truceline import cli, errors
from truceline.cli._shared import PARTLY
from truceline.flow import watchfile
from truceline.model.assessment import Assessment
from truceline.model.record import KINDS
from truceline.model.taxonomy import Status
from truceline.reports.event_rows import event_columns
from truceline.reports.summary import summary

GLOSSARY_OF_THE_MISSION = (
    *("look", "detection", "event", "assessment", "case", "finding", "remedy", "claim", "reading", "provision", "act"),
    *("commitment", "step", "party", "guarantor", "line of contact", "buffer zone", "withdrawal belt"),
    *("protected object", "no-fly zone", "maritime zone", "coverage", "ledger"),
    *("cannot be judged", "cannot tell", "not observed", "none seen"),
)


def read(repository, name):
    return (repository / "docs" / name).read_text(encoding="utf-8")


def tree(kind=errors.TrucelineError):
    """Every class of the error tree."""
    return {kind, *(found for sub in kind.__subclasses__() for found in tree(sub))}


def verbs():
    actions = cli.parser()._subparsers._group_actions
    return {name: sub for action in actions for name, sub in (action.choices or {}).items()}


@pytest.mark.parametrize("verb", sorted(verbs()))
def test_every_verb_and_option_is_documented(repository, verb):
    text = read(repository, "reference/cli.md")
    row = next((line for line in text.splitlines() if line.startswith(f"| `truceline {verb}")), None)
    assert row, f"docs/reference/cli.md has no row for {verb}"
    for action in verbs()[verb]._actions:
        if not isinstance(action, argparse._HelpAction):
            for option in action.option_strings:
                assert f"`{option}" in row, f"{verb} {option} is not in its row"


def test_no_verb_is_documented_that_does_not_exist(repository):
    text = read(repository, "reference/cli.md")
    assert set(re.findall(r"^\| `truceline (\w+)", text, re.MULTILINE)) == set(verbs())


def test_every_exit_code_is_documented(repository):
    text = read(repository, "reference/cli.md")
    codes = {kind.exit_code for kind in tree()} | {0, PARTLY, cli.INTERRUPTED}
    documented = {int(code) for code in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)}
    assert documented == codes
    for kind in errors.TrucelineError.__subclasses__():
        row = next(line for line in text.splitlines() if line.startswith(f"| {kind.exit_code} |"))
        assert kind.__name__ in row


def test_every_error_stands_in_the_tree_drawn_in_the_docstring():
    for kind in tree():
        assert kind.__name__ in errors.__doc__


def paths(value, above=""):
    """Every dotted path of a JSON value; lists as ``[]``."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, f"{above}.{key}" if above else key)
    elif isinstance(value, list):
        for inner in value or [None]:
            yield from paths(inner, f"{above}[]")
    else:
        yield above


def placeholders(path):
    """Names that are data become what the page calls them."""
    path = re.sub(r"^assessments\.[^.]+", "assessments.<reading>", path)
    path = re.sub(r"by_status\.[^.]+$", "by_status.<status>", path)
    path = re.sub(r"(by_side|sides|observed_share)\.[^.]+$", r"\1.<side>", path)
    path = re.sub(r"^versions\..+$", "versions.<name>", path)
    path = re.sub(r"^lines\[\]\.(comparison|estimate)\..*$", r"lines[].\1", path)
    return re.sub(r"held_by\[\]$", "held_by", path)


def summary_paths():
    run = make_run()
    told = replace(run.view.comparison, cannot_tell=False)
    untold = replace(run.view.estimate, cannot_tell=True)
    other = replace(run, lines=(replace(run.view, comparison=told, estimate=untold), *run.lines[1:]))
    return {placeholders(path) for each in (run, other) for path in paths(summary(each))}


def test_every_summary_key_is_documented(repository):
    text = read(repository, "reference/summary-json.md")
    missing = sorted(path for path in summary_paths() if f"`{path}`" not in text)
    assert not missing


def test_every_documented_summary_key_exists(repository):
    text = read(repository, "reference/summary-json.md")
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    documented = {path for row in rows for path in re.findall(r"`([^`]+)`", row)}
    known = summary_paths() | {"sources[].rejected"}  # the factory's files have no rejected rows of their own
    assert documented - known == set()


def test_every_column_of_events_files_is_documented(repository):
    text = read(repository, "reference/events-files.md")
    names = {re.sub(r"_(given|towns)$", "_<line>", name) for name in event_columns(make_run())}
    names = {re.sub(r"_(declaration|mirror)$", "_<reading>", name) for name in names}
    assert {name for name in names if f"`{name}`" not in text} == set()


def test_every_key_of_watch_toml_is_documented(repository):
    text = read(repository, "reference/watch-toml.md")
    for key in (
        watchfile._OIDC_KEYS | watchfile._WATCH_KEYS | {key for keys in watchfile._SOURCE_KEYS.values() for key in keys}
    ):
        assert f"`{key}`" in text, key
    for kind in watchfile._SOURCE_KEYS:
        assert f"`{kind}`" in text, kind


def test_the_example_in_watch_toml_reads(repository, tmp_path):
    block = re.search(r"```toml\n(.*?)```", read(repository, "reference/watch-toml.md"), re.DOTALL).group(1)
    (tmp_path / "watch.toml").write_text(block, encoding="utf-8")
    found = watchfile.read_watch(tmp_path)
    assert found.id == "easter-truce-2026"
    assert tomllib.loads(block)["source"][0]["kind"] == "firms"


def test_every_source_kind_is_documented(repository):
    text = read(repository, "reference/sources.md")
    for kind in watchfile._SOURCE_KEYS:
        assert re.search(rf"\b{kind}\b", text), kind


def test_every_word_of_the_mission_is_in_the_glossary(repository):
    text = read(repository, "reference/glossary.md")
    assert [word for word in GLOSSARY_OF_THE_MISSION if f"**{word}**" not in text] == []


def test_statuses_and_records_that_people_meet_are_in_the_glossary(repository):
    text = read(repository, "reference/glossary.md")
    assert all(status.value in text for status in Status)
    for kind in ("look", "denial", "rejected", "event", "assessment", "claim", "coverage", "estimate", "comparison"):
        assert kind in KINDS
        assert f"**{kind}**" in text
    assert Assessment.__dataclass_fields__["attribution"]


def test_every_dependency_has_its_reason(repository):
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"].values()
    groups = project["dependency-groups"].values()
    wanted = [*project["project"]["dependencies"], *(d for group in (*extras, *groups) for d in group)]
    names = {re.split(r"[<>=\[; ]", each)[0] for each in wanted}
    text = read(repository, "decisions/0002-dependencies.md")
    rows = {line.split("|")[1].strip() for line in text.splitlines() if line.startswith("| ")}
    assert names - rows == set()
    assert rows - names - {"package", "---"} == set()
    code = "\n".join(file.read_text(encoding="utf-8") for file in (repository / "src").rglob("*.py"))
    imported = set(re.findall(r"^\s*(?:from|import) (\w+)", code, re.MULTILINE))
    required = [*project["project"]["dependencies"], *(d for e in extras for d in e)]
    shipped = {re.split(r"[<>=\[; ]", each)[0].replace(".", "-") for each in required}
    homes = packages_distributions()
    foreign = {re.sub("[-_.]+", "-", name).lower() for top in imported & set(homes) for name in homes[top]}
    # pydantic_core is pydantic's own other half, pinned by it to the bit.
    assert foreign - {"truceline", "pydantic-core"} <= shipped, "imported, and there only by chance"


def pages(repository):
    return [*sorted(repository.glob("*.md")), *sorted((repository / "docs").rglob("*.md"))]


def anchors(text):
    """Anchors of a page's headings, as code hosts make them."""
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


def test_links_lead_somewhere(repository):
    broken = []
    for page in pages(repository):
        text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if re.match(r"[a-z]+:", target):
                continue
            name, _, anchor = target.partition("#")
            there = (page.parent / name).resolve() if name else page
            if not there.exists():
                broken.append(f"{page.relative_to(repository)}: {target}")
            elif anchor and anchor not in anchors(there.read_text(encoding="utf-8")):
                broken.append(f"{page.relative_to(repository)}: {target} (no such heading)")
    assert broken == []


def test_every_page_is_reached_from_the_index(repository):
    index = read(repository, "README.md")
    for page in (repository / "docs").rglob("*.md"):
        name = page.relative_to(repository / "docs").as_posix()
        if name != "README.md" and not name.startswith("decisions/"):
            assert f"({name})" in index, f"docs/README.md does not lead to {name}"


def test_paths_named_in_architecture_exist(repository):
    text = (repository / "ARCHITECTURE.md").read_text(encoding="utf-8")
    source = repository / "src" / "truceline"
    named = re.findall(r"`((?:[a-z_]+/)+[a-z_*.\-0-9]*)`", text)
    assert len(named) > 20
    missing = [n for n in named if not [*source.glob(n.rstrip("/")), *repository.glob(n.rstrip("/"))]]
    assert missing == []


def test_public_classes_of_the_model_document_their_fields(repository):
    for path in (repository / "src/truceline/model").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and any("dataclass" in ast.unparse(d) for d in node.decorator_list):
                body = node.body
                fields = [i for i, item in enumerate(body) if isinstance(item, ast.AnnAssign)]
                bare = [
                    body[i].target.id
                    for i in fields
                    if i + 1 >= len(body)
                    or not (isinstance(body[i + 1], ast.Expr) and isinstance(body[i + 1].value, ast.Constant))
                ]
                assert bare == [], f"{path.name} {node.name}"

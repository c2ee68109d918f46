# SPDX-License-Identifier: Apache-2.0
"""The style of the source, measured. Each measure is also tried on a bad example, to see that it can fail."""

from __future__ import annotations

import ast
import io
import re
import subprocess
import tokenize
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "truceline"
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)

HEAVY_IMPORTS = {
    ("channels/service.py", "apprise"): "an extra, and heavy: loaded where somebody is told by such a service",
    ("cli/_shared.py", "truceline.watch"): "a whole watch takes two seconds to load; most verbs need none",
    ("cli/_shared.py", "truceline.flow"): "what it needs takes as long to load as a whole watch",
    ("cli/_terms_diff.py", "truceline.reports.terms_diff"): "only a page needs what makes pages",
    ("cli/_terms_states.py", "truceline.assessment.states"): "half a second that no other verb on terms needs",
    ("cli/_terms_states.py", "truceline.reports.states_page"): "only a page needs it",
    ("cli/_terms_lint.py", "truceline.flow.sensors"): "only a watch needs the readers of its sources",
    ("assessment/judge.py", "truceline.assessment"): "compiled loops take a second to load; most runs have few events",
    ("cli/demo.py", "truceline.server"): "the web server is loaded only where a page is served",
    ("cli/watch.py", "truceline.server"): "the web server is loaded only where a page is served",
    ("cli/serve.py", "truceline.server"): "the web server is loaded only where a page is served",
    ("server/routes/oidc.py", "truceline.server.oidc"): "local accounts need none of it; it is an extra",
    ("cli/verify.py", "truceline.watch"): "a stranger who checks a ledger need not load the whole flow",
}
"""Imports inside functions, each with its reason. A new one needs a reason here and beside it."""


@dataclass(frozen=True)
class File:
    """One file of the source."""

    name: str
    text: str

    @property
    def tree(self):
        return _parse(self.text)

    def functions(self):
        return [node for node in ast.walk(self.tree) if isinstance(node, FUNCTION)]


@cache
def _parse(text):
    return ast.parse(text)


@pytest.fixture(scope="module")
def files():
    found = [File(p.relative_to(SOURCE).as_posix(), p.read_text("utf-8")) for p in sorted(SOURCE.rglob("*.py"))]
    assert len(found) > 50
    return found


def length(function):
    return function.end_lineno - function.lineno + 1


def percentile(values, share):
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def annotations(function):
    """(annotated, all) of a function's arguments and result; self and cls need none."""
    given = function.args
    arguments = [*given.posonlyargs, *given.args, *given.kwonlyargs, *filter(None, (given.vararg, given.kwarg))]
    arguments = [a for n, a in enumerate(arguments) if not (n == 0 and a.arg in ("self", "cls"))]
    return sum(a.annotation is not None for a in arguments) + (function.returns is not None), len(arguments) + 1


def public(tree, prefix=""):
    """Public modules, classes and functions, with whether each has a docstring; nothing inside functions."""
    yield prefix or "module", ast.get_docstring(tree) is not None
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from public(node, f"{prefix}{node.name}.")
        elif isinstance(node, FUNCTION) and not node.name.startswith("_"):
            yield f"{prefix}{node.name}", ast.get_docstring(node) is not None


def catch_alls(file):
    """(line, whether a comment stands beside it or on the next line) of every except that catches everything."""
    lines = file.text.splitlines()
    for node in ast.walk(file.tree):
        if isinstance(node, ast.ExceptHandler):
            kinds = ast.unparse(node.type) if node.type else "BaseException"
            if re.search(r"\b(Base)?Exception\b", kinds):
                yield node.lineno, any("# " in line for line in lines[node.lineno - 1 : node.lineno + 1])


def imports(tree):
    """Modules imported at a module's top level; those under ``if TYPE_CHECKING`` are not run."""
    for node in tree.body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def graph(files):
    """Which module imports which, inside the package."""
    names = {}
    for file in files:
        dotted = "truceline." + file.name.removesuffix(".py").replace("/", ".")
        names[dotted.removesuffix(".__init__")] = file
    edges = {}
    for name, file in names.items():
        found = {each for each in imports(file.tree) if each in names and each != name}
        # "from package import module" needs the module; the package itself is already being imported
        edges[name] = {e for e in found if not (name.startswith(f"{e}.") and any(f.startswith(f"{e}.") for f in found))}
    return edges


def cycle(edges):
    """A cycle of imports, or None."""
    state, path = {}, []

    def visit(node):
        state[node] = "open"
        path.append(node)
        for target in sorted(edges.get(node, ())):
            if state.get(target) == "open":
                return path[path.index(target) :]
            if target not in state and (found := visit(target)):
                return found
        path.pop()
        state[node] = "done"
        return None

    return next((found for node in sorted(edges) if node not in state and (found := visit(node))), None)


def naive(tree):
    """Lines that make a datetime without a zone."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        keywords = {keyword.arg for keyword in node.keywords}
        zoned = keywords & {"tz", "tzinfo"}
        if (
            re.search(r"\bdate\w*\.(utcnow|utcfromtimestamp|today)$", name)
            or (name.endswith("datetime.now") and not node.args and not zoned)
            or (name.endswith("datetime.fromtimestamp") and len(node.args) < 2 and not zoned)
            or (name in ("datetime", "datetime.datetime") and len(node.args) < 8 and not zoned)
        ):
            yield node.lineno


def late_imports(file):
    """(module, line) of imports inside functions."""
    for function in file.functions():
        for node in ast.walk(function):
            if isinstance(node, ast.ImportFrom):
                yield node.module, node.lineno
            elif isinstance(node, ast.Import):
                yield node.names[0].name, node.lineno


def test_functions_are_short(files):
    lengths = [(length(f), file.name, f.name) for file in files for f in file.functions()]
    assert percentile([n for n, *_ in lengths], 0.95) <= 40
    assert [each for each in lengths if each[0] > 60] == []


def test_files_are_short(files):
    assert [(f.name, n) for f in files if (n := f.text.count("\n")) > 500] == []


def test_nearly_everything_is_annotated(files):
    counts = [annotations(function) for file in files for function in file.functions()]
    assert sum(a for a, _ in counts) / sum(n for _, n in counts) >= 0.98


def test_nearly_everything_public_has_a_docstring(files):
    found = [(file.name, name, has) for file in files for name, has in public(file.tree)]
    bare = [(file, name) for file, name, has in found if not has]
    assert 1 - len(bare) / len(found) >= 0.95, bare


def test_at_most_three_excepts_catch_all_and_each_says_why(files):
    found = [(file.name, *each) for file in files for each in catch_alls(file)]
    assert len(found) <= 3, found
    assert all(explained for _, _, explained in found), found


def test_imports_inside_functions_are_listed_with_reasons(files):
    found = {(file.name, module): line for file in files for module, line in late_imports(file)}
    assert set(found) - set(HEAVY_IMPORTS) == set()
    assert set(HEAVY_IMPORTS) - set(found) == set(), "listed, but gone"
    for (name, _), line in found.items():
        text = next(file.text for file in files if file.name == name).splitlines()[line - 1]
        assert re.search(r"# noqa: PLC0415  \S+", text), f"{name}:{line} does not say why"


def test_no_import_cycles(files):
    edges = graph(files)
    assert len(edges) > 50
    assert cycle(edges) is None


def test_no_naive_datetimes(files):
    assert [(file.name, line) for file in files for line in naive(file.tree)] == []


def test_comments_are_neither_absent_nor_noise(files):
    lines = [line.strip() for file in files for line in file.text.splitlines() if line.strip()]
    share = sum(line.startswith("#") and "SPDX" not in line for line in lines) / len(lines)
    assert share < 0.10


def code_lines(text):
    """Lines that hold code: no docstrings, comments or blank lines."""
    bodies = [getattr(node, "body", None) for node in ast.walk(ast.parse(text))]
    nodes = [inner for body in bodies if isinstance(body, list) for inner in body]
    told = [n for n in nodes if isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant)]
    words = {line for node in told for line in range(node.lineno, node.end_lineno + 1)}
    silent = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
    tokens = [t for t in tokenize.generate_tokens(io.StringIO(text).readline) if t.type not in silent]
    return len({line for t in tokens for line in range(t.start[0], t.end[0] + 1)} - words)


def test_tests_are_about_as_long_as_code(files):
    tests = sum(code_lines(path.read_text("utf-8")) for path in (ROOT / "tests").rglob("*.py"))
    assert tests >= 0.7 * sum(code_lines(file.text) for file in files)


def test_code_lines_are_counted_without_words():
    assert code_lines('"""What."""\n\n# why\ndef f():\n    """How."""\n    return (\n        1\n    )\n') == 4


# The measures can fail.


def test_a_cycle_is_found():
    assert cycle({"a": {"b"}, "b": {"c"}, "c": {"a"}}) == ["a", "b", "c"]
    assert cycle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) is None
    files = [File("x.py", "import truceline.y\n"), File("y.py", "from truceline import x\n")]
    assert cycle(graph(files)) is not None


@pytest.mark.parametrize(
    "line",
    [
        "datetime.now()",
        "datetime.utcnow()",
        "datetime.datetime.fromtimestamp(0)",
        "datetime(2026, 4, 1)",
        "datetime.today()",
    ],
)
def test_a_naive_datetime_is_found(line):
    assert list(naive(ast.parse(line))) == [1]


@pytest.mark.parametrize("line", ["datetime.now(UTC)", "datetime(2026, 4, 1, tzinfo=UTC)", "datetime.now(tz=UTC)"])
def test_an_aware_datetime_is_not(line):
    assert list(naive(ast.parse(line))) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("try:\n    f()\nexcept Exception:\n    pass\n", [(3, False)]),
        ("try:\n    f()\nexcept:  # the last resort, because\n    pass\n", [(3, True)]),
        ("try:\n    f()\nexcept (OSError, BaseException):\n    # because\n    pass\n", [(3, True)]),
        ("try:\n    f()\nexcept OSError:\n    pass\n", []),
    ],
)
def test_catch_alls_are_found(text, found):
    assert list(catch_alls(File("x.py", text))) == found


def test_missing_annotations_docstrings_and_late_imports_are_found():
    text = "class A:\n    def f(self, x, y: int): ...\ndef g():\n    import heavy\n"
    file = File("x.py", text)
    assert sorted(annotations(f) for f in file.functions()) == [(0, 1), (1, 3)]
    assert [name for name, has in public(file.tree) if not has] == ["module", "A.", "A.f", "g"]
    assert list(late_imports(file)) == [("heavy", 4)]


def tracked():
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    return [ROOT / name for name in done.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def texts():
    for path in tracked():
        data = path.read_bytes()
        if b"\0" not in data[:8000]:
            yield path, data.decode("utf-8")


HOSTS = ("pypi" + ".org", "python" + "hosted.org", "npmjs" + ".org", "npmjs" + ".com", "yarnpkg" + ".com")
MACHINE = re.compile("|".join((r"(?<![\w.~-])/" + folder + r"/\w") for folder in ("work", "root", "home", "Users")))


def test_no_registry_hosts_and_no_machine_paths():
    found = []
    for path, text in texts():
        name = path.relative_to(ROOT).as_posix()
        found += [(name, host) for host in HOSTS if host in text]
        found += [(name, match.group()) for match in [MACHINE.search(text)] if match]
    assert found == []


def test_a_machine_path_is_found():
    assert MACHINE.search("open('/" + "work/main')")
    assert not MACHINE.search("see homework/main and ./work/x")


def test_every_source_file_names_its_licence():
    kinds = {".py", ".ts", ".mjs", ".js", ".sh", ".css"}
    sources = [(path, text) for path, text in texts() if path.suffix in kinds or path.parent.name == ".ci"]
    bare = [
        path.relative_to(ROOT).as_posix()
        for path, text in sources
        if not any("SPDX-License-Identifier: Apache-2.0" in line for line in text.splitlines()[:3])
    ]
    assert bare == []


def test_every_lint_exception_carries_its_reason():
    lines = (ROOT / "pyproject.toml").read_text("utf-8").split("ignore = [")[1].split("]")[0].splitlines()
    rules = [line for line in lines if line.strip().startswith('"')]
    assert rules
    assert [line for line in rules if not re.search(r"# .{8,}", line)] == []


def test_no_work_notes_are_left():
    notes = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" + "XX")) + r")\b")
    assert [path.name for path, text in texts() if path.suffix in (".py", ".ts") and notes.search(text)] == []

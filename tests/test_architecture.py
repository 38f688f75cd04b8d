"""The arrows between the packages go one way, and the rules stay pure."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("bot", "handlers", "scheduler", "messages", "storage", "domain", "sandbox")
MAY_IMPORT = {
    "bot": {"bot", "handlers", "scheduler", "messages", "storage", "domain", "sandbox"},
    "handlers": {"handlers", "messages", "storage", "domain"},
    "scheduler": {"scheduler", "messages", "storage", "domain"},
    "messages": {"messages", "domain"},
    "storage": {"storage", "domain"},
    "domain": {"domain"},
    "sandbox": {"sandbox"},
}
SANDBOX_USERS = {"bot/demo.py", "bot/samples.py", "bot/commands/demo.py", "bot/commands/sandbox.py"}
PURE_LIBRARIES = {"holidays", "numpy"}
IMPURE_STANDARD = {
    "asyncio", "http", "io", "logging", "multiprocessing", "os", "pathlib", "random", "secrets", "shutil", "signal",
    "socket", "sqlite3", "ssl", "subprocess", "sys", "tempfile", "threading", "time", "urllib",
}  # fmt: skip
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("datetime", "today")}


def modules() -> Iterator[tuple[str, Path]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield package, path


def imports(tree: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield node.module or "", node


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_imports_only_what_is_below_it(package: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for owner, path in modules()
        if owner == package
        for name, _ in imports(parsed(path))
        if (top := name.split(".")[0]) in PACKAGES and top not in MAY_IMPORT[package]
    ]
    assert wrong == []


def test_only_the_commands_for_it_start_the_sandbox() -> None:
    users = {
        str(path.relative_to(ROOT))
        for owner, path in modules()
        if owner == "bot" and any(name.split(".")[0] == "sandbox" for name, _ in imports(parsed(path)))
    }
    assert users <= SANDBOX_USERS


def test_rules_know_only_small_pure_libraries() -> None:
    allowed = PURE_LIBRARIES | {"domain"}
    wrong = []
    for owner, path in modules():
        if owner != "domain":
            continue
        for name, _ in imports(parsed(path)):
            top = name.split(".")[0]
            standard = top in sys.stdlib_module_names and top not in IMPURE_STANDARD
            if top not in allowed and not standard:
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert wrong == []


def test_rules_take_the_time_as_an_argument() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for owner, path in modules()
        if owner == "domain"
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and (node.value.id, node.attr) in CLOCKS
    ]
    assert wrong == []


def test_no_import_hides_in_a_function() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{inner.lineno}"
        for _, path in modules()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert wrong == []


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_no_import_cycle() -> None:
    known = {module_name(path): path for _, path in modules()}
    edges: dict[str, set[str]] = {}
    for name, path in known.items():
        found = set()
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                submodules = {f"{node.module}.{alias.name}" for alias in node.names}
                inside = submodules & known.keys()
                found |= inside if len(inside) == len(submodules) else inside | {node.module}
        edges[name] = (found & known.keys()) - {name}
    done: set[str] = set()
    cycles: list[str] = []

    def visit(name: str, way: tuple[str, ...]) -> None:
        if name in way:
            cycles.append(" → ".join((*way[way.index(name) :], name)))
        elif name not in done:
            for other in sorted(edges[name]):
                visit(other, (*way, name))
            done.add(name)

    for name in sorted(edges):
        visit(name, ())
    assert cycles == []


def test_code_names_no_registry_and_no_foreign_path() -> None:
    hosts = ("pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "debian" + ".org")
    kinds = {".py", ".md", ".toml", ".lock", ".yaml", ".yml", ".sh", ".cfg", ""}
    skipped = {".git", ".venv", "node_modules", ".baton-demo"}
    wrong = []
    for path in ROOT.rglob("*"):
        relative = path.relative_to(ROOT)
        if path.is_file() and path.suffix in kinds and not skipped & set(relative.parts):
            text = path.read_text(encoding="utf-8", errors="ignore")
            wrong += [f"{relative}: {host}" for host in hosts if host in text]
    assert wrong == []

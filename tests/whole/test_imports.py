"""The shape of the project, read from its imports."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
MODULES = sorted(path.relative_to(ROOT) for folder in ("api", "core") for path in (ROOT / folder).rglob("*.py"))

OWNERS = {
    "feedgen": {"core/render/rss_atom.py"},
    "lxml": {"core/render/rss_atom.py"},
    "redis": {"core/store/redis.py"},
    "httpx": {"core/arxiv/client.py"},
    "feedparser": {"core/arxiv/rss.py"},
    "openai": {"core/summaries/model.py"},
    "jinja2": {"api/templating.py"},
    "uvicorn": {"core/cli/serve.py"},
}
FOLDER_OWNERS = {
    "fastapi": ("api",),
    "starlette": ("api",),
    "selectolax": ("core/arxiv", "core/fulltext"),
    "pypdfium2": ("core/fulltext",),
    "nh3": ("core/summaries",),
    "markdown_it": ("core/summaries",),
}
ENVIRONMENT_READERS = {"core/config.py", "api/__init__.py"}  # the second tells pydantic something, and reads nothing
FORBIDDEN_ON_REQUEST_PATH = [
    "openai",
    "httpx",
    "feedparser",
    "selectolax",
    "pypdfium2",
    "nh3",
    "markdown_it",
    "typer",
    "rich",
    "jinja2",
    "uvicorn",
    "core.refresh.run",
    "core.refresh.phases",
    "core.refresh.fetch",
    "core.refresh.working_copy",
    "core.arxiv",
]


def imports_of(module: Path) -> set[str]:
    """The dotted names that a module imports, wherever in it they stand."""
    found: set[str] = set()
    for node in ast.walk(ast.parse((ROOT / module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_each_library_has_one_owner(module: Path):
    """A third-party library is imported by its owner alone."""
    name = module.as_posix()
    for library in (imported.split(".")[0] for imported in imports_of(module)):
        assert name in OWNERS.get(library, {name}), f"{name} imports {library}, which {OWNERS[library]} owns"
        folders = FOLDER_OWNERS.get(library, (module.parts[0],))
        assert name.startswith(tuple(f"{folder}/" for folder in folders)), f"{name} imports {library}: {folders} own it"


@pytest.mark.parametrize("module", [m for m in MODULES if m.parts[0] == "core"], ids=str)
def test_arrows_point_down(module: Path):
    """The core knows nothing of the web."""
    strangers = {name for name in imports_of(module) if name.split(".")[0] == "api"}
    assert not strangers, f"{module} imports {strangers}"


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_the_environment_is_read_in_one_place(module: Path):
    """Only config.py asks the environment, so that nothing depends on it in secret."""
    source = (ROOT / module).read_text(encoding="utf-8")
    uses = "os.environ" in source or "getenv" in source
    assert not uses or module.as_posix() in ENVIRONMENT_READERS, f"{module} reads the environment"


def loaded_by(statement: str) -> set[str]:
    """The modules that a fresh interpreter holds after a statement."""
    code = f"import sys\n{statement}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_request_path_loads_nothing_it_does_not_need():
    """A cold start pays for no language model client, no HTTP client, no parser, no PDF library, no templates."""
    loaded = loaded_by("import api.index")
    strangers = {name for name in FORBIDDEN_ON_REQUEST_PATH if name in loaded}
    assert not strangers, f"api.index loads {strangers}"


def test_a_store_is_loaded_only_when_it_is_used():
    """Without REDIS_URL no redis is loaded."""
    assert "redis" not in loaded_by("import api.index")

"""The shape of the project, read from its imports."""

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
MODULES = sorted(path.relative_to(ROOT) for folder in ("api", "core") for path in (ROOT / folder).rglob("*.py"))

MAY_IMPORT = {  # room: (its floor, the rooms of the core that it may import)
    "api": (
        10,
        (
            "calendar clock config errors feeds index language log lru notify paper profiles query refresh "
            "render report search store taxonomy text"
        ),
    ),
    "cli": (
        10,
        (
            "arxiv calendar clock config errors feeds log notify paper profiles query refresh render "
            "report sample store summaries taxonomy text"
        ),
    ),
    "notify": (9, "config errors feeds log paper query render report store"),
    "refresh": (
        9,
        "arxiv calendar clock config errors index log paper profiles query store summaries taxonomy text",
    ),
    "summaries": (8, "arxiv clock config errors feeds fulltext language log paper query search store text"),
    "report": (8, "calendar config errors feeds language paper query render search taxonomy text"),
    "profiles": (
        8,
        "clock config errors feeds index language log lru paper query search store taxonomy text",
    ),
    "feeds": (7, "calendar config errors index log paper query render search store taxonomy"),
    "search": (6, "calendar errors config index language paper query taxonomy lru"),
    "fulltext": (6, "arxiv errors paper text"),
    "sample": (6, "arxiv calendar index paper store"),
    "query": (5, "config errors language paper taxonomy"),
    "arxiv": (5, "calendar clock config errors paper store taxonomy text"),
    "config": (4, "errors language taxonomy"),
    "index": (4, "errors language paper taxonomy lru text"),
    "language": (3, "errors taxonomy text"),
    "render": (3, "calendar paper taxonomy text lru"),
    "store": (3, "clock errors log lru paper"),
    "calendar": (2, ""),
    "paper": (2, "errors"),
    "taxonomy": (2, "errors"),
    "errors": (1, ""),
    "log": (1, ""),
    "clock": (1, ""),
    "text": (1, ""),
    "lru": (1, ""),
}
"""The house: a newcomer reads it from the top, an arrow never points up."""

OWNERS = {
    "feedgen": {"core/render/rss_atom.py", "core/render/feedgen_head.py"},
    "lxml": {"core/render/feedgen_head.py"},
    "redis": {"core/store/redis_connection.py"},
    "httpx": {"core/arxiv/gated_http.py", "core/cli/running_server.py", "core/profiles/zotero.py"},
    "feedparser": {"core/arxiv/rss.py"},
    "openai": {"core/summaries/service.py"},
    "httpx2": {"core/summaries/service.py", "core/summaries/response_heads.py"},
    "jinja2": {"api/templating.py"},
    "uvicorn": {"core/cli/serve.py", "core/cli/protocol.py"},
    "math_core": {"core/text/mathml.py"},
    "apprise": {"core/notify/send.py"},
}
FOLDER_OWNERS = {
    "bibtexparser": ("core/profiles",),
    "rispy": ("core/profiles",),
    "fastapi": ("api",),
    "starlette": ("api",),
    "selectolax": ("core/arxiv", "core/fulltext"),
    "pypdfium2": ("core/fulltext",),
    "nh3": ("core/summaries",),
    "markdown_it": ("core/summaries",),
    "typer": ("core/cli",),
    "rich": ("core/cli",),
}
ENVIRONMENT_READERS = {
    "core/config/read.py",
    "api/__init__.py",
}  # the second tells pydantic something, and reads nothing
FORBIDDEN_ON_REQUEST_PATH = [
    "apprise",
    "openai",
    "httpx",
    "httpx2",
    "feedparser",
    "selectolax",
    "pypdfium2",
    "nh3",
    "markdown_it",
    "typer",
    "rich",
    "jinja2",
    "bibtexparser",
    "rispy",
    "uvicorn",
    "math_core",
    "core.text.mathml",
    "core.refresh",
    "core.arxiv",
    "core.summaries",
    "core.fulltext",
    "core.cli",
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


def room_of(name: str) -> str:
    """The room of a module: ``index`` for core.index.reader, as for its path; a flat file is a room of its own."""
    parts = name.removesuffix(".py").replace("/", ".").split(".")
    return parts[0] if parts[0] == "api" else (parts[1] if len(parts) > 1 else "core")


@pytest.mark.parametrize("module", [m for m in MODULES if m.name not in ("__init__.py", "__main__.py")], ids=str)
def test_arrows_point_down(module: Path):
    """A room imports only what the table says, and the table only what stands on a floor below."""
    room = room_of(module.as_posix())
    floor, allowed = MAY_IMPORT[room]
    assert all(MAY_IMPORT[below][0] < floor for below in allowed.split()), f"{room} may import something above it"
    found = {room_of(name) for name in imports_of(module) if name.split(".")[0] in ("api", "core")}
    strangers = found - {room, *allowed.split()}
    assert not strangers, f"{module} imports {sorted(strangers)}; {room} may import {allowed or 'nothing'}"


def test_no_circles():
    """No module imports one that imports it, however long the way round."""
    known = {".".join(module.with_suffix("").parts).removesuffix(".__init__"): module for module in MODULES}
    graph = {name: {each for each in modules_imported(module) if each in known} for name, module in known.items()}
    TopologicalSorter(graph).prepare()


def modules_imported(module: Path) -> set[str]:
    """As ``imports_of``, with ``from core.store import codec`` told as ``core.store.codec``; lazy imports count too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse((ROOT / module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            modules = {name for name in inner if (ROOT / (name.replace(".", "/") + ".py")).exists()}
            found.update(modules or {node.module})
    return found


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

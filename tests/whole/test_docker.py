"""The container's files: linted, and their commands run as they stand there. No engine is needed."""

import json
import re
import shutil
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import yaml

from core.config.read import ROOT, load_config
from tests.support.command_line import environment, free_port, here
from tests.support.listening import BATCHES, listening, save

__all__ = ["here"]

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_hadolint_finds_nothing():
    command = [Path(sys.executable).with_name("hadolint"), "Dockerfile"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("", 0)


def copied() -> list[str]:
    """What the image holds of the repository."""
    found = re.findall(r"^COPY (.*) \S+$", DOCKERFILE, re.MULTILINE)
    return [name for line in found for name in line.split()]


def test_what_is_copied_is_enough_to_run(tmp_path: Path):
    """And .dockerignore lets just that through; nobody is root in there."""
    for name in copied():
        source = ROOT / name
        shutil.copytree(source, tmp_path / name) if source.is_dir() else shutil.copy(source, tmp_path)
    command = json.loads(re.search(r"^CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)[1])
    assert command == ["python", "-m", "core", "serve"]
    done = subprocess.run(
        [sys.executable, *command[1:], "--help"], cwd=tmp_path, env=environment(), capture_output=True, check=False
    )
    assert done.returncode == 0
    allowed = re.findall(r"^!(.*)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    assert sorted(allowed) == sorted(copied())
    assert re.search(r"^USER (?!root)", DOCKERFILE, re.MULTILINE)


async def test_the_health_check_sees_a_server_and_its_absence(tmp_path: Path):
    """Its command as it stands, but for the port."""
    check = json.loads(re.search(r'CMD (\["python", "-c".*\])', DOCKERFILE)[1])
    await save(tmp_path, BATCHES)
    with listening(tmp_path) as base:
        assert subprocess.run([sys.executable, "-c", asked(check[2], base)], check=False).returncode == 0
    gone = asked(check[2], f"http://127.0.0.1:{free_port()}")
    assert subprocess.run([sys.executable, "-c", gone], check=False, capture_output=True).returncode != 0


def asked(code: str, base: str) -> str:
    host, port = "'127.0.0.1'", "8000"
    assert f"{host}, {port}" in code
    return code.replace(f"{host}, {port}", f"{host}, {base.rpartition(':')[2]}")


def test_compose_sets_only_variables_that_are_known():
    """And a Redis address that is accepted, with a store that waits until it is there."""
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    variables = services["paperfeed"]["environment"]
    defaults = {name: re.sub(r"\$\{\w+:-(.*)\}", r"\1", value) for name, value in variables.items()}
    config = load_config(ROOT / "config.json", defaults)
    assert config.environment.store_url == "redis://valkey:6379/0"
    assert config.environment.base_url == "http://localhost:8000"
    documented = (ROOT / "docs" / "configuration.md").read_text()
    assert all(f"`{name}`" in documented for name in variables)
    assert services["paperfeed"]["depends_on"]["valkey"]["condition"] == "service_healthy"


def test_the_systemd_unit_says_what_it_needs():
    """The unit of docs/self-host.md: sections and keys that systemd knows, the command that is tested, no root."""
    text = (ROOT / "docs" / "self-host.md").read_text(encoding="utf-8")
    unit = ConfigParser(interpolation=None)
    unit.optionxform = str
    unit.read_string(re.search(r"```ini\n(.*?)```", text, re.DOTALL)[1])
    assert unit.sections() == ["Unit", "Service", "Install"]
    service = dict(unit["Service"])
    assert service["ExecStart"] == "/opt/paperfeed/paperfeed serve"
    assert service["User"] not in ("", "root")
    known = {
        "User", "WorkingDirectory", "EnvironmentFile", "ExecStart", "Restart", "RestartSec", "KillSignal",
        "NoNewPrivileges", "ProtectSystem", "ProtectHome", "PrivateTmp", "ReadWritePaths",
    }  # fmt: skip
    assert set(service) <= known

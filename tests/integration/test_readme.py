"""What the README tells a newcomer to type, typed."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from router.embedded import EmbeddedKafka
from tests.faults.router_process import RouterProcess

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
PATIENCE_S = 30.0


def block_with(language: str, words: str) -> str:
    blocks: list[str] = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    return next(block for block in blocks if words in block)


def until(there: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not there():
        assert time.monotonic() < deadline, "what the README promises does not come"


def test_a_newcomer_puts_an_event_and_reads_the_decision(
    kafka: EmbeddedKafka, tmp_path: Path
) -> None:
    settings = {
        "CONTACT_ROUTER_KAFKA__BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
        "CONTACT_ROUTER_TOPICS__PREFIX": "readme.",
        "CONTACT_ROUTER_GROUP": "readme",
        "CONTACT_ROUTER_HTTP__PORT": "0",
    }

    def shell(commands: str) -> str:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands],
            cwd=ROOT,
            env={
                **os.environ,
                **settings,
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    first = block_with("sh", "kafka start")
    assert "contact-router topics create" in first
    assert "contact-router run --rules config/rules-tiny.yaml" in first
    shell("contact-router topics create")
    rules = {"CONTACT_ROUTER_RULES__PATH": str(ROOT / "config/rules-tiny.yaml")}
    router = RouterProcess("readme", settings={**settings, **rules}, folder=tmp_path)
    router.start()
    try:
        router.wait_ready()
        second = block_with("sh", "topics put agents")
        said: list[str] = shell(second).splitlines()
        decisions = [json.loads(line) for line in said if line.startswith("{")]

        def read_again() -> bool:
            decisions[:] = map(
                json.loads, shell("contact-router topics read assignments").split("\n")[:-1]
            )
            return len(decisions) == 2

        until(read_again)
        assert [each["type"] for each in decisions] == [
            "conversation.queued",
            "conversation.assigned",
        ]
        assert decisions[1]["data"]["agent"] == "ana"
        assert "why" in decisions[1]["data"]
        shell(nonsense := block_with("sh", "echo nonsense"))
        until(lambda: "not_json" in shell(nonsense.splitlines()[-1]))
    finally:
        assert router.stop() == 0


def test_the_engine_is_a_library_in_ten_lines() -> None:
    snippet = block_with("python", "Engine(load(")
    done = subprocess.run(
        [sys.executable, "-c", snippet],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "ConversationQueued" in done.stdout
    assert "agent='ana'" in done.stdout

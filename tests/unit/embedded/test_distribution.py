"""Java and Kafka's jars are found, fetched once, or their absence is explained."""

import subprocess
import sys
from pathlib import Path

import pytest

from router.embedded import KafkaUnavailableError
from router.embedded.distribution import KAFKA_VERSION, fetch_jars, find_java

FETCHING_MAVEN = f"""\
import pathlib, sys
here = pathlib.Path(sys.argv[0]).parent
(here / "calls").open("a").write("fetched\\n")
[folder] = [word.partition("=")[2] for word in sys.argv if word.startswith("-DoutputDirectory=")]
pathlib.Path(folder).mkdir()
(pathlib.Path(folder) / "kafka_2.13-{KAFKA_VERSION}.jar").touch()
"""

FAILING_MAVEN = """\
import pathlib, sys
[folder] = [word.partition("=")[2] for word in sys.argv if word.startswith("-DoutputDirectory=")]
pathlib.Path(folder).mkdir()
(pathlib.Path(folder) / "half-a.jar").touch()
print("[ERROR] no route to the repository")
sys.exit(1)
"""


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is all of PATH, no JAVA_HOME, and an empty cache."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return folder


def install(program: Path, script: str) -> Path:
    """Put a small Python program where a real one would be."""
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(f"#!{sys.executable}\n{script}")
    program.chmod(0o755)
    return program


def java(version: str) -> str:
    """Script of a Java that tells its version as the real one does."""
    return f"import sys\nprint('openjdk version \"{version}\" 2025-04-15', file=sys.stderr)\n"


def test_without_java_the_ways_out_are_named(programs: Path) -> None:
    with pytest.raises(KafkaUnavailableError) as refused:
        find_java()

    text = str(refused.value)
    assert "needs Java 17 or newer: none in JAVA_HOME or on PATH" in text
    assert "apt install openjdk-17-jdk-headless maven" in text
    assert "CONTACT_ROUTER_KAFKA__BOOTSTRAP_SERVERS=host:9092" in text
    assert "deploy/compose.yaml" in text


@pytest.mark.parametrize(("version", "major"), [("11.0.22", 11), ("1.8.0_392", 8)])
def test_an_old_java_is_named_and_refused(programs: Path, version: str, major: int) -> None:
    old = install(programs / "java", java(version))

    with pytest.raises(KafkaUnavailableError, match=f"{old} is Java {major}\\."):
        find_java()


def test_a_java_that_does_not_run_is_named_and_refused(programs: Path) -> None:
    broken = install(programs / "java", "import sys\nsys.exit(1)\n")

    with pytest.raises(KafkaUnavailableError, match=f"{broken} is not usable"):
        find_java()


def test_java_home_comes_before_path(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(programs / "java", java("17.0.15"))
    home = install(tmp_path / "jdk" / "bin" / "java", java("21.0.1"))
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "jdk"))

    assert find_java() == home


def test_an_old_java_home_does_not_hide_a_good_java(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = install(programs / "java", java("17.0.15"))
    install(tmp_path / "jdk" / "bin" / "java", java("11.0.22"))
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "jdk"))

    assert find_java() == good


def test_without_maven_the_ways_out_are_named(programs: Path) -> None:
    with pytest.raises(KafkaUnavailableError) as refused:
        fetch_jars()

    text = str(refused.value)
    assert "there is no mvn on PATH" in text
    assert "apt install openjdk-17-jdk-headless maven" in text
    assert "CONTACT_ROUTER_KAFKA__BOOTSTRAP_SERVERS=host:9092" in text


def test_a_fetched_kafka_needs_no_maven(programs: Path) -> None:
    maven = install(programs / "mvn", FETCHING_MAVEN)
    first = fetch_jars()
    maven.unlink()

    assert fetch_jars() == first
    assert (first / f"kafka_2.13-{KAFKA_VERSION}.jar").is_file()


def test_a_failed_fetch_leaves_nothing_and_says_why(programs: Path, tmp_path: Path) -> None:
    install(programs / "mvn", FAILING_MAVEN)

    with pytest.raises(KafkaUnavailableError, match="no route to the repository"):
        fetch_jars()

    left = [path.name for path in (tmp_path / "cache" / "contact-router").iterdir()]
    assert left == [f"kafka-{KAFKA_VERSION}.lock"]


def test_a_failed_fetch_is_made_good_by_the_next(programs: Path) -> None:
    install(programs / "mvn", FAILING_MAVEN)
    with pytest.raises(KafkaUnavailableError):
        fetch_jars()
    install(programs / "mvn", FETCHING_MAVEN)

    assert [jar.name for jar in fetch_jars().iterdir()] == [f"kafka_2.13-{KAFKA_VERSION}.jar"]


def test_processes_that_fetch_at_once_fetch_once(programs: Path) -> None:
    install(programs / "mvn", FETCHING_MAVEN)
    script = "from router.embedded.distribution import fetch_jars; print(fetch_jars())"

    runs = [
        subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    folders = {run.communicate(timeout=60)[0] for run in runs}

    assert [run.returncode for run in runs] == [0, 0, 0, 0]
    assert len(folders) == 1
    assert (programs / "calls").read_text() == "fetched\n"

"""Find Java, and Apache Kafka's own jars, for a broker on this machine.

The jars are fetched once with Maven from wherever the user's Maven fetches (43 MB), into the user's
cache folder, and shared by every later run. Promises: a cache folder is complete or absent, however
many processes fetch at once and whenever one is interrupted; the user's own Maven settings are
respected. Will not install Java or Maven: it says how to.
"""

import fcntl
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from router.embedded.errors import KafkaUnavailableError

KAFKA_VERSION: Final = "4.1.1"
OLDEST_JAVA: Final = 17
FETCH_TIMEOUT_S: Final = 600

POM: Final = f"""\
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>contact-router</groupId>
  <artifactId>embedded-kafka</artifactId>
  <version>{KAFKA_VERSION}</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>{KAFKA_VERSION}</version>
    </dependency>
    <!-- Kafka logs through slf4j; without this binding a broker that fails says nothing. -->
    <dependency>
      <groupId>org.apache.logging.log4j</groupId>
      <artifactId>log4j-slf4j-impl</artifactId>
      <version>2.24.3</version>
    </dependency>
  </dependencies>
</project>
"""


def find_java() -> Path:
    """Return the first Java of version 17 or newer, from `JAVA_HOME`, then from `PATH`.

    Raises `KafkaUnavailableError`, naming the older ones it saw, where there is none.
    """
    candidates = []
    if home := os.environ.get("JAVA_HOME"):
        candidates.append(Path(home) / "bin" / "java")
    if on_path := shutil.which("java"):
        candidates.append(Path(on_path))
    seen = []
    for java in candidates:
        version = _java_version(java)
        if version is not None and version >= OLDEST_JAVA:
            return java
        seen.append(f"{java} is " + ("not usable" if version is None else f"Java {version}"))
    found = "; ".join(seen) or "none in JAVA_HOME or on PATH"
    raise KafkaUnavailableError.missing(
        f"Apache Kafka {KAFKA_VERSION} needs Java {OLDEST_JAVA} or newer: {found}."
    )


def fetch_jars() -> Path:
    """Return the folder of Kafka's jars, fetching them with Maven where they are not there yet.

    The folder is `contact-router/kafka-<version>` under `XDG_CACHE_HOME` (default `~/.cache`).
    Takes seconds the first time, nothing later. Raises `KafkaUnavailableError` where Maven is
    missing or fails.
    """
    cache = _cache_folder()
    jars = cache / f"kafka-{KAFKA_VERSION}"
    if jars.is_dir():
        return jars
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / f"kafka-{KAFKA_VERSION}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # Another process may have fetched them while this one waited for the lock.
        if not jars.is_dir():
            _fetch_into(jars)
    return jars


def _cache_folder() -> Path:
    configured = os.environ.get("XDG_CACHE_HOME")
    return (Path(configured) if configured else Path.home() / ".cache") / "contact-router"


def _fetch_into(jars: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise KafkaUnavailableError.missing(
            f"Apache Kafka {KAFKA_VERSION} is fetched with Maven, and there is no mvn on PATH."
        )
    with tempfile.TemporaryDirectory(prefix="fetch-", dir=jars.parent) as scratch:
        project = Path(scratch) / "project"
        project.mkdir()
        (project / "pom.xml").write_text(POM)
        fetched = Path(scratch) / "jars"
        command = [
            *(maven, "--batch-mode", "--quiet", "-Dstyle.color=never"),
            *("dependency:copy-dependencies", "-DincludeScope=runtime"),
            f"-DoutputDirectory={fetched}",
        ]
        try:
            run = subprocess.run(
                command,
                cwd=project,
                capture_output=True,
                text=True,
                timeout=FETCH_TIMEOUT_S,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise KafkaUnavailableError.missing(
                f"Maven did not fetch Apache Kafka within {FETCH_TIMEOUT_S} s."
            ) from error
        if run.returncode != 0 or not (fetched / f"kafka_2.13-{KAFKA_VERSION}.jar").is_file():
            said = "\n".join((run.stdout + run.stderr).strip().splitlines()[:12])
            raise KafkaUnavailableError.missing(
                f"Maven could not fetch Apache Kafka {KAFKA_VERSION}:\n{said}"
            )
        fetched.rename(jars)


def _java_version(java: Path) -> int | None:
    try:
        run = subprocess.run(
            [java, "-version"], capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    # `openjdk version "17.0.15" 2025-04-15`, or `"1.8.0_392"` before Java 9.
    found = re.search(r'version "(?:1\.)?(\d+)', run.stderr + run.stdout)
    return int(found.group(1)) if found and run.returncode == 0 else None

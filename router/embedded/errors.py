"""Say why a local Kafka cannot be had, and what to do instead."""

from typing import Final

WAYS_OUT: Final = """\
What you can do:
- install what is missing
    Debian, Ubuntu:  apt install openjdk-17-jdk-headless maven
    macOS:           brew install openjdk@17 maven
- or use a broker that already runs:
    CONTACT_ROUTER_KAFKA__BOOTSTRAP_SERVERS=host:9092
- or start one in a container:
    docker compose -f deploy/compose.yaml up -d kafka"""


class KafkaUnavailableError(Exception):
    """Tell that a local Kafka could not be fetched, started or kept; the text is for people."""

    @classmethod
    def missing(cls, what: str) -> "KafkaUnavailableError":
        """Build the error for a program that is not installed, with the ways out."""
        return cls(f"{what}\n{WAYS_OUT}")

"""The two ways a CloudEvent travels in a Kafka record: whole in the value, or split over headers.

Structured mode is what a content type of CloudEvents says, or a record without CloudEvents headers
(a console producer writes none). Binary mode has its attributes in ``ce_`` headers and its data in
the value. Reads headers only; whether attributes are right is for the readings to say.

Source: CloudEvents 1.0, Kafka protocol binding.
"""

from collections.abc import Sequence
from typing import Final

RecordHeaders = Sequence[tuple[str, bytes | None]]

PREFIX: Final = "ce_"
CONTENT_TYPE: Final = "content-type"
_CLOUDEVENTS: Final = b"application/cloudevents"


def is_binary(headers: RecordHeaders) -> bool:
    """Tell whether the attributes are in the headers; a structured content type wins."""
    for name, _ in headers:
        if name == "ce_specversion":
            return not any(
                name.lower() == CONTENT_TYPE and (value or b"").lower().startswith(_CLOUDEVENTS)
                for name, value in headers
            )
    return False


def attributes(headers: RecordHeaders) -> dict[str, object]:
    """Give the attributes in the headers by name; one that is not UTF-8 stays bytes.

    The last of two headers with the same name counts, as in a JSON object.
    """
    found: dict[str, object] = {}
    for name, value in headers:
        if not name.startswith(PREFIX):
            continue
        try:
            found[name[len(PREFIX) :]] = None if value is None else value.decode("utf-8")
        except UnicodeDecodeError:
            found[name[len(PREFIX) :]] = value
    return found


def holds_json(headers: RecordHeaders) -> bool:
    """Tell whether the content type of a binary event is JSON; it is where there is none."""
    media = b"application/json"
    for name, value in headers:
        if name.lower() == CONTENT_TYPE:
            media = (value or b"").partition(b";")[0].strip().lower()
    return media.endswith((b"/json", b"+json"))

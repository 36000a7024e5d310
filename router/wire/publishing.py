"""The files of the contract: which there are, what each must say, and whether a folder has them.

Promises that writing twice changes nothing, and never to touch a file that is not a document of
the contract's own.
"""

from functools import cache
from pathlib import Path
from types import MappingProxyType

from router.wire import asyncapi
from router.wire.schemas import publications, schema_of, text_of


@cache
def documents() -> MappingProxyType[str, str]:
    """Give every document by the name of its file: the schemas, then the AsyncAPI document."""
    events = publications()
    texts = {f"{event.name}.json": text_of(schema_of(event)) for event in events}
    texts["asyncapi.json"] = text_of(asyncapi.document(events))
    return MappingProxyType(texts)


def difference(folder: Path) -> dict[str, list[str]]:
    """Name the files of a folder that are missing, stale, or no document of the contract."""
    expected = documents()
    present = {path.name for path in folder.glob("*.json")}
    return {
        "missing": [file for file in expected if file not in present],
        "stale": [
            file
            for file, text in expected.items()
            if file in present and (folder / file).read_text(encoding="utf-8") != text
        ],
        "unknown": sorted(present - set(expected)),
    }


def write(folder: Path) -> list[str]:
    """Bring a folder up to date and name the files that changed; unknown files are left alone."""
    found = difference(folder)
    changed = [*found["missing"], *found["stale"]]
    folder.mkdir(parents=True, exist_ok=True)
    for file in changed:
        (folder / file).write_text(documents()[file], encoding="utf-8")
    return changed

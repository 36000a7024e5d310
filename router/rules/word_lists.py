"""Read word lists: words and phrases that rules listen for, written in files of their own.

``word_lists: {anger: words/anger.txt, leaving: ["résili*", "préavis"]}`` names a list that
conditions speak of as ``word_lists.anger``. A file has one word or phrase a line; empty lines, and
what follows ``#``, are passed over. It lies in the folder ``words`` beside the rule file that names
it, and nowhere else: rules read no other file, and who follows the rules knows what to follow. What
is wrong in a list is told at its own line.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from router.rules.problems import Place, Problems, shown
from router.rules.source import (
    MAX_BYTES,
    Node,
    Scalar,
    Sequence,
    decoded,
    plain,
    read_bounded,
)
from router.rules.source import Mapping as MappingNode
from router.rules.words import folded, phrase_trouble, unmarked

FOLDER: Final = "words"
MAX_LIST: Final = 2_000
"""Words and phrases of one list."""
_NAME = re.compile(rf"{FOLDER}/[^/\\.][^/\\]*\.txt")


def list_files(folder: Path) -> list[Path]:
    """Give the files that may be word lists of the rules in a folder, whether named there or not."""
    return sorted((folder / FOLDER).glob("*.txt"))


def read_lists(
    tree: MappingNode, *, on_disk: bool, problems: Problems
) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """Read the word lists that a rule set names; give them, and the texts of the files read.

    A list that cannot be read is reported and empty. ``on_disk`` False: the rules are no file, and
    lists must be written out in them.
    """
    section = tree.get("word_lists")
    lists: dict[str, tuple[str, ...]] = {}
    texts: list[str] = []
    for name, entry in section.entries.items() if isinstance(section, MappingNode) else ():
        phrases = _phrases(entry.value, on_disk=on_disk, texts=texts, problems=problems)
        lists[name] = tuple(_checked(phrases, problems=problems))
        if len(lists[name]) > MAX_LIST:
            problems.error(entry.value.place, f"more than {MAX_LIST} words in the list `{name}`")
    return lists, texts


def _phrases(
    node: Node, *, on_disk: bool, texts: list[str], problems: Problems
) -> list[tuple[Place, object]]:
    match node:
        case Scalar(value=str(name)) if _NAME.fullmatch(name):
            if not on_disk:
                problems.error(
                    node.place,
                    f"`{name}` cannot be read: these rules are not in a file",
                    "write the words out: `[one, two words]`",
                )
                return []
            return _lines(name, node.place, texts=texts, problems=problems)
        case Sequence(items=items) if items:
            return [(each.place, plain(each)) for each in items]
        case _:
            problems.error(
                node.place,
                f"{shown(plain(node))} is no list of words",
                f"`[one, two words]`, or a file in the folder `{FOLDER}`: `{FOLDER}/anger.txt`",
            )
            return []


def _lines(
    name: str, place: Place, *, texts: list[str], problems: Problems
) -> list[tuple[Place, object]]:
    path = Path(place.file).parent / name
    try:
        content = read_bounded(path)
    except OSError as error:
        why = error.strerror or str(error)
        problems.error(
            place, f"the word list `{name}` cannot be read: {why}", "it lies beside this file"
        )
        return []
    if len(content) > MAX_BYTES:
        problems.error(place, f"the word list `{name}` is larger than {MAX_BYTES // 1024} KiB")
        return []
    text = decoded(content, str(path), problems=problems)
    if text is None:
        return []
    texts.append(text)
    lines = [(n, each.partition("#")[0].strip()) for n, each in enumerate(text.splitlines(), 1)]
    found: list[tuple[Place, object]] = [(Place(str(path), n), each) for n, each in lines if each]
    if not found:
        problems.error(place, f"the word list `{name}` is empty", "one word or phrase a line")
    return found


def _checked(phrases: Iterable[tuple[Place, object]], *, problems: Problems) -> Iterator[str]:
    seen: dict[str, Place] = {}
    for place, phrase in phrases:
        trouble = phrase_trouble(phrase) if isinstance(phrase, str) else "a word is a text"
        if trouble or not isinstance(phrase, str):
            problems.error(place, f"{shown(phrase)} cannot be looked for: {trouble}")
            continue
        form = f"{' '.join(folded(phrase))}{'*' if phrase.endswith('*') else ''}"
        first = seen.setdefault(form, place)
        if first is place:
            _warn_of_a_letter(place, phrase, problems=problems)
            yield phrase
        else:
            problems.warning(place, f"`{phrase}` is in the list already", f"line {first.line}")


def _warn_of_a_letter(place: Place, phrase: str, *, problems: Problems) -> None:
    """Warn of what loses its sign and keeps one letter: that is a word of its own in many texts."""
    words = folded(phrase)
    if len(words) == 1 and len(words[0]) == 1 and unmarked(phrase).strip() != words[0]:
        problems.warning(
            place,
            f"`{phrase}` is heard as the word `{words[0]}`, wherever that stands (`{words[0]}'...`)",
            "write more of it, such as the word beside it, or take it out",
        )

"""Word lists have files of their own, beside the rules; what is wrong in one is told at its line."""

from pathlib import Path

import pytest

from router.model.policy import Facts
from router.rules import RulesError, load, loads
from router.rules.writing import yaml_text

RULES = """\
version: 1
channels: {chat: {}}
topics: [angry]
word_lists: {anger: words/anger.txt}
qualification:
  - {name: angry, when: text.mentions(word_lists.anger), set: {topic: angry}}
queues: {all: {takes: true}}
"""


def centre(folder: Path, words: str | None = "avocat\n", rules: str = RULES) -> Path:
    (folder / "words").mkdir()
    (folder / "centre.yaml").write_text(rules, encoding="utf-8")
    if words is not None:
        (folder / "words" / "anger.txt").write_text(words, encoding="utf-8")
    return folder


def told(folder: Path) -> list[str]:
    with pytest.raises(RulesError) as refused:
        load(folder)
    return [
        f"{Path(each.file).name}:{each.line}:{each.column} {each.message}"
        for each in refused.value.problems
    ]


def test_a_list_is_read_line_by_line(tmp_path: Path) -> None:
    words = "\ufeff# Angry customers\n\nréclamation*   # a word and its endings\ntiers payant\n"
    (rules,) = load(centre(tmp_path, words)).sets
    assert rules.vocabulary.word_lists == {"anger": ("réclamation*", "tiers payant")}
    qualify = rules.policy.qualifier.qualify
    assert qualify(Facts(channel="chat", text="le TIERS-PAYANT !")).topic == "angry"
    assert qualify(Facts(channel="chat", text="le tiers")).topic is None


def test_it_is_found_from_the_folder_and_from_the_file(tmp_path: Path) -> None:
    folder = centre(tmp_path)
    one, other = load(folder).policies[0], load(folder / "centre.yaml").policies[0]
    assert (one.version, one.files) == (other.version, other.files)


def test_other_words_are_another_text_and_another_meaning(tmp_path: Path) -> None:
    before = load(centre(tmp_path)).policies[0]
    (tmp_path / "words" / "anger.txt").write_text("# a remark\navocat\n", encoding="utf-8")
    remark = load(tmp_path).policies[0]
    (tmp_path / "words" / "anger.txt").write_text("avocats\n", encoding="utf-8")
    after = load(tmp_path).policies[0]
    assert before.version == remark.version != after.version
    assert len({before.files, remark.files, after.files}) == 3


def test_what_is_shown_needs_no_file(tmp_path: Path) -> None:
    (rules,) = load(centre(tmp_path)).sets
    assert loads(yaml_text(rules.document)).policies[0].version == rules.policy.version


def test_a_missing_file_is_told_where_it_is_named(tmp_path: Path) -> None:
    (found,) = told(centre(tmp_path, words=None))
    assert found == (
        "centre.yaml:4:21 the word list `words/anger.txt` cannot be read: No such file or directory"
    )


def test_what_is_wrong_in_a_list_is_told_at_its_line(tmp_path: Path) -> None:
    assert told(centre(tmp_path, "avocat\n!!\nré*cl\n")) == [
        "anger.txt:2:1 `!!` cannot be looked for: no letter and no digit",
        "anger.txt:3:1 `ré*cl` cannot be looked for: `*` stands at the end only",
    ]


def test_a_list_without_words_is_none(tmp_path: Path) -> None:
    (found,) = told(centre(tmp_path, "# nothing yet\n"))
    assert found == "centre.yaml:4:21 the word list `words/anger.txt` is empty"


def test_a_list_that_is_no_text_is_told(tmp_path: Path) -> None:
    folder = centre(tmp_path)
    (folder / "words" / "anger.txt").write_bytes(b"r\xe9clamation\n")
    assert told(folder) == ["anger.txt:1:2 not UTF-8 text"]


def test_a_list_is_too_large_by_its_bytes(tmp_path: Path) -> None:
    words = (f"été{number}" for number in range(120_000))
    (found,) = told(centre(tmp_path, "\n".join(words)))
    assert found == "centre.yaml:4:21 the word list `words/anger.txt` is larger than 1024 KiB"


def test_a_word_that_is_there_twice_is_doubtful(tmp_path: Path) -> None:
    (found,) = load(centre(tmp_path, "avocat\navocats\nAvocat\n")).warnings
    assert (Path(found.file).name, found.line) == ("anger.txt", 3)
    assert (found.message, found.suggestion) == ("`Avocat` is in the list already", "line 1")


@pytest.mark.parametrize(
    "name",
    ["../anger.txt", "/etc/passwd", "anger.txt", "words/.x.txt", "words/a/b.txt", "words/a.md"],
)
def test_a_list_lies_beside_the_rules(tmp_path: Path, name: str) -> None:
    (found,) = told(centre(tmp_path, rules=RULES.replace("words/anger.txt", name)))
    assert found.endswith(f"`{name}` is no list of words")


def test_too_many_words_are_refused(tmp_path: Path) -> None:
    words = "\n".join(f"mot{n}" for n in range(2_001))
    assert told(centre(tmp_path, words)) == [
        "centre.yaml:4:21 more than 2000 words in the list `anger`"
    ]


def test_rules_in_a_text_have_their_words_in_it() -> None:
    with pytest.raises(RulesError) as refused:
        loads(RULES)
    (found,) = refused.value.problems
    assert found.message == "`words/anger.txt` cannot be read: these rules are not in a file"
    assert loads(RULES.replace("words/anger.txt", "[avocat]")).warnings == ()


def test_a_sign_that_leaves_one_letter_is_doubtful(tmp_path: Path) -> None:
    found = load(centre(tmp_path, "n°\n5€\nn° de contrat\na\né\nc'est\n")).warnings
    assert [(Path(each.file).name, each.line, each.message) for each in found] == [
        ("anger.txt", 1, "`n°` is heard as the word `n`, wherever that stands (`n'...`)"),
        ("anger.txt", 2, "`5€` is heard as the word `5`, wherever that stands (`5'...`)"),
    ]

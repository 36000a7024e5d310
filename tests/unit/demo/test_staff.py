from collections import Counter

from router.demo.staff import EARLY, LATE, SENIORS, TEAMS, staff
from router.demo.wishes import WISHES
from router.rules import load
from tests.unit.demo.in_memory import RULES


def test_every_team_is_there_with_people_who_know_all_of_its_work() -> None:
    people = staff(1, visits_per_second=55)

    assert 120 < len(people) < 200
    for team in TEAMS:
        members = [each for each in people if each.team == team.name]
        knowing = [each for each in members if each.profile["skills"][team.core[0]] == 3]
        assert len(knowing) >= SENIORS
        assert {each.shift for each in members} == {EARLY, LATE}
        assert {"fr", "en", "es"} <= {each for one in knowing for each in one.profile["languages"]}


def test_ids_are_unique_and_a_small_centre_has_its_seniors() -> None:
    people = staff(1, visits_per_second=1)

    assert len({each.id for each in people}) == len(people)
    assert Counter(each.team for each in people) == {team.name: SENIORS for team in TEAMS}


def test_people_are_what_the_rules_of_the_centre_speak_of() -> None:
    rules = load(RULES)
    document = rules.sets[0].document
    for person in staff(2, visits_per_second=55):
        assert person.profile["skills"].keys() <= document["skills"].keys()
        assert person.profile["channels"].keys() <= document["channels"].keys()
        is_partner = document["teams"][person.team]["partner"]
        assert is_partner == (person.profile["partner"] is not None)


def test_only_the_partner_leaves_letters_to_others() -> None:
    for person in staff(3, visits_per_second=55):
        assert ("email" in person.profile["channels"]) == (person.team != "partner_lyon")


def test_what_customers_want_adds_up_to_all_of_them() -> None:
    assert sum(wish.weight for wish in WISHES) == 100

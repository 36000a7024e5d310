"""A scenario goes as the router would: at its times, by its timers, with what people do."""

from pathlib import Path

from tests.unit.scenarios.playing import play, went

ASKS = "conversation: {id: c1, channel: chat, topic: contracts}"
CALLS = "conversation: {id: c1, channel: voice, topic: contracts}"


def test_what_was_expected_happened(tmp_path: Path) -> None:
    steps = (
        f"- {ASKS}\n  expect: [{{queued: c1, in: contracts, place: 1}}, {{assigned: c1, to: ana}}]"
    )
    assert went(tmp_path, steps) == ""


def test_what_was_expected_did_not_happen(tmp_path: Path) -> None:
    steps = f"- {ASKS}\n  expect: {{assigned: c1, to: ana, score: 7}}"
    assert went(tmp_path, steps).splitlines() == [
        "step 1, line 6, at 0:00",
        "    expected                           decided",
        "                                       queued: c1, in: contracts, place: 1",
        "  ✗ assigned: c1, to: ana, score: 7    assigned: c1, to: ana, score: 0",
        "  who could have had c1",
        "    ana    assigned to this agent",
    ]


def test_decisions_are_expected_in_their_order(tmp_path: Path) -> None:
    assert went(tmp_path, f"- {ASKS}\n  expect: [{{assigned: c1}}, {{queued: c1}}]") != ""


def test_nothing_and_nothing_else_are_meant(tmp_path: Path) -> None:
    assert went(tmp_path, f"- {ASKS}\n  expect: nothing") != ""
    assert went(tmp_path, f"- {ASKS}\n  expect: [{{queued: c1}}, nothing else]") != ""
    assert (
        went(tmp_path, f"- {ASKS}\n  expect: [{{queued: c1}}, {{assigned: c1}}, nothing else]")
        == ""
    )
    assert went(tmp_path, f"- {ASKS}\n- after: 1h\n  expect: nothing") == ""


def test_timers_between_two_steps_count_for_the_second(tmp_path: Path) -> None:
    steps = f"""
    - {CALLS}
      expect: {{offered: c1, to: ana, expires: 15s}}
    - after: 14999ms
      expect: nothing
    - after: 1ms
      expect: [{{expired: c1, from: ana, because: offer_expires}}, {{suspended: ana, reason: no_answer}}]
    - after: 5m
      expect: [{{released: ana, reason: time}}, {{offered: c1, attempt: 2, waited: 315s}}]
    """
    assert went(tmp_path, steps) == ""


def test_an_answer_is_to_the_last_offer_made(tmp_path: Path) -> None:
    steps = f"""
    - {CALLS}
    - accept: c1
      expect: {{assigned: c1, to: ana}}
    - accept: c1
      expect: {{refused: c1, reason: stale_offer}}
    - after: 90s
      end: c1
      expect: {{closed: c1, from: ana, handled: 90s}}
    """
    assert went(tmp_path, steps) == ""


def test_desktops_are_heard_until_one_falls_silent(tmp_path: Path) -> None:
    steps = """
    - after: 2h
      expect: nothing
    - silent: ana
    - after: 44999ms
      expect: nothing
    - after: 1ms
      expect: {suspended: ana, reason: lease_expired}
    - heartbeat: ana
      expect: {released: ana, reason: heartbeat}
    - after: 1h
      expect: nothing
    """
    assert went(tmp_path, steps) == ""


def test_how_a_conversation_waits_and_why_not(tmp_path: Path) -> None:
    steps = """
    - conversation: {id: c1, channel: chat, topic: contracts, level: 3}
      expect:
        - {waits: c1, in: contracts, place: 1, passed_over: {ana: level}, would_help: ask_less}
    """
    assert went(tmp_path, steps) == ""
    assert "passed_over: {ana: level}" in went(tmp_path, steps.replace("ana: level", "ana: skill"))
    assert "would_help: ask_less" in went(tmp_path, steps.replace("ask_less", "learn"))
    assert "c1 does not wait" in went(tmp_path, steps.replace("level: 3", "level: 2"))


def test_the_others_were_passed_over_for_a_reason(tmp_path: Path) -> None:
    agents = "[{id: ana, idle: 5m, skills: {contracts: 1}}, {id: bob, skills: {contracts: 1}}]"
    steps = f"- {ASKS}\n  expect: {{assigned: c1, to: ana, passed_over: {{bob: other_better}}}}"
    assert went(tmp_path, steps, agents) == ""
    assert went(tmp_path, steps.replace("other_better", "barred"), agents) != ""


def test_a_command_is_answered_about_whom_it_names(tmp_path: Path) -> None:
    steps = f"""
    - command: {{pause_queue: contracts}}
      expect: {{applied: contracts}}
    - {ASKS}
      expect: {{waits: c1, passed_over: {{ana: queue_paused}}, would_help: resume_queue}}
    - command: {{close: c1, without: reason}}
      expect: {{refused: c1, reason: missing_reason}}
    - command: {{resume_queue: contracts}}
      expect: [{{applied: contracts}}, {{assigned: c1, to: ana}}, nothing else]
    """
    assert went(tmp_path, steps) == ""


def test_what_is_offered_instead_and_when_the_customer_is_called_back(tmp_path: Path) -> None:
    steps = """
    - conversation: {id: c1, channel: chat, topic: advice}
      expect: {deflected: c1, kind: channel, to: voice, trigger: share}
    - take_instead: c1
      expect: [{deflection_accepted: c1}, {closed: c1, reason: deflected}, nothing else]
    - conversation: {id: c2, channel: voice, topic: advice}
      expect: {deflected: c2, kind: callback}
    - take_instead: {conversation: c2, callback_at: 2026-03-02 11:00 Europe/Paris}
      expect: {deflection_accepted: c2, callback_at: 2026-03-02T11:00:00+01:00}
    """
    assert went(tmp_path, steps) == ""
    assert "to: chat" in went(tmp_path, steps.replace("to: voice", "to: chat"))
    assert "callback_at: 2026-03-02T10:00:00.000Z" in went(
        tmp_path, steps.replace("11:00:00+01:00", "11:00:00+02:00")
    )
    said = went(
        tmp_path,
        steps.replace(
            "deflection_accepted: c1",
            "deflection_accepted: c1, callback_at: 2026-03-02T11:00:00+01:00",
        ),
    )
    assert "✗ deflection_accepted: c1, callback_at: 2026-03-02T10:00:00.000Z" in said


def test_an_event_that_comes_twice_is_refused(tmp_path: Path) -> None:
    steps = f"""
    - {ASKS}
      event: e1
    - {ASKS}
      event: e1
      expect: {{refused: c1, reason: duplicate}}
    """
    assert went(tmp_path, steps) == ""


def test_a_profile_changes_by_what_is_said_of_it(tmp_path: Path) -> None:
    steps = """
    - conversation: {id: c1, channel: chat, topic: contracts, level: 3}
      expect: {waits: c1}
    - agent: {id: ana, skills: {contracts: 3}}
      expect: {assigned: c1, to: ana}
    - agent: {id: eve, skills: {contracts: 3}}
    - conversation: {id: c2, channel: chat, topic: contracts, level: 3}
      expect: {assigned: c2, to: eve}
    """
    assert went(tmp_path, steps, "[{id: ana, skills: {contracts: 1}, channels: {chat: 1}}]") == ""


def test_a_scenario_ends_with_its_first_surprise(tmp_path: Path) -> None:
    (result,) = play(
        tmp_path,
        f"""
        scenarios:
          - name: a story
            steps:
              - {ASKS}
                expect: {{assigned: c1}}
              - after: 1s
                expect: nothing
        """,
    )
    assert [each.ok for each in result.steps] == [False]

from router.demo.agenda import Agenda


def test_steps_are_taken_in_the_order_of_their_times() -> None:
    agenda = Agenda(100.0)
    taken: list[str] = []
    agenda.at(103.0, lambda: taken.append("third"))
    agenda.later(1.0, lambda: taken.append("first"))
    agenda.later(1.0, lambda: taken.append("second"))

    agenda.advance(102.0)
    assert taken == ["first", "second"]
    assert agenda.next == 103.0

    agenda.advance(103.0)
    assert taken == ["first", "second", "third"]
    assert agenda.next is None


def test_a_step_planned_by_a_step_is_taken_when_it_is_due_and_not_before() -> None:
    agenda = Agenda(0.0)
    times: list[float] = []

    def first() -> None:
        agenda.later(2.0, lambda: times.append(agenda.now))
        agenda.later(9.0, lambda: times.append(agenda.now))

    agenda.at(1.0, first)
    agenda.advance(5.0)

    assert times == [3.0]
    assert agenda.now == 5.0


def test_what_is_planned_for_the_past_is_taken_at_once_and_time_never_goes_back() -> None:
    agenda = Agenda(50.0)
    times: list[float] = []
    agenda.at(10.0, lambda: times.append(agenda.now))

    agenda.advance(40.0)

    assert times == [50.0]
    assert agenda.now == 50.0

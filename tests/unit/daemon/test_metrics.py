"""What is counted once a batch is committed."""

from prometheus_client.parser import text_string_to_metric_families

from router.daemon.batch import Batch
from router.daemon.metrics import Metrics
from router.daemon.outbox import Outbox
from router.daemon.views import Service
from router.model.outputs import ConversationAssigned, Decision, Judged, RouterCause, Why
from tests.unit.daemon.centre import POOL, surroundings


async def counted(*waits: Judged | None) -> dict[tuple[str, ...], float]:
    """Commit assignments in one queue with these waits; give what is counted of estimates."""
    around = surroundings()
    outbox = Outbox(around.connection, around.settings, partition=0)
    batch = Batch(around, outbox=outbox, partition=0, positions=[0, 0, 0])
    batch.decisions = [assigned(number, wait) for number, wait in enumerate(waits)]
    metrics = Metrics()
    metrics.committed(batch, took=0.1)
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(metrics.text()[0].decode())
        for sample in family.samples
        if sample.name.startswith("contact_router_estimate")
    }


def assigned(number: int, wait: Judged | None) -> Decision:
    told = {} if wait is None else {"estimate_s": wait}
    body = ConversationAssigned(
        conversation=f"c{number}",
        offer=f"o{number}",
        agent="ana",
        queue="sales",
        attempt=1,
        waited_s=0.0,
        units=100,
        why=Why(0, {}),
        **told,
    )
    return Decision(POOL, number + 1, "v1", 0, RouterCause("test"), body)


async def test_each_wait_counts_as_within_half_within_nine_in_ten_or_beyond() -> None:
    found = await counted(
        Judged(30.0, 90.0, 30.0), Judged(30.0, 90.0, 31.0), Judged(30.0, 90.0, 100.0), None
    )
    name = "contact_router_estimates_total"
    assert found[name, "sales", "p50"] == 1
    assert found[name, "sales", "p90"] == 1
    assert found[name, "sales", "beyond"] == 1
    assert found["contact_router_estimated_wait_seconds_total", "sales"] == 90
    assert found["contact_router_estimated_wait_actual_seconds_total", "sales"] == 161


def test_how_waits_ended_is_shown_beside_how_they_should_and_forgotten_with_the_rule() -> None:
    metrics = Metrics()
    metrics.show_service({"claims": Service(10, 7, 0.8), "letters": Service(3, 3)})
    shown = metrics.text()[0].decode()
    assert 'contact_router_waits_ended{queue="claims"} 10.0' in shown
    assert 'contact_router_waits_in_time{queue="claims"} 7.0' in shown
    assert 'contact_router_service_target{queue="claims"} 0.8' in shown
    assert 'contact_router_service_target{queue="letters"}' not in shown
    metrics.show_service({})
    assert 'queue="claims"' not in metrics.text()[0].decode()


def test_by_how_much_late_repetitions_are_not_known_is_shown() -> None:
    metrics = Metrics()
    name = "contact_router_repetition_window_missing_seconds"
    assert f"\n{name} 0.0" in metrics.text()[0].decode()
    metrics.show_repetition(missing_s=7_200)
    assert f"\n{name} 7200.0" in metrics.text()[0].decode()


async def test_who_was_told_that_there_is_no_wait_is_no_proof_of_anything() -> None:
    assert await counted(Judged(0.0, 0.0, 0.0), Judged(4.0, 4.0, 9.0), None) == {}

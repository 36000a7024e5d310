"""Many equal durations are counted at once, as Prometheus expects them."""

from prometheus_client import CollectorRegistry, generate_latest

from router.daemon.histogram import Histogram


def test_a_duration_counts_in_every_bucket_that_is_not_below_it() -> None:
    registry = CollectorRegistry()
    histogram = Histogram("wait_seconds", "How long.", bounds=(0.1, 1.0))
    registry.register(histogram)

    histogram.observe(0.1, 3)
    histogram.observe(0.5)
    histogram.observe(60.0, 2)

    lines = generate_latest(registry).decode().splitlines()
    assert [line for line in lines if not line.startswith("#")] == [
        'wait_seconds_bucket{le="0.1"} 3.0',
        'wait_seconds_bucket{le="1.0"} 4.0',
        'wait_seconds_bucket{le="+Inf"} 6.0',
        "wait_seconds_count 6.0",
        "wait_seconds_sum 120.8",
    ]

"""Counters for Prometheus: what is counted as it happens, and what is looked up when somebody asks."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """One of a service: two services in one process count for themselves."""

    def __init__(self) -> None:
        self._registry = own = CollectorRegistry()
        self._messages = Counter(
            "bollard_ocpp_messages", "Messages of charge points", ["action", "outcome"], registry=own
        )
        self._answers = Histogram(
            "bollard_ocpp_answer_seconds", "From a message to its answer", ["action"], registry=own, buckets=_BUCKETS_S
        )
        self._requests = Counter("bollard_http_requests", "HTTP requests", ["method", "route", "status"], registry=own)
        self._requests_s = Histogram(
            "bollard_http_request_seconds", "From a request to its answer", ["route"], registry=own, buckets=_BUCKETS_S
        )
        self._now = Gauge("bollard_now", "What there is now", ["of"], registry=own)

    def message(self, action: str, outcome: str, took_s: float) -> None:
        """`action` is one that is known, or "unknown": a charge point must not choose names of counters."""
        self._messages.labels(action, outcome).inc()
        self._answers.labels(action).observe(took_s)

    def request(self, method: str, route: str, status: int, took_s: float) -> None:
        """`route` is the route's pattern, never what was asked for."""
        self._requests.labels(method, route, str(status)).inc()
        self._requests_s.labels(route).observe(took_s)

    def text(self, now: dict[str, int]) -> bytes:
        for name, value in now.items():
            self._now.labels(name).set(value)
        return generate_latest(self._registry)

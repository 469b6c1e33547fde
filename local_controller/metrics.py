"""The controller's figures for Prometheus, at /metrics: made from what the page shows, when they are asked for.

Numbers of the site as a whole: whose card or which charge point it was is in none of them.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    def __init__(self) -> None:
        self._site = _Site()
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self._site)
        ProcessCollector(registry=self._registry)

    def text(self, figures: dict[str, tuple[str, float | None]]) -> bytes:
        """`figures`: name: what it is, value; what nobody knows is left out."""
        self._site.figures = figures
        return generate_latest(self._registry)


class _Site(Collector):
    figures: dict[str, tuple[str, float | None]] = {}  # noqa: RUF012 (replaced, never changed)

    def collect(self) -> Iterable[Metric]:
        for name, (what, value) in self.figures.items():
            if value is not None:
                yield GaugeMetricFamily(f"bollard_site_{name}", what, value=value)


def figures(status: dict[str, Any], views: Iterable[Any], commits: int, now: datetime) -> dict[str, Any]:
    """From the status of the page and its charge points."""
    oldest_at, points = status["queue"]["oldest_at"], list(views)
    sessions = [transaction for view in points for transaction in view.transactions.values()]
    audit = status["audit"]
    return {
        "csms_connected": ("1 while the central system is reached", float(status["csms"]["connected"])),
        "queue_messages": ("Messages that wait to be delivered", status["queue"]["messages"]),
        "queue_oldest_seconds": (
            "Age of the oldest of them", (now - oldest_at).total_seconds() if oldest_at else 0.0),
        "quarantined_messages": ("Messages that were refused and kept aside", status["quarantined"]),
        "charge_points": ("Charge points of the site", len(points)),
        "charge_points_connected": ("Those of them that are connected", sum(view.connected for view in points)),
        "transactions_running": ("Running transactions", len(sessions)),
        "power_watts": ("What the charge points report of them", sum(one.power_w or 0 for one in sessions)),
        "limit_amperes": ("What the site may draw on each phase, where that is limited", status["power"].limit_a),
        "shared_amperes": ("What its charge points may draw together", status["power"].shared_a),
        "local_list_version": ("Version of the central system's list of cards", status["cards"]["version"]),
        "local_list_entries": ("Cards in it", status["cards"]["entries"]),
        "commits": ("Commits of the database since the start", commits),
        "database_bytes": ("Size of the database", status["storage"].database_bytes),
        "disk_free_bytes": ("Free space on its disk", status["storage"].free_bytes),
        "troubles": ("What a person must mend, as the page says it", len(status["troubles"])),
        "clock_trusted": ("1 while the time is known", float(status["clock"]["trusted"])),
        "audit_findings": ("What the last audit found wrong", len(audit["findings"]) if audit else None),
        "certificate_ends_seconds": ("When the certificate ends, in seconds since 1970", status["certificate_ends_s"]),
    }  # fmt: skip

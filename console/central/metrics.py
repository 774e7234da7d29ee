"""Figures for Prometheus. What the database knows is read from it at each scrape, so every worker says the same.

What only the workers know (requests) is added up over all of them: with several, `PROMETHEUS_MULTIPROC_DIR` names
a folder that they share, and it must be set before this is imported.
"""

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from starlette.requests import Request

from console.central import feed
from console.central.realms import Realm, Realms
from console.domain.errors import KnownError
from console.store import tables
from console.store.blobs import blob

SEEN = timedelta(minutes=5)
LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
PASSED_ON = ("forwarded", "x-forwarded-for", "x-real-ip")
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

_OWN = CollectorRegistry()
SECONDS = Histogram(
    "yiping_request_seconds", "Until an answer began.", ["method", "route"], buckets=BUCKETS, registry=_OWN
)
ANSWERS = Counter("yiping_answers", "Answers.", ["method", "route", "status"], registry=_OWN)
REFUSED_SIGN_INS = Counter("yiping_sign_ins_refused", "Sign-ins that were turned away.", ["code"], registry=_OWN)


def networks(named: Sequence[str]) -> list[IPv4Network | IPv6Network]:
    """Loopback and those named. Raises `ValueError`."""
    return [*LOOPBACK, *map(ip_network, named)]


def may_scrape(request: Request, allowed: Sequence[IPv4Network | IPv6Network]) -> bool:
    """Whether it comes straight from a machine that may. What a proxy passes on never does: it may be anyone's."""
    if request.client is None or any(name in request.headers for name in PASSED_ON):
        return False
    try:
        address = ip_address(request.client.host)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return any(address in network for network in allowed)


def scrape(realms: Realms) -> bytes:
    """All figures, in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_FromDatabase(realms))
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
    ProcessCollector(registry=registry)
    return generate_latest(registry) + generate_latest(_OWN)


class _FromDatabase(Collector):
    def __init__(self, realms: Realms) -> None:
        self._realms = realms

    def collect(self) -> Iterator[Metric]:
        families = _Families()
        try:
            for name in self._realms.names():
                if realm := self._realms.get(name):
                    families.add(name, realm)
        except KnownError:
            families.up.add_metric([], 0)
        else:
            families.up.add_metric([], 1)
        yield from vars(families).values()


class _Families:
    """One of each figure, filled realm by realm."""

    def __init__(self) -> None:
        realm, desk = ["realm"], ["realm", "device"]
        self.up = GaugeMetricFamily("yiping_database_up", "1 when the database answers.")
        self.head = GaugeMetricFamily("yiping_feed_head", "Where the feed ends.", labels=realm)
        self.taken = CounterMetricFamily("yiping_operations", "Operations taken.", labels=realm)
        self.refused = CounterMetricFamily("yiping_operations_refused", "Of them refused.", labels=["realm", "code"])
        self.desks = GaugeMetricFamily("yiping_desks", "Desks that are known.", labels=realm)
        self.seen = GaugeMetricFamily("yiping_desks_seen", "Desks heard of in 5 minutes.", labels=realm)
        self.lag = GaugeMetricFamily("yiping_desk_lag", "Feed numbers a desk has not taken in.", labels=desk)
        self.pending = GaugeMetricFamily("yiping_desk_pending", "Operations in a desk's outbox.", labels=desk)
        self.age = GaugeMetricFamily(
            "yiping_desk_outbox_age_seconds", "Since the oldest of them was done, 0 for none.", labels=desk
        )
        self.silent = GaugeMetricFamily("yiping_desk_silent_seconds", "Since a desk was heard of.", labels=desk)
        self.breaches = CounterMetricFamily(
            "yiping_breaches", "Log entries that did not fit their device's chain.", labels=realm
        )
        self.blobs = GaugeMetricFamily("yiping_blob_bytes", "Bytes of complete attachments.", labels=realm)

    def add(self, name: str, realm: Realm) -> None:
        now = datetime.now(UTC)
        with realm.store.read() as view:
            tally = realm.tally
            tally.read(view, now)
            head = feed.end(view)
            self.head.add_metric([name], head)
            self.taken.add_metric([name], tally.applied + tally.refused.total())
            for code, count in sorted(tally.refused.items()):
                self.refused.add_metric([name, code], count)
            desks = view.connection.execute(select(tables.desk)).all()
            self.desks.add_metric([name], len(desks))
            self.seen.add_metric([name], sum(desk.seen_at >= now - SEEN for desk in desks))
            for desk in desks:
                one = [name, desk.device]
                since = desk.pending_since if desk.pending else None
                self.lag.add_metric(one, max(0, head - desk.cursor))
                self.pending.add_metric(one, desk.pending)
                self.age.add_metric(one, max(0.0, (now - since).total_seconds()) if since else 0)
                self.silent.add_metric(one, max(0.0, (now - desk.seen_at).total_seconds()))
            breaches = view.connection.scalar(select(func.count()).select_from(tables.breach))
            self.breaches.add_metric([name], breaches or 0)
            bytes_ = view.connection.scalar(select(func.sum(blob.c.size)).where(blob.c.complete))
            self.blobs.add_metric([name], float(bytes_ or 0))

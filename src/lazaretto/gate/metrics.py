"""What a gate counts, in Prometheus' words. One registry for one gate, so that tests can run several in a process."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """All counters of one gate."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._seconds = Histogram(
            "lazaretto_gate_request_seconds",
            "Time to answer a request",
            ("kind",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._requests = Counter(
            "lazaretto_gate_requests", "Requests by kind and status", ("kind", "status"), registry=self.registry
        )
        self.decisions = Counter(
            "lazaretto_gate_decisions",
            "Decisions about files, by outcome and clause",
            ("ecosystem", "outcome", "clause"),
            registry=self.registry,
        )
        self.upstream = Counter(
            "lazaretto_gate_upstream_requests",
            "Requests to upstreams, by result",
            ("upstream", "result"),
            registry=self.registry,
        )
        self.upstream_bytes = Counter(
            "lazaretto_gate_upstream_bytes", "Bytes read from upstreams", ("upstream",), registry=self.registry
        )
        self.examinations = Counter(
            "lazaretto_gate_examinations", "Static examinations, by grade", ("grade",), registry=self.registry
        )
        self.examination_seconds = Counter(
            "lazaretto_gate_examination_cpu_seconds", "Processor time of examinations", registry=self.registry
        )
        self.cache = Counter(
            "lazaretto_gate_cache", "Look-ups by cache and result", ("cache", "result"), registry=self.registry
        )
        self.failures = Counter(
            "lazaretto_gate_failures", "Requests that failed inside the gate", ("error",), registry=self.registry
        )
        self.epoch = Gauge(
            "lazaretto_gate_epoch", "Changes of policy, approvals and verdicts so far", registry=self.registry
        )
        self.degraded = Gauge(
            "lazaretto_gate_degraded", "1 while something that the gate needs is away", registry=self.registry
        )
        self._known: dict[tuple[str, int], tuple[object, object]] = {}

    def answered(self, kind: str, status: int, seconds: float) -> None:
        """Count one answer. Children are looked up once: that is most of the cost."""
        found = self._known.get((kind, status))
        if found is None:
            found = self._requests.labels(str(kind), str(status)), self._seconds.labels(str(kind))
            self._known[kind, status] = found
        found[0].inc()  # type: ignore[attr-defined]
        found[1].observe(seconds)  # type: ignore[attr-defined]

    def text(self) -> bytes:
        """Return everything in the text format."""
        return generate_latest(self.registry)

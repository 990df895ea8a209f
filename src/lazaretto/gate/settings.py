"""What a gate is started with."""

from dataclasses import dataclass, field
from pathlib import Path

from lazaretto.adapters.upstreams import Upstream


@dataclass(frozen=True, slots=True)
class Settings:
    """One gate process. Policy is not here: it can be exchanged while the gate runs."""

    host: str = "127.0.0.1"
    port: int = 0
    """0 = any free port."""
    public_url: str = ""
    """What links in documents begin with; empty = as the client addressed the gate."""
    upstreams: tuple[Upstream, ...] = ()
    policy_file: Path | None = None
    """Watched: a change takes effect within seconds. None = the default policy."""
    store: str = ""
    """The gate's own store: a path or a PostgreSQL URL; empty = the user's data folder."""
    intel: str = ""
    """The intelligence store, as `LAZARETTO_STORE` names it."""
    cache: Path | None = None
    cache_bytes: int = 4 << 30
    jobs: int = 0
    """Examinations at a time; 0 = one for each processor, at most 4."""
    offline: bool = False
    """Serve what is cached and allowed; ask no upstream."""
    admin_token: str = ""
    """For approvals and the log; empty = those are not served."""
    metadata_seconds: float = 60.0
    """Age at which a document is asked for again."""
    hold_seconds: float = 20.0
    """How long a client waits for an examination before it is told to come again."""
    stop_seconds: float = 8.0
    """How long requests under way may go on when the gate is stopped."""
    access_log: Path | None = None
    """JSON lines; None = none."""
    document_bytes: int = 64 << 20
    artifact_bytes: int = 1 << 30
    form_bytes: int = 24 << 20
    """Memory for finished documents."""
    client_max: int = 1024
    """Connections at a time."""
    labels: dict[str, str] = field(default_factory=dict)

"""All sensors, the best first. A test asserts that every module of the folder is listed."""

from lazaretto.adapters.sensors.ebpf import KIND as EBPF
from lazaretto.adapters.sensors.fuse_decoys import KIND as FUSE_DECOYS
from lazaretto.adapters.sensors.inotify_decoys import KIND as INOTIFY_DECOYS
from lazaretto.adapters.sensors.packets import KIND as PACKETS
from lazaretto.adapters.sensors.process_connector import KIND as PROCESS_CONNECTOR
from lazaretto.adapters.sensors.procfs import KIND as PROCFS
from lazaretto.adapters.sensors.sensor import SensorKind
from lazaretto.adapters.sensors.sock_diag import KIND as SOCK_DIAG

KINDS: tuple[SensorKind, ...] = (
    EBPF,
    PACKETS,
    PROCESS_CONNECTOR,
    PROCFS,
    SOCK_DIAG,
    FUSE_DECOYS,
    INOTIFY_DECOYS,
)

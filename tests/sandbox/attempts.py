"""Inert attempts to reach what is not the sandbox's: `attempts.py NAME ARGUMENT...` exits with 0 when it is reached.

Run twice: outside, where it must succeed (the positive control), and inside, where it must not.
"""

import ctypes
import fcntl
import os
import socket
import struct
import sys
import time
from pathlib import Path

libc = ctypes.CDLL(None, use_errno=True)


def call(*words):
    return libc.syscall(*(ctypes.c_long(word) if isinstance(word, int) else word for word in words)) >= 0


def connect(family, address):
    with socket.socket(family, socket.SOCK_STREAM) as one:
        one.settimeout(2)
        one.connect(address)
        return one.recv(16) == b"host"


def read_file(path):
    return Path(path).read_text() == "host secret"


def write_file(path):
    Path(path, "written").write_text("x")
    return True


def environment():
    return "LAZARETTO_PROOF" in os.environ


def other_environment(pid):
    return b"LAZARETTO_PROOF" in Path(f"/proc/{pid}/environ").read_bytes()


def any_environment():
    for one in Path("/proc").glob("[0-9]*"):
        if one.name != str(os.getpid()):
            try:
                if b"LAZARETTO_PROOF=" in (one / "environ").read_bytes():
                    return True
            except OSError:
                pass
    return False


def signal(pid):
    os.kill(int(pid), 0)
    return True


def ptrace(pid):
    return call(101, 16, int(pid), 0, 0) and call(101, 17, int(pid), 0, 0)


def read_memory(pid):
    return call(438, os.pidfd_open(int(pid)), 0, 0)


def loopback(port):
    return connect(socket.AF_INET, ("127.0.0.1", int(port)))


def mapped_loopback(port):
    return connect(socket.AF_INET6, ("::ffff:127.0.0.1", int(port)))


def abstract(name):
    return connect(socket.AF_UNIX, "\0" + name)


def socket_file(path):
    return connect(socket.AF_UNIX, path)


def datagram(port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.settimeout(1)
        one.sendto(b"x", ("127.0.0.1", int(port)))
        return one.recv(16) == b"host"


def user_namespace():
    return libc.unshare(0x10000000) == 0


def clone_user_namespace():
    pid = libc.syscall(56, ctypes.c_long(0x10000000 | 17), None, None, None, None)
    if pid == 0:
        os._exit(0)
    return pid > 0


def mount():
    return libc.unshare(0x10020000) == 0 and libc.mount(b"x", b"/tmp", b"tmpfs", 0, None) == 0


def io_uring():
    return call(425, 1, ctypes.create_string_buffer(200))


def keyring():
    return call(250, 0, -4, 1)


def shared_memory(key):
    return call(29, int(key), 0, 0)


def terminal():
    _, slave = os.openpty()
    if os.fork() == 0:
        os.setsid()
        fcntl.ioctl(slave, 0x540E, 0)  # TIOCSCTTY
        try:
            fcntl.ioctl(slave, 0x5412, b"x")  # TIOCSTI
        except OSError as error:
            os._exit(0 if error.errno == 5 else 1)  # EIO: the system itself has switched it off, for everybody
        os._exit(0)
    return os.waitstatus_to_exitcode(os.wait()[1]) == 0


def netlink():
    socket.socket(16, socket.SOCK_RAW, 9).close()
    return True


def vsock():
    socket.socket(40, socket.SOCK_STREAM).close()
    return True


def host_name(name):
    return socket.gethostname() == name


def machine_id():
    return Path("/etc/machine-id").exists() or Path("/sys/class/dmi").exists()


def many_processes():
    made = []
    try:
        for _ in range(1500):
            pid = os.fork()
            if pid == 0:
                time.sleep(20)
                os._exit(0)
            made.append(pid)
        return True
    except OSError:
        return False
    finally:
        for pid in made:
            os.kill(pid, 9)


def disk():
    with Path("fill").open("wb") as file:
        file.writelines(bytes(100 << 20) for _ in range(26))
    return True


def raw_address():
    """Reach a real host: what answers inside is the sandbox, with its own empty document."""
    with socket.create_connection(("192.0.2.1", 80), 2) as one:
        one.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        return not one.recv(1000).endswith(b"{}")


if __name__ == "__main__":
    try:
        reached = globals()[sys.argv[1]](*sys.argv[2:])
    except (OSError, struct.error) as error:
        sys.stderr.write(f"{error}\n")
        reached = False
    sys.exit(0 if reached else 9)

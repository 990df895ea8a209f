"""Records in the published shapes of other sensors (values are made up) become observations; nothing is lost silently."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.adapters.streams.catalog import STREAMS, stream
from lazaretto.adapters.streams.stream import LONGEST_LINE, RUNNING, Tally, command, moment, whole
from lazaretto.model.host import Kind, Lost, Observed

NAMES = [one.id for one in STREAMS]


def feed(name, *records, flush=False):
    """Return what the records make, as short tuples, and the tally."""
    one = stream(name)
    seen = [
        item
        for record in records
        for item in one.feed(record if isinstance(record, bytes) else json.dumps(record).encode())
    ]
    if flush:
        seen += one.flush()
    return seen, one.tally


def short(seen):
    return [(item.kind.value, item.pid, item.path) for item in seen]


# Falco


def falco(call, time_=1700000000500000000, **fields):
    base = {
        "evt.time": time_, "evt.type": call, "proc.pid": 410, "proc.ppid": 400, "proc.name": "node", "proc.exepath": "/usr/bin/node",
        "proc.cmdline": "node install.js", "proc.pname": "sh", "proc.pexepath": "/usr/bin/dash", "proc.pcmdline": "sh -c node install.js",
        "user.name": "dev", "user.uid": 1000, "container.id": "host",
    }  # fmt: skip
    return {
        "hostname": "laptop", "output": "…", "priority": "Notice", "rule": "All", "source": "syscall", "tags": [],
        "time": "2023-11-14T22:13:20.500000000Z", "output_fields": {**base, **fields},
    }  # fmt: skip


def test_falco_program():
    (seen,), tally = feed("falco", falco("execve", **{"proc.cwd": "/home/dev/p"}))
    assert seen == Observed(
        1700000000.5, "falco", Kind.EXEC, 410, parent=400, uid=1000, path="/usr/bin/node", argv=("node", "install.js"),
        cwd="/home/dev/p", parent_path="/usr/bin/dash", parent_argv=("sh", "-c", "node install.js"), user="dev",
    )  # fmt: skip
    assert not tally.gaps("falco")


def test_falco_tells_the_program_before_what_it_did_once():
    seen, _ = feed(
        "falco",
        falco(
            "connect", **{"fd.name": "192.0.2.5:50000->198.51.100.9:1224", "fd.rip": "198.51.100.9", "fd.rport": 1224}
        ),
        falco("connect", **{"fd.name": "192.0.2.5:50000->2001:db8::9:443"}),
        falco("openat", **{"fd.name": "/home/dev/.ssh/id_ed25519", "evt.is_open_write": "false"}),
        falco("openat", **{"fs.path.name": "/home/dev/.bashrc", "evt.arg.flags": "O_LARGEFILE|O_WRONLY"}),
        falco("unlinkat", **{"fs.path.name": "/tmp/x"}),
        falco("ptrace", **{"evt.arg.pid": "77"}),
        falco("procexit", **{"evt.arg.status": "0"}),
        falco("unlink", **{"fs.path.name": "/tmp/y"}),
    )
    assert short(seen) == [
        ("exec", 410, "/usr/bin/node"), ("connect", 410, "198.51.100.9:1224"), ("connect", 410, "[2001:db8::9]:443"),
        ("read", 410, "/home/dev/.ssh/id_ed25519"), ("write", 410, "/home/dev/.bashrc"), ("delete", 410, "/tmp/x"),
        ("trace", 410, "pid:77"), ("exit", 410, ""), ("exec", 410, "/usr/bin/node"), ("delete", 410, "/tmp/y"),
    ]  # fmt: skip
    assert seen[0].detail == RUNNING


def test_falco_counts_what_it_does_not_take():
    unix = falco("connect", **{"fd.name": "/run/user/1000/bus", "fd.type": "unix"})
    seen, tally = feed(
        "falco",
        unix,
        {**falco("x"), "source": "k8s_audit"},
        falco("setns"),
        falco(None),
        falco("openat"),
        {"rule": "Falco internal: syscall event drop", "output_fields": {"n_drops": "12"}, "source": "internal"},
        {"rule": "no fields", "source": "syscall"},
    )
    assert short(seen[:2]) == [("exec", 410, "/usr/bin/node"), ("connect", 410, "unix:/run/user/1000/bus")]
    assert seen[2:] == [Lost("falco", 12, "queue")]
    assert tally.aside == {"source k8s_audit": 1, "call setns": 1}
    assert tally.unread == {"without evt.type": 1, "openat without its object": 1, "without output_fields": 1}


# Tetragon


def tetragon(block, **more):
    process = {
        "exec_id": "bGFwdG9wOjE=", "pid": 900, "uid": 1000, "cwd": "/home/dev/p", "binary": "/usr/bin/curl", "flags": "execve",
        "arguments": '-H "X-Token: a b" http://a.invalid', "start_time": "2024-05-01T08:00:00.123456789Z", "auid": 1000,
    }  # fmt: skip
    parent = {"pid": 890, "binary": "/bin/bash", "arguments": '-c "curl x"'}
    return {
        block: {"process": process, "parent": parent, **more},
        "node_name": "laptop",
        "time": "2024-05-01T08:00:00.223456789Z",
    }


def test_tetragon_program():
    (seen,), tally = feed("tetragon", tetragon("process_exec"))
    assert seen == Observed(
        1714550400.223456, "tetragon", Kind.EXEC, 900, parent=890, uid=1000, path="/usr/bin/curl",
        argv=("curl", "-H", "X-Token: a b", "http://a.invalid"), cwd="/home/dev/p", parent_path="/bin/bash",
        parent_argv=("bash", "-c", "curl x"),
    )  # fmt: skip
    assert not tally.gaps("tetragon")


def test_tetragon_hooks():
    def hook(name, *arguments, block="process_kprobe"):
        return tetragon(block, function_name=name, args=list(arguments), action="KPROBE_ACTION_POST", policy_name="p")

    seen, tally = feed(
        "tetragon",
        hook(
            "tcp_connect",
            {"sock_arg": {"family": "AF_INET", "saddr": "10.0.0.2", "daddr": "198.51.100.9", "sport": 5, "dport": 443}},
        ),
        hook("security_file_permission", {"file_arg": {"path": "/etc/passwd"}}, {"int_arg": 4}),
        hook("security_file_permission", {"file_arg": {"path": "/home/dev/.bashrc"}}, {"int_arg": 2}),
        hook("__x64_sys_openat", {"int_arg": -100}, {"string_arg": "notes.txt"}, {"int_arg": 577}),
        hook("security_path_unlink", {"path_arg": {"path": "/tmp"}}, {"path_arg": {"path": "/tmp/x"}}),
        hook(
            "sys_enter_connect",
            {"sockaddr_arg": {"family": "AF_INET6", "addr": "2001:db8::1", "port": 80}},
            block="process_tracepoint",
        ),
        hook("file_open", {"file_arg": {"path": "/home/dev/.netrc"}}, block="process_lsm"),
        hook("security_bpf", {"bpf_attr_arg": {}}),
        hook("tcp_connect"),
        tetragon("process_exit", status=3),
        {"rate_limit_info": {"number_of_dropped_process_events": "9"}, "time": "2024-05-01T08:00:00Z"},
        {"process_loader": {}, "time": "2024-05-01T08:00:00Z"},
        {"new_block": {}},
    )
    assert short(seen[:-1]) == [
        ("exec", 900, "/usr/bin/curl"), ("connect", 900, "198.51.100.9:443"), ("read", 900, "/etc/passwd"),
        ("write", 900, "/home/dev/.bashrc"), ("write", 900, "/home/dev/p/notes.txt"), ("delete", 900, "/tmp/x"),
        ("connect", 900, "[2001:db8::1]:80"), ("read", 900, "/home/dev/.netrc"), ("exit", 900, ""),
    ]  # fmt: skip
    assert seen[-2].code == 3
    assert seen[-1] == Lost("tetragon", 9, "shed")
    assert tally.aside == {"hook security_bpf": 1, "process_loader": 1}
    assert tally.unread == {"hook tcp_connect without its object": 1, "event without a known block": 1}


# auditd and LAUREL

HEAD = "msg=audit(1626611363.720:348501):"
CALL = (
    "arch=c000003e syscall={} success={} exit={} a0=55c0 a1=1770 a2={:x} a3=286 items=2 ppid=722 pid=724 auid=1000 uid=1000 gid=1000 "
    'euid=1000 tty=pts3 ses=3 comm="perl" exe="/usr/bin/perl" subj=unconfined key=(null)'
)


def audit(number, *records, success="yes", exit_=0, flags=0, head=HEAD):
    first = f"type=SYSCALL {head} {CALL.format(number, success, exit_, flags)}"
    return [line.encode() for line in (first, *(f"type={kind} {head} {body}" for kind, body in records))]


def test_auditd_program_with_hexadecimal_and_split_words():
    code = "print qq(a b)"
    half = code.encode().hex()
    lines = audit(
        59,
        ("EXECVE", f'argc=4 a0="perl" a1="-e" a2={half} a3_len=12 a3[0]="abcdef"'),
        ("EXECVE", 'a3[1]="ghijkl"'),
        ("CWD", 'cwd="/home/dev"'),
        ("PATH", 'item=0 name="/usr/bin/perl" inode=4 dev=fd:01 mode=0100755 nametype=NORMAL'),
        ("PROCTITLE", "proctitle=7065726C002D65"),
    )
    (seen,), tally = feed("auditd", *lines)
    assert seen == Observed(
        1626611363.72, "auditd", Kind.EXEC, 724, parent=722, uid=1000, path="/usr/bin/perl", argv=("perl", "-e", code, "abcdefghijkl"),
        cwd="/home/dev",
    )  # fmt: skip
    assert not tally.gaps("auditd")


def test_auditd_events_are_joined_though_their_records_are_mixed():
    first = audit(59, ("EXECVE", 'argc=1 a0="a"'), ("EOE", ""))
    second = audit(
        42,
        ("SOCKADDR", "saddr=020004C8C63364090000000000000000"),
        ("EOE", ""),
        head=HEAD.replace("348501", "348502"),
        success="no",
        exit_=-115,
    )
    seen, tally = feed("auditd", first[0], second[0], second[1], first[1], second[2], first[2])
    assert short(seen) == [
        ("exec", 724, "/usr/bin/perl"), ("connect", 724, "198.51.100.9:1224"), ("exec", 724, "/usr/bin/perl"),
    ]  # fmt: skip
    assert not tally.unread


def test_auditd_files_addresses_and_what_is_left_aside():
    seen, tally = feed(
        "auditd",
        *audit(257, ("CWD", 'cwd="/home/dev"'), ("PATH", 'item=0 name=".ssh/id_rsa" nametype=NORMAL'), ("PROCTITLE", 'proctitle="x"')),
        *audit(257, ("CWD", 'cwd="/home/dev"'), ("PATH", 'item=0 name="/home/dev" nametype=PARENT'),
               ("PATH", 'item=1 name="./n" nametype=CREATE'), ("PROCTITLE", 'proctitle="x"'), flags=0o101),
        *audit(87, ("CWD", 'cwd="/"'), ("PATH", "item=1 name=2F746D702F612062 nametype=DELETE"), ("PROCTITLE", 'proctitle="x"')),
        *audit(42, ("SOCKADDR", "saddr=0A0001BB00000000" + "20010DB8000000000000000000000001" + "00000000"), ("PROCTITLE", 'proctitle="x"')),
        *audit(42, ("SOCKADDR", "saddr=0100002F746D702F2E58313100"), ("PROCTITLE", 'proctitle="x"')),
        *audit(257, ("PROCTITLE", 'proctitle="x"'), success="no", exit_=-2),
        *audit(1, ("PROCTITLE", 'proctitle="x"')),
        *audit(87, ("PROCTITLE", 'proctitle="x"')),
        b"type=USER_AUTH msg=audit(1626611363.720:9): pid=1 uid=0",
        b"type=SYSCALL msg=audit(07/18/2021 12:29:23.720:348501) : arch=x86_64 syscall=execve",
        b"audit: audit_lost=40 audit_rate_limit=0 audit_backlog_limit=64",
        b"----",
        b"hello",
    )  # fmt: skip
    assert short(seen[:-1]) == [
        ("exec", 724, "/usr/bin/perl"), ("read", 724, "/home/dev/.ssh/id_rsa"), ("write", 724, "/home/dev/n"), ("delete", 724, "/tmp/a b"),
        ("connect", 724, "[2001:db8::1]:443"), ("connect", 724, "unix:@/tmp/.X11"),
    ]  # fmt: skip
    assert seen[-1] == Lost("auditd", 40, "queue")
    assert tally.aside == {"openat that failed": 1, "call 1": 1, "audit USER_AUTH": 1}
    assert tally.unread == {"unlink without its object": 1, "interpreted form (use --raw)": 1, "no audit record": 1}


def test_auditd_does_not_wait_for_ever():
    one = stream("auditd")
    seen = []
    for number in range(1_000):
        for line in audit(59, ("EXECVE", f'argc=1 a0="p{number}"'), head=f"msg=audit(1.000:{number}):"):
            seen += one.feed(line)
    assert len(seen) == 1_000 - 256
    assert len(one.flush()) == 256
    assert one.flush() == ()


def test_laurel():
    call = {
        "arch": "0xc000003e", "syscall": 59, "success": "yes", "exit": 0, "a0": "0x55", "a1": "0x0", "a2": "0x0", "a3": "0x0",
        "ppid": 722, "pid": 724, "uid": 0, "exe": "/usr/bin/perl", "key": None, "ARCH": "x86_64", "SYSCALL": "execve", "UID": "root",
        "PPID": {"EVENT_ID": "1.1:1", "exe": "/bin/bash", "comm": "bash", "ppid": 31},
    }  # fmt: skip
    run = {
        "ID": "1626611363.720:348501", "SYSCALL": call, "EXECVE": {"argc": 3, "ARGV": ["perl", "-e", "1"]}, "CWD": {"cwd": "/root"},
        "PATH": [{"item": 0, "name": "/usr/bin/perl", "nametype": "NORMAL"}],
    }  # fmt: skip
    net = {
        "ID": "1626611364.0:348502", "SYSCALL": {**call, "syscall": 42, "SYSCALL": "connect"},
        "SOCKADDR": {"saddr": "0200…", "SADDR": {"saddr_fam": "inet", "laddr": "198.51.100.9", "lport": 443}},
    }  # fmt: skip
    seen, tally = feed("laurel", run, net, {"ID": "1.0:1", "USER_CMD": {}}, {"x": 1})
    assert seen[0] == Observed(
        1626611363.72, "laurel", Kind.EXEC, 724, parent=722, uid=0, path="/usr/bin/perl", argv=("perl", "-e", "1"), cwd="/root",
        parent_path="/bin/bash", user="root",
    )  # fmt: skip
    assert short(seen[1:]) == [("connect", 724, "198.51.100.9:443")]
    assert (tally.aside, tally.unread) == ({"audit USER_CMD": 1}, {"without ID": 1})


# Sysmon


def sysmon(number, **data):
    body = "".join(f'<Data Name="{name}">{value}</Data>' for name, value in data.items())
    return (
        "<14>1 2024-05-01T08:00:00.1Z laptop sysmon 11 - - "
        '<Event><System><Provider Name="Linux-Sysmon" Guid="{ff032593}"/>'
        f'<EventID>{number}</EventID><Version>5</Version><TimeCreated SystemTime="2024-05-01T08:00:00.100000000Z"/>'
        f"<Channel>Linux-Sysmon/Operational</Channel></System><EventData>{body}</EventData></Event>"
    ).encode()


PROCESS = {
    "RuleName": "-", "UtcTime": "2024-05-01 08:00:00.100", "ProcessGuid": "{a}", "ProcessId": "4480", "Image": "/usr/bin/dash",
    "FileVersion": "-", "CommandLine": "sh -c echo &quot;a &amp; b&quot;", "CurrentDirectory": "/srv", "User": "dev", "LogonId": "1000",
    "Hashes": "-", "ParentProcessId": "4471", "ParentImage": "/usr/bin/node", "ParentCommandLine": "node x.js",
}  # fmt: skip


def test_sysmon_program_in_three_forms():
    expected = Observed(
        1714550400.1, "sysmon", Kind.EXEC, 4480, parent=4471, uid=1000, path="/usr/bin/dash", argv=("sh", "-c", 'echo "a & b"'),
        cwd="/srv", parent_path="/usr/bin/node", parent_argv=("node", "x.js"), user="dev",
    )  # fmt: skip
    xml = sysmon(1, **PROCESS)
    plain = {**PROCESS, "CommandLine": 'sh -c echo "a & b"'}
    pairs = {
        "Event": {
            "System": {"EventID": 1},
            "EventData": {"Data": [{"Name": name, "#text": value} for name, value in plain.items()]},
        }
    }
    for record in (xml, {"MESSAGE": xml.decode(), "SYSLOG_IDENTIFIER": "sysmon"}, pairs, {"EventID": 1, **plain}):
        seen, tally = feed("sysmon", record)
        assert seen == [expected]
        assert not tally.gaps("sysmon")


def test_sysmon_other_events():
    base = {"UtcTime": "2024-05-01 08:00:01.000", "ProcessId": "4480", "Image": "/usr/bin/dash", "User": "dev"}
    seen, tally = feed(
        "sysmon",
        sysmon(3, **base, Initiated="true", DestinationIp="198.51.100.9", DestinationPort="1224"),
        sysmon(3, **base, Initiated="false", DestinationIp="192.0.2.1", DestinationPort="22"),
        sysmon(11, **base, TargetFilename="/home/dev/.bashrc"),
        sysmon(23, **base, TargetFilename="/tmp/x"),
        sysmon(5, **base),
        sysmon(16, Configuration="x"),
        sysmon(99, **base),
        sysmon(11, **base),
        b"May 1 laptop sysmon: started",
    )
    assert short(seen) == [
        ("exec", 4480, "/usr/bin/dash"), ("connect", 4480, "198.51.100.9:1224"), ("write", 4480, "/home/dev/.bashrc"),
        ("delete", 4480, "/tmp/x"), ("exit", 4480, ""),
    ]  # fmt: skip
    assert tally.aside == {"connection from outside": 1, "configuration": 1, "event 99": 1}
    assert tally.unread == {"event 11 without its object": 1, "no event of Sysmon": 1}


# eslogger


def es(name, body, number=None, **own):
    token = {"asid": 1, "auid": 501, "egid": 20, "euid": 501, "pid": 812, "pidversion": 3, "rgid": 20, "ruid": 501}
    process = {
        "audit_token": token,
        "ppid": 800,
        "executable": {"path": "/bin/zsh", "path_truncated": False},
        "signing_id": "x",
        **own,
    }
    message = {
        "schema_version": 1, "version": 7, "time": "2024-05-01T08:00:00.123456789Z", "event_type": 9, "process": process,
        "event": {name: body}, "action": {"result": {"result": {"auth": 0}, "result_type": 0}},
    }  # fmt: skip
    return message | ({"global_seq_num": number} if number is not None else {})


def test_eslogger_program():
    target = {"audit_token": {"euid": 501, "pid": 812}, "ppid": 800, "executable": {"path": "/usr/local/bin/node"}}
    body = {
        "args": ["node", "install.js"], "target": target, "cwd": {"path": "/Users/dev/p"},
        "env": ["PATH=/bin", "npm_package_name=helper", "SECRET=x"], "script": None,
    }  # fmt: skip
    (seen,), tally = feed("eslogger", es("exec", body))
    assert seen == Observed(
        1714550400.123456, "eslogger", Kind.EXEC, 812, parent=800, uid=501, path="/usr/local/bin/node", argv=("node", "install.js"),
        cwd="/Users/dev/p", env=(("npm_package_name", "helper"),), parent_path="/bin/zsh",
    )  # fmt: skip
    assert not tally.gaps("eslogger")


def test_eslogger_other_events_and_holes():
    seen, tally = feed(
        "eslogger",
        es("fork", {"child": {"audit_token": {"pid": 813}}}, 10),
        es("open", {"fflag": 1, "file": {"path": "/Users/dev/.ssh/id_rsa"}}, 11),
        es("open", {"fflag": 3, "file": {"path": "/Users/dev/.zshrc"}}, 15),
        es(
            "create",
            {
                "destination_type": 1,
                "destination": {"new_path": {"dir": {"path": "/tmp"}, "filename": "x", "mode": 420}},
            },
            16,
        ),
        es("rename", {"source": {"path": "/tmp/x"}, "destination": {"existing_file": {"path": "/tmp/y"}}}, 17),
        es("unlink", {"target": {"path": "/tmp/y"}, "parent_dir": {"path": "/tmp"}}, 18),
        es("get_task", {"target": {"audit_token": {"pid": 99}}}, 19),
        es("uipc_connect", {"file": {"path": "/var/run/x"}}, 20),
        es("close", {"modified": False, "target": {"path": "/x"}}, 21),
        es("close", {"modified": True, "target": {"path": "/x"}}, 22),
        es("exit", {"stat": 256}, 23),
        es("mmap", {}, 24),
        es("unlink", {}, 25),
        {"event": {}},
    )
    kinds = [item for item in seen if isinstance(item, Observed)]
    assert short(kinds) == [
        ("exec", 812, "/bin/zsh"), ("fork", 813, ""), ("read", 812, "/Users/dev/.ssh/id_rsa"), ("write", 812, "/Users/dev/.zshrc"),
        ("write", 812, "/tmp/x"), ("write", 812, "/tmp/y"), ("delete", 812, "/tmp/y"), ("trace", 812, "pid:99"),
        ("connect", 812, "unix:/var/run/x"), ("write", 812, "/x"), ("exit", 812, ""),
    ]  # fmt: skip
    assert kinds[-1].code == 1
    assert [item for item in seen if isinstance(item, Lost)] == [Lost("eslogger", 3, "queue")]
    assert tally.aside == {"close": 1, "event mmap": 1}
    assert tally.unread == {"unlink without its object": 1, "without event or process": 1}


# osquery


def osquery(columns, **more):
    return {
        "name": "pack_x_y", "hostIdentifier": "laptop", "calendarTime": "Wed May  1 08:00:00 2024 UTC", "unixTime": 1714550400,
        "epoch": 0, "counter": 1, "numerics": False, "columns": columns, "action": "added", **more,
    }  # fmt: skip


def test_osquery_tables():
    seen, tally = feed(
        "osquery",
        osquery(
            {
                "pid": "71",
                "path": "/usr/bin/node",
                "cmdline": "node -e a b",
                "cwd": '"/srv"',
                "uid": "1000",
                "parent": "70",
                "time": "1714550399",
                "syscall": "execve",
            }
        ),
        osquery(
            {
                "pid": "72",
                "parent": "71",
                "tid": "72",
                "path": "/bin/sh",
                "cmdline": "sh -c x y",
                "json_cmdline": '["sh","-c","x y"]',
                "syscall": "exec",
                "uid": "0",
                "probe_error": "0",
            }
        ),
        osquery({"event_type": "exit", "pid": "72", "path": "/bin/sh", "cmdline": "", "exit_code": "2"}),
        osquery({"event_type": "fork", "pid": "73", "parent": "71", "path": "/bin/sh", "cmdline": ""}),
        osquery(
            {
                "action": "connect",
                "pid": "71",
                "path": "/usr/bin/node",
                "remote_address": "198.51.100.9",
                "remote_port": "1244",
                "local_address": "",
                "success": "1",
                "time": "1714550400",
            }
        ),
        osquery(
            {
                "action": "accept",
                "pid": "71",
                "path": "/usr/bin/node",
                "remote_address": "198.51.100.9",
                "remote_port": "1",
            }
        ),
        osquery(
            {
                "target_path": "/home/dev/.ssh/authorized_keys",
                "category": "ssh",
                "action": "UPDATED",
                "md5": "",
                "time": "1714550400",
            }
        ),
        osquery(
            {"event_type": "rename", "pid": "71", "path": "/tmp/a", "filename": "/tmp/a", "dest_filename": "/tmp/b"}
        ),
        osquery({"user": "x"}),
        osquery({"pid": "1", "path": "/x", "cmdline": ""}, action="removed"),
        {
            "name": "s",
            "unixTime": 1,
            "snapshot": [{"pid": "74", "path": "/bin/ls", "cmdline": "ls"}, {"a": "b"}],
            "action": "snapshot",
        },
        {
            "name": "d",
            "unixTime": 1,
            "diffResults": {"added": [{"pid": "75", "path": "/bin/cat", "cmdline": "cat"}], "removed": []},
        },
    )
    assert short(seen) == [
        ("exec", 71, "/usr/bin/node"), ("exec", 72, "/bin/sh"), ("exit", 72, ""), ("fork", 73, ""), ("connect", 71, "198.51.100.9:1244"),
        ("write", 0, "/home/dev/.ssh/authorized_keys"), ("write", 71, "/tmp/b"), ("exec", 74, "/bin/ls"), ("exec", 75, "/bin/cat"),
    ]  # fmt: skip
    assert seen[0] == Observed(
        1714550399.0,
        "osquery",
        Kind.EXEC,
        71,
        parent=70,
        uid=1000,
        path="/usr/bin/node",
        argv=("node", "-e", "a b"),
        cwd="/srv",
    )
    assert seen[1].argv == ("sh", "-c", "x y")
    assert tally.aside == {"socket accept": 1, "status or removal": 1}
    assert tally.unread == {"row of an unknown table": 2}


# All


def test_every_stream_says_what_it_is():
    assert len(set(NAMES)) == len(NAMES)
    kinds = {kind.value for kind in Kind}
    for one in STREAMS:
        assert one.title
        assert one.product in ("linux", "macos", "")
        assert set(one.blind) <= kinds
    with pytest.raises(KeyError):
        stream("nothing")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "line",
    [
        b"\x00\xff\xfe",
        b"{",
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"{}",
        b'{"output_fields":[],"event":7,"columns":{},"process_exec":[],"SYSCALL":"x","Event":[1]}',
        b"x" * (LONGEST_LINE + 1),
        b"audit: " * 100_000,
        b"type=EXECVE msg=audit(1.0:1): " + b"a" * 900_000,
        b"<Event><EventID>1</EventID>" + b'<Data Name="' * 80_000,
        b'{"process_exec":{"process":{"binary":"/x","arguments":"' + b'\\" ' * 300_000 + b'"}}}',
    ],
)
def test_hostile_lines_are_counted_and_quick(name, line):
    one = stream(name)
    began = time.process_time()
    seen = [*one.feed(line), *one.flush()]
    assert time.process_time() - began < 2
    assert one.tally.lines == 1
    assert seen or one.tally.unread or one.tally.aside
    assert all(len(kind) <= 60 for kind in (*one.tally.unread, *one.tally.aside))


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(1 << 70), 1 << 70), st.floats(), st.text(max_size=6), st.sampled_from(["execve", "connect", "1.5:2", "7"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ["output_fields", "evt.type", "evt.time", "proc.pid", "proc.exepath", "source", "process_exec", "process_kprobe", "process", "parent", "pid", "binary", "arguments", "function_name", "args", "sock_arg", "daddr", "event", "exec", "open", "target", "file", "path", "audit_token", "columns", "snapshot", "cmdline", "remote_address", "action", "unixTime", "ID", "SYSCALL", "EXECVE", "ARGV", "CWD", "PATH", "name", "EventID", "EventData", "Data", "Image", "ProcessId", "time", "fd.name", "a0", "a1", "a2", "syscall", "arch", "success", "exit"]
            ),
            inner,
            max_size=6,
        ),
    ),
    max_leaves=25,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(NAMES),
    st.lists(st.one_of(st.binary(max_size=80), json_values.map(lambda value: json.dumps(value).encode())), max_size=6),
)
def test_any_lines_are_seen_or_counted(name, lines):
    one = stream(name)
    for line in lines:
        before = one.tally.unread.total() + one.tally.aside.total()
        seen = one.feed(line)
        assert all(isinstance(item, (Observed, Lost)) for item in seen)
        told = one.tally.unread.total() + one.tally.aside.total() - before
        assert seen or told or not line.strip() or name == "auditd"
    one.flush()
    for gap in one.tally.gaps(name):
        assert gap.reason.english()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([*audit(59, ("EXECVE", 'argc=1 a0="x" a1[0]=41 a1[1]=zz'), ("CWD", "cwd=2F"), ("PATH", "item=0 name=(null)"), ("EOE", "")), *audit(257, ("PROCTITLE", "proctitle=00"))]), max_size=12), st.binary(max_size=20))  # fmt: skip
def test_audit_records_in_any_order(lines, noise):
    one = stream("auditd")
    for line in lines:
        one.feed(line + noise)
    one.flush()


def test_helpers():
    assert command("bash -lc curl x | sh") == ("bash", "-lc", "curl x | sh")
    assert command("/usr/bin/python3.11 -I -c import os; os") == ("/usr/bin/python3.11", "-I", "-c", "import os; os")
    assert command("") == ()
    assert " ".join(command("a  b ")) == "a  b "
    assert moment("2021-11-23 14:06:07.116") == 1637676367.116
    assert moment("2021-11-23T14:06:07.116123456+00:00") == 1637676367.116123
    assert moment("yesterday") == 0.0
    assert (whole("12"), whole(True, 5), whole(1 << 80, 3), whole("x", 4), whole(2.0)) == (12, 5, 3, 4, 2)
    tally = Tally()
    for number in range(200):
        tally.count(tally.unread, f"kind {number}")
    assert len(tally.unread) <= 65

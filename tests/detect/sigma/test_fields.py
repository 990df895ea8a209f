"""What is seen becomes records with Sigma's names; what is not known is absent."""

from lazaretto.detect.sigma.fields import Actor, records
from lazaretto.model.host import Kind, Observed

NODE = Actor(
    path="/usr/bin/node", argv=("node", "x.js"), user="u", parent_path="/bin/sh", parent_argv=("sh", "-c", "node x.js")
)


def one(seen, actor=NODE):
    (found,) = records(seen, "linux", actor)
    return found.category, dict(found.raw)


def test_program():
    seen = Observed(1, "t", Kind.EXEC, 5, parent=4, uid=0, path="/bin/ls", argv=("ls", "-l"), cwd="/tmp")
    assert one(seen, Actor(hashes=(("sha256", "ab"),))) == (
        "process_creation",
        {
            "Image": "/bin/ls", "CommandLine": "ls -l", "CurrentDirectory": "/tmp", "ProcessId": "5", "ParentProcessId": "4",
            "User": "root", "sha256": "ab", "Hashes": "SHA256=ab",
        },
    )  # fmt: skip
    assert one(seen)[1]["ParentCommandLine"] == "sh -c node x.js"


def test_files():
    base = {"ProcessId": "5", "User": "u", "Image": "/usr/bin/node", "TargetFilename": "/x"}
    assert one(Observed(1, "t", Kind.WRITE, 5, path="/x")) == ("file_event", base)
    assert one(Observed(1, "t", Kind.READ, 5, path="/x")) == ("file_access", {**base, "FileName": "/x"})
    assert one(Observed(1, "t", Kind.DELETE, 5, path="/x")) == ("file_delete", base)


def test_connections():
    base = {"ProcessId": "5", "User": "u", "Image": "/usr/bin/node", "Initiated": "true"}
    assert one(Observed(1, "t", Kind.CONNECT, 5, path="192.0.2.1:443"))[1] == {
        **base, "DestinationPort": "443", "DestinationIp": "192.0.2.1", "DestinationIsIpv6": "false",
    }  # fmt: skip
    assert one(Observed(1, "t", Kind.CONNECT, 5, path="[2001:db8::1]:80"))[1]["DestinationIp"] == "2001:db8::1"
    assert one(Observed(1, "t", Kind.CONNECT, 5, path="a.invalid:80"))[1]["DestinationHostname"] == "a.invalid"
    assert (
        one(Observed(1, "t", Kind.CONNECT, 5, path="192.0.2.1:80"), Actor(names=("a.invalid",)))[1][
            "DestinationHostname"
        ]
        == "a.invalid"
    )
    assert records(Observed(1, "t", Kind.CONNECT, 5, path="unix:/run/x"), "linux") == ()


def test_names():
    seen = Observed(1, "t", Kind.RESOLVE, 5, path="a.invalid", detail="192.0.2.1 192.0.2.2")
    own, plain = records(seen, "macos", NODE)
    assert (own.category, own.raw["QueryName"], own.raw["QueryResults"]) == (
        "dns_query",
        "a.invalid",
        ("192.0.2.1", "192.0.2.2"),
    )
    assert (plain.category, dict(plain.raw)) == ("dns", {"query": "a.invalid", "answer": ("192.0.2.1", "192.0.2.2")})
    assert records(Observed(1, "t", Kind.EXIT, 5), "linux") == ()

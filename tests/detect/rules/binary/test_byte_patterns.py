"""The rules that report what the pack of byte patterns sees."""

import pytest

from lazaretto.detect import bytescan
from lazaretto.detect.rules.binary.attack_tool_strings import RULE as ATTACK
from lazaretto.detect.rules.binary.chat_channel import RULE as CHANNEL
from lazaretto.detect.rules.binary.miner_strings import RULE as MINER
from lazaretto.detect.rules.binary.script_bundle import RULE as BUNDLE
from lazaretto.detect.rules.binary.stealer_strings import RULE as STEALER

BROWSERS = b"Login Data\0Local State\0logins.json\0key4.db\0"
WALLETS = b"nkbihfbeogaeaoehlefnkodbefgpgknn\0exodus.wallet\0"
TOKEN = b"api.telegram.org/bot\0" + b"0" * 10 + b":AA" + b"x" * 33 + b"\0"


@pytest.fixture
def program(build):
    return lambda words: build.elf(program=True, tail=words)


def test_every_rule_of_the_pack_is_reported_by_somebody():
    groups = {dict(rule.metadata)["group"] for rule in bytescan.compiled() if rule.metadata}
    assert groups == {"stealer", "channel", "miner", "attack", "bundle"}


def test_a_stealer(scan, program):
    (seen,) = scan(STEALER, program(BROWSERS + WALLETS))
    assert seen[:2] == ("HIGH", "MEDIUM")
    (seen,) = scan(STEALER, program(BROWSERS + WALLETS + b"api.telegram.org/bot"))
    assert seen[:2] == ("HIGH", "HIGH")
    (seen,) = scan(STEALER, program((BROWSERS + WALLETS).decode().encode("utf-16-le")))
    assert seen[:2] == ("HIGH", "MEDIUM")
    keys = b"SetWindowsHookExA\0GetAsyncKeyState\0GetForegroundWindow\0https://discord.com/api/webhooks/"
    assert scan(STEALER, program(keys))[0][:2] == ("HIGH", "MEDIUM")


def test_one_group_is_no_stealer(scan, program):
    assert scan(STEALER, program(BROWSERS + b"CryptUnprotectData")) == []
    assert scan(STEALER, program(WALLETS)) == []
    assert scan(STEALER, program(b"SetWindowsHookExA\0GetAsyncKeyState\0GetForegroundWindow")) == []
    assert scan(STEALER, BROWSERS + WALLETS, "notes.txt") == []


def test_a_chat_channel(scan, program):
    assert scan(CHANNEL, program(TOKEN)) == [
        ("HIGH", "MEDIUM", "holds the secret of a chat channel that it can report to: api.telegram.org/bot")
    ]
    hook = b"https://discord.com/api/webhooks/" + b"1" * 18 + b"/" + b"x" * 68
    assert scan(CHANNEL, program(hook))[0][:2] == ("HIGH", "MEDIUM")
    assert scan(CHANNEL, program(hook.decode().encode("utf-16-le")))[0][:2] == ("HIGH", "MEDIUM")


def test_a_channel_without_its_secret_is_none(scan, program):
    assert scan(CHANNEL, program(b"https://api.telegram.org/bot%s/sendMessage")) == []
    assert scan(CHANNEL, program(b"https://discord.com/api/webhooks/{id}/{token}")) == []
    assert scan(CHANNEL, program(b"0" * 10 + b":AA" + b"x" * 33)) == []


def test_a_miner(scan, program):
    assert scan(MINER, program(b"stratum+tcp://\0xmrig\0donate-level"))[0][:2] == ("HIGH", "MEDIUM")
    assert scan(MINER, program(b"randomx\0cryptonight\0")) == []


def test_attack_tools(scan, program):
    assert scan(ATTACK, program(b"powershell -w hidden\0FromBase64String("))[0][:2] == ("HIGH", "MEDIUM")
    analysts = b"SbieDll.dll\0wireshark.exe\0x64dbg.exe\0fiddler.exe\0procmon.exe"
    assert scan(ATTACK, program(analysts))[0][:2] == ("MEDIUM", "MEDIUM")
    assert scan(ATTACK, program(b"powershell -w hidden\0wireshark.exe")) == []


def test_a_bundle(scan, program):
    assert scan(BUNDLE, program(b"PYZ-00.pyz\0MEI\x0c\x0b\x0a\x0b\x0e")) == [
        ("LOW", "HIGH", "is a script packed as a program, made with PyInstaller")
    ]
    assert scan(BUNDLE, program(b"MEI\x0c\x0b\x0a\x0b\x0e")) == []  # its own loader


def test_long_code_and_compiled_python_are_searched_too(scan):
    words = BROWSERS + WALLETS
    assert scan(STEALER, words + b"\n" * (600 << 10), "dist/bundle.js")[0][:2] == ("HIGH", "MEDIUM")
    assert scan(STEALER, words + b"\n" * (5 << 20), "dist/bundle.js")[0][:2] == ("HIGH", "MEDIUM")
    assert scan(STEALER, b"\xa7\r\r\n" + words, "__pycache__/a.cpython-311.pyc")[0][:2] == ("HIGH", "MEDIUM")
    assert scan(STEALER, words, "short.js") == []


def test_a_word_a_million_times(scan, program):
    assert scan(STEALER, program(BROWSERS * 200_000)) == []

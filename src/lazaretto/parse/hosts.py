"""What kind of place a URL points to, told from its host alone; nothing is ever looked up.

The kinds matter because downloading and running code is ordinary when it comes from the project's own installer
page and hardly ever when it comes from a bare address, a link shortener or a free application host. The lists are
short and hand-made: they hold services seen in public write-ups of fake-recruiter lures (see `docs/signals.md`), and
installers that the documentation of common tools tells people to pipe into a shell.
"""

import ipaddress
import re
from enum import StrEnum
from urllib.parse import urlsplit

URL = re.compile(r"(?:https?|ftp|wss?)://[^\s\"'`<>|;()\\{}^]{3,500}", re.IGNORECASE)
"""A URL inside other text; ends at quotes, brackets and shell operators."""

_BARE = re.compile(
    r"(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}(?::\d{1,5})?(?:/\S{0,400})?|\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?(?:/\S{0,400})?"
)


_REGISTRIES = frozenset(
    # the last two labels, with a blank between: this list is not one of addresses to contact
    {
        "npmjs org", "yarnpkg com", "npmmirror com", "cnpmjs org", "jsr io", "pypi org", "pythonhosted org",
        "pytorch org", "nvidia com", "pyg org", "github com", "gitlab com", "pkg dev", "anaconda org", "anaconda com",
        "fury io", "fury site", "huggingface co", "googleapis com", "amazonaws com", "azure com", "visualstudio com",
        "jfrog io", "cloudsmith io", "aliyun com", "aliyuncs com",
        "tencent com", "huaweicloud com", "douban com", "piwheels org",
        "fontawesome com", "tiptap dev", "gsap com", "taobao org",
    }
)  # fmt: skip
_REGISTRY_SUFFIXES = (".tsinghua.edu.cn", ".ustc.edu.cn", ".bfsu.edu.cn")


class HostKind(StrEnum):
    """How a host is to be taken."""

    LOCAL = "local"
    """Loopback, private or link-local; names without a dot."""
    ADDRESS = "address"
    """A bare public IP address."""
    SHORTENER = "shortener"
    THROWAWAY = "throwaway"
    """Free application hosting, tunnels, paste and JSON stores: anybody gets one in a minute, without a name."""
    INSTALLER = "installer"
    """A well-known tool's own installer page."""
    OTHER = "other"


_SHORTENERS = frozenset(
    [
        "bit.ly", "tinyurl.com", "t.co", "goo.gl", "is.gd", "v.gd", "ow.ly", "cutt.ly", "rb.gy", "shorturl.at",
        "rebrand.ly", "t.ly", "tiny.cc", "short.io", "s.id", "surl.li", "urlz.fr", "bl.ink", "lnkd.in", "soo.gd",
        "clck.ru", "u.to", "qrco.de", "shrtco.de", "da.gd",
    ]
)  # fmt: skip

# application hosts with one free name each; tunnels; paste, file and JSON stores, request bins
_THROWAWAY = frozenset(
    [
        "vercel.app", "now.sh", "netlify.app", "onrender.com", "herokuapp.com", "glitch.me", "repl.co",
        "replit.app", "replit.dev", "fly.dev", "railway.app", "up.railway.app", "render.com", "workers.dev",
        "pages.dev", "web.app", "firebaseapp.com", "surge.sh", "deno.dev", "pythonanywhere.com",
        "000webhostapp.com", "koyeb.app", "cyclic.app", "adaptable.app", "ngrok.io", "ngrok.app", "ngrok-free.app",
        "ngrok.dev", "trycloudflare.com", "loca.lt", "localhost.run", "serveo.net", "lhr.life", "telebit.io",
        "pagekite.me", "pastebin.com", "paste.ee", "hastebin.com", "ghostbin.com", "rentry.co", "rentry.org",
        "dpaste.com", "dpaste.org", "controlc.com", "transfer.sh", "file.io", "anonfiles.com", "gofile.io",
        "catbox.moe", "litter.catbox.moe", "temp.sh", "bashupload.com", "0x0.st", "npoint.io", "jsonkeeper.com",
        "jsonbin.io", "mocki.io", "mockapi.io", "jsonsilo.com", "jsonhosting.com", "my-json-server.typicode.com",
        "webhook.site", "requestbin.com", "pipedream.net", "beeceptor.com", "requestcatcher.com", "oast.fun",
        "oast.pro", "interact.sh", "cdn.discordapp.com", "media.discordapp.net", "api.telegram.org", "telegra.ph",
    ]
)  # fmt: skip

_INSTALLERS = frozenset(
    [
        "sh.rustup.rs", "rustup.rs", "static.rust-lang.org", "get.docker.com", "deb.nodesource.com",
        "rpm.nodesource.com", "get.pnpm.io", "bun.sh", "bun.com", "deno.land", "install.python-poetry.org",
        "astral.sh", "get.sdkman.io", "get.sdkman.com", "get.helm.sh", "get.rvm.io", "bootstrap.pypa.io",
        "sh.brew.sh", "brew.sh", "pyenv.run", "get.k3s.io", "foundry.paradigm.xyz", "release.solana.com",
        "release.anza.xyz", "mise.run", "mise.jdx.dev", "get.volta.sh", "volta.sh", "install.determinate.systems",
        "nixos.org", "getcomposer.org", "get.haskellup.org", "get-ghcup.haskell.org", "cli.github.com",
        "apt.llvm.org", "packages.microsoft.com", "aka.ms", "dot.net", "download.docker.com",
        "download.opensuse.org", "dl.google.com", "sdk.cloud.google.com", "go.dev", "golang.org", "cli.run.nu",
        "starship.rs", "get.starship.rs", "taskfile.dev", "just.systems", "direnv.net", "codecov.io",
        "uploader.codecov.io", "cli.codecov.io", "keybase.io", "get.pulumi.com", "cli.doppler.com", "get.flox.dev",
        "pixi.sh", "install.meteor.com", "toolbelt.treasuredata.com", "install.julialang.org", "setup.bun.sh",
        "risczero.com", "cursor.com", "claude.ai", "opencode.ai", "ollama.com", "awscli.amazonaws.com",
        "s3.amazonaws.com", "get.trunk.io", "binaries.soliditylang.org", "cli-assets.heroku.com", "fnm.vercel.app",
        "moonrepo.dev", "proto.moonrepo.dev",
    ]
)  # fmt: skip

_INSTALLER_PATHS = (
    # Projects that publish their installer from their own repository. Host, then the start of the path.
    ("raw.githubusercontent.com", "/nvm-sh/nvm/"),
    ("raw.githubusercontent.com", "/creationix/nvm/"),
    ("raw.githubusercontent.com", "/Homebrew/install/"),
    ("raw.githubusercontent.com", "/ohmyzsh/ohmyzsh/"),
    ("raw.githubusercontent.com", "/robbyrussell/oh-my-zsh/"),
    ("raw.githubusercontent.com", "/golangci/golangci-lint/"),
    ("raw.githubusercontent.com", "/anchore/"),
    ("raw.githubusercontent.com", "/aquasecurity/"),
    ("raw.githubusercontent.com", "/helm/helm/"),
    ("raw.githubusercontent.com", "/docker/"),
    ("raw.githubusercontent.com", "/rhysd/actionlint/"),
    ("raw.githubusercontent.com", "/python-poetry/"),
    ("raw.githubusercontent.com", "/pyenv/"),
    ("raw.githubusercontent.com", "/microsoft/"),
    ("raw.githubusercontent.com", "/devcontainers/"),
    ("raw.githubusercontent.com", "/rust-lang/"),
    ("raw.githubusercontent.com", "/conda-forge/"),
    ("github.com", "/conda-forge/miniforge/"),
    ("repo.anaconda.com", "/miniconda/"),
    ("micro.mamba.pm", "/"),
)


def host_of(url: str) -> str:
    """Return the host of a URL or of `host/path`: lower case, no port, no credentials; empty when there is none."""
    text = url.strip()
    if "://" not in text:
        text = f"//{text.lstrip('/')}"
    try:
        return (urlsplit(text).hostname or "").rstrip(".").lower()
    except ValueError:
        return ""


def host_kind(url: str) -> HostKind:
    """Classify a URL or a bare host."""
    host = host_of(url)
    if not host or host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return HostKind.LOCAL
    address = _address(host)
    if address is not None:
        return HostKind.ADDRESS if _is_public(address) else HostKind.LOCAL
    if "." not in host:
        return HostKind.LOCAL
    if host in _INSTALLERS or host.removeprefix("www.") in _INSTALLERS:
        return HostKind.INSTALLER
    if any(host == known and path in url for known, path in _INSTALLER_PATHS):
        return HostKind.INSTALLER
    if host in _SHORTENERS or host.removeprefix("www.") in _SHORTENERS:
        return HostKind.SHORTENER
    parts = host.split(".")
    if any(".".join(parts[at:]) in _THROWAWAY for at in range(len(parts) - 1)):
        return HostKind.THROWAWAY
    return HostKind.OTHER


def is_public_registry(url: str) -> bool:
    """Tell whether a URL's host belongs to a public package index or a well-known mirror or vendor of packages."""
    return " ".join(host_of(url).split(".")[-2:]) in _REGISTRIES or host_of(url).endswith(_REGISTRY_SUFFIXES)


def first_url(text: str) -> str:
    """Return the first URL in `text`, or an empty string."""
    found = URL.search(text)
    return found.group().rstrip(".,") if found else ""


def looks_like_host(word: str) -> bool:
    """Tell whether a download command's argument is a URL without its scheme (`203.0.113.7/x`, `a.test/x`)."""
    return _BARE.fullmatch(word) is not None


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    if host.isdigit() or host.startswith("0x"):  # http://3221226219/ is an address too
        try:
            return ipaddress.ip_address(int(host, 0))
        except ValueError:
            return None
    return None


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    documentation = address.version == 4 and str(address).rsplit(".", 1)[0] in {"192.0.2", "198.51.100", "203.0.113"}
    return documentation or address.is_global

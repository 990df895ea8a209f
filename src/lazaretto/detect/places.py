"""Places of secrets and of what starts by itself, on Linux and macOS: which kind is this path?

Patterns are over the path below a home folder; homes are `/home/NAME`, `/root`, `/Users/NAME` and those that the caller
names. Sources: the file lists of stealers that were written about in public (BeaverTail, InvisibleFerret and their
kin), and the documentation of the programs that keep their secrets there.
"""

import re
from enum import StrEnum


class Place(StrEnum):
    """What lies there."""

    BROWSER = "browser"
    """Passwords, cookies and sessions of a browser."""
    WALLET = "wallet"
    """Cryptocurrency keys, browser extensions included."""
    KEY = "key"
    """SSH, GPG and cloud keys, key rings, password stores."""
    TOKEN = "token"  # noqa: S105 - a kind
    """What package, git and cloud clients log in with."""
    HISTORY = "history"
    """What was typed into shells and interpreters."""
    START = "start"
    """Started by a shell, the desktop, cron or an editor without being asked."""
    CODE_START = "code-start"
    """Started by git or an editor when somebody works in the project."""


_CHROMIUM = (
    r"(?:\.config|Library/Application Support|snap/[\w-]{1,40}/common|\.var/app/[\w.-]{1,60}/config)/"
    r"(?:google-chrome[\w-]{0,12}|chromium|Google/Chrome[ \w]{0,12}|Chromium|BraveSoftware/[\w-]{1,40}|microsoft-edge[\w-]{0,8}"
    r"|Microsoft Edge[ \w]{0,8}|vivaldi|Vivaldi|opera[\w-]{0,10}|com\.operasoftware\.\w{1,20}|yandex-browser|Arc/User Data"
    r"|Electron)"
)
_EXTENSIONS = (
    "nkbihfbeogaeaoehlefnkodbefgpgknn|ejbalbakoplchlghecdalmeeeajnimhm|bfnaelmomeimhlpmgjnjophhpkkoljpa"
    "|fhbohimaelbohpjbbldcngcnapndodjp|ibnejdfjmmkpcnlpebklmnkoeoihofec|hnfanknocfeofbddgcijnmhnfnkdnaad"
    "|egjidjbpglichdcondbcbdnbeeppgdph|aholpfdialjgjfhomihkjbmgjidlcdno|acmacodkjbdgmoleebolmdjonilkdbch"
    "|dlcobpjiigpikoobohmabehhmhfoodbb|pejdijmoenmkgeppbflobdenhhabjlaj|opcgpfmipidbgpenhmajoajpbobppdil"
)
_PATTERNS = (
    (Place.WALLET, rf"{_CHROMIUM}/[^/]{{1,60}}/(?:Local Extension Settings|IndexedDB)/[^/]{{0,20}}(?:{_EXTENSIONS})"),
    (
        Place.WALLET,
        r"(?:\.config/(?:Exodus|atomic|Electrum|Ledger Live|solana|sui|Binance)|\.electrum|\.bitcoin|\.ethereum|\.monero"
        r"|\.exodus|\.atomic|\.sui|\.aptos|\.near-credentials|\.foundry/keystores|\.config/[Ss]olana"
        r"|Library/Application Support/(?:Exodus|atomic|Electrum|Ledger Live|Bitcoin|Ethereum|Binance))(?:/|$)",
    ),
    (
        Place.BROWSER,
        rf"{_CHROMIUM}/(?:Local State$|[^/]{{1,60}}/(?:Login Data|Cookies|Web Data|History|Network/Cookies|Sessions/"
        r"|Local Storage/|Local Extension Settings/|Login Data For Account))",
    ),
    (
        Place.BROWSER,
        r"(?:\.mozilla/firefox|Library/Application Support/Firefox/Profiles|\.thunderbird|\.var/app/org\.mozilla\.firefox"
        r"/\.mozilla/firefox|snap/firefox/common/\.mozilla/firefox)/[^/]{1,80}/(?:logins\.json|key[34]\.db|cookies\.sqlite"
        r"|places\.sqlite|cert9\.db|formhistory\.sqlite)",
    ),
    (
        Place.KEY,
        r"(?:\.ssh/(?!known_hosts|config$|authorized_keys|.{1,80}\.pub$)[^/]{1,80}$|\.gnupg/(?:private-keys-v1\.d/|secring)"
        r"|\.local/share/keyrings/|\.local/share/kwalletd/|Library/Keychains/|\.password-store/|\.aws/(?:credentials|sso/cache/)"
        r"|\.azure/(?:accessTokens|msal_token_cache|azureProfile)|\.config/gcloud/(?:credentials|access_tokens|application_default"
        r"|legacy_credentials)|\.kube/config$|\.oci/|\.config/doctl/|\.terraform\.d/credentials|\.vault-token$|\.age/"
        r"|\.config/sops/|\.config/op/|\.config/Bitwarden|[^/]{1,60}\.kdbx$|Documents/[^/]{1,60}\.kdbx$|\.minikube/.{0,60}\.key$)",
    ),
    (
        Place.TOKEN,
        r"(?:\.npmrc$|\.yarnrc(?:\.yml)?$|\.pypirc$|\.netrc$|\.git-credentials$|\.config/git/credentials$|\.docker/config\.json$"
        r"|\.config/gh/hosts\.yml$|\.config/hub$|\.cargo/credentials|\.gem/credentials|\.config/glab-cli/|\.config/configstore/"
        r"|\.huggingface/token|\.cache/huggingface/token|\.config/pypoetry/auth\.toml|\.env(?:\.[\w.-]{1,30})?$|\.claude/\.credentials"
        r"|\.codex/auth\.json|\.gemini/oauth_creds|\.config/heroku|\.config/netlify/|\.vercel/auth|\.wrangler/config)",
    ),
    (
        Place.HISTORY,
        r"\.(?:bash_history|zsh_history|zhistory|sh_history|python_history|node_repl_history|psql_history|mysql_history"
        r"|sqlite_history|local/share/fish/fish_history|lesshst|zsh_sessions/)",
    ),
    (
        Place.START,
        r"\.(?:bashrc|bash_profile|bash_login|bash_logout|profile|zshrc|zshenv|zprofile|zlogin|xinitrc|xprofile|xsessionrc|inputrc"
        r"|config/(?:autostart/|systemd/user/|fish/|plasma-workspace/env/|environment\.d/)|local/share/(?:applications/|systemd/user/)"
        r"|ssh/(?:authorized_keys|rc$|config$)|gitconfig$|config/git/(?:config|hooks/)|git-templates/)",
    ),
    (
        Place.START,
        r"(?:Library/LaunchAgents/|\.vscode(?:-server|-oss)?/extensions/|\.cursor/extensions/|\.config/(?:Code|Cursor|VSCodium)/User/)",
    ),
)
_IN_HOME = re.compile("|".join(f"(?P<p{number}>{pattern})" for number, (_, pattern) in enumerate(_PATTERNS)))
_OUTSIDE = re.compile(
    r"(?P<start>/etc/(?:cron\.|crontab|systemd/system/|profile\.d/|init\.d/|rc\.local|ld\.so\.preload|xdg/autostart/)|/var/spool/cron/"
    r"|/Library/Launch(?:Agents|Daemons)/|.{1,500}-packages/[^/]{1,120}\.pth$|.{1,500}-packages/(?:site|user)customize\.py$)"
    r"|(?P<key>/etc/shadow$|/var/run/secrets/|/run/secrets/|/Library/Keychains/)"
    r"|(?P<code>.{0,500}/(?:\.git/hooks/[^/]{1,60}$|\.husky/[^/]{1,60}$|\.vscode/(?:tasks|settings|launch)\.json$|\.idea/runConfigurations/"
    r"|\.devcontainer/devcontainer\.json$|\.cursor/(?:mcp\.json|rules)|\.claude/(?:settings|hooks)))"
    r"|(?P<token>.{0,500}/\.env(?:\.[\w-]{1,30})?$)"
)
_HOME = re.compile(r"(?:/home/[^/]{1,64}|/root|/Users/[^/]{1,64})/")


def below_home(path: str, home: str = "") -> str:
    """Return the part of a path below a home folder; empty when it is in none."""
    if home and path.startswith(f"{home}/"):
        return path[len(home) + 1 :]
    match = _HOME.match(path)
    return path[match.end() :] if match else ""


def place_of(path: str, home: str = "") -> Place | None:
    """Tell what lies at an absolute path; None = nothing special."""
    path = path[:4096]
    rest = below_home(path, home)
    if rest:
        match = _IN_HOME.match(rest)
        if match:
            return _PATTERNS[int((match.lastgroup or "p0")[1:])][0]
    match = _OUTSIDE.match(path)
    if match is None:
        return None
    return {"start": Place.START, "key": Place.KEY, "code": Place.CODE_START, "token": Place.TOKEN}[
        match.lastgroup or ""
    ]


OF_CLIENTS = ("/.npmrc", "/.netrc", "/.pypirc", "/.git-credentials", "/.docker/config.json")
"""Files that package clients and HTTP libraries open by themselves, whatever they are asked to fetch."""
SECRETS = frozenset({Place.BROWSER, Place.WALLET, Place.KEY, Place.TOKEN, Place.HISTORY})
STARTS = frozenset({Place.START, Place.CODE_START})

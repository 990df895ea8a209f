"""Hosts that say nothing by themselves, and hosts of those who write reports.

Names are written with a blank for the dot: this is not a list of addresses to contact. Kept short by hand; what is
missing here is still caught by context (references, footnotes, plain writing among defanged indicators).
"""

from lazaretto.parse.suffixes import is_private_suffix, registrable

_SHARED = frozenset(
    name.replace(" ", ".")
    for name in (
        # code and packages
        "github com", "githubusercontent com", "github io", "gitlab com", "bitbucket org", "codeberg org",
        "sourceforge net", "npmjs com", "npmjs org", "yarnpkg com", "unpkg com", "jsdelivr net", "pypi org",
        "pythonhosted org", "rubygems org", "crates io", "packagist org", "nuget org", "golang org", "go dev",
        "hub docker com", "docker com", "docker io", "open-vsx org", "visualstudio com", "terraform io", "nodejs org",
        "python org", "huggingface co", "replit com", "codesandbox io", "stackblitz com", "socket io", "vscode dev",
        # files, pages, pastes, JSON
        "google com", "googleapis com", "googleusercontent com", "dropbox com", "onedrive live com", "sharepoint com",
        "box com", "mega nz", "wetransfer com", "pastebin com", "npoint io", "jsonkeeper com", "jsonbin io", "jsonsilo com",
        "rentry co", "ghostbin com", "webhook site", "pipedream net", "vercel app", "vercel com", "netlify app",
        "netlify com", "pages dev", "workers dev", "web app", "firebaseio com", "firebaseapp com", "onrender com", "render com",
        "herokuapp com", "railway app", "ngrok io", "ngrok app", "ngrok-free app", "trycloudflare com", "amazonaws com",
        "cloudfront net", "azureedge net", "azurewebsites net", "windows net", "cloudflare com", "carrd co", "notion so",
        "notion site", "wordpress com", "blogspot com", "medium com", "bit ly", "tinyurl com", "t co", "goo gl", "cutt ly",
        "mocky io", "mockapi io", "beeceptor com", "transfer sh", "gofile io", "catbox moe", "file io", "temp sh",
        # talking
        "telegram org", "t me", "telegra ph", "discord com", "discord gg", "discordapp com", "discordapp net", "slack com",
        "whatsapp com", "zoom us", "linkedin com", "facebook com", "twitter com", "x com", "youtube com", "reddit com",
        "instagram com", "kakao com", "naver com", "daum net", "gmail com", "outlook com", "hotmail com", "yahoo com",
        "proton me", "protonmail com", "skype com", "teams microsoft com", "microsoft com", "live com", "apple com",
        "icloud com", "upwork com", "freelancer com", "wellfound com", "wanted co kr", "calendly com",
        # chains
        "etherscan io", "bscscan com", "tronscan org", "solscan io", "trongrid io", "infura io", "alchemy com",
        "ankr com", "aptoslabs com", "binance org", "bnbchain org", "publicnode com", "solana com", "ipfs io", "arbiscan io",
        # looking things up
        "ipify org", "ip-api com", "ipinfo io", "ifconfig me", "icanhazip com", "ipapi co", "wikipedia org",
    )
)  # fmt: skip

_AUTHORS = frozenset(
    name.replace(" ", ".")
    for name in (
        "reversinglabs com", "socket dev", "snyk io", "aikido dev", "jfrog com", "phylum io", "sonatype com", "checkmarx com",
        "datadoghq com", "wiz io", "stepsecurity io", "safedep io", "opensourcemalware com", "veracode com", "semgrep dev",
        "microsoft com", "google com", "mandiant com", "paloaltonetworks com", "unit42 paloaltonetworks com",
        "talosintelligence com", "cisco com", "kaspersky com", "securelist com", "welivesecurity com", "eset com",
        "sentinelone com", "crowdstrike com", "elastic co", "recordedfuture com", "silentpush com", "trendmicro com",
        "sekoia io", "nviso eu", "group-ib com", "checkpoint com", "ahnlab com", "asec ahnlab com", "estsecurity com",
        "alyac co kr", "genians co kr", "enki co kr", "s2w inc", "boho or kr", "krcert or kr", "kisa or kr", "ncsc go kr",
        "nis go kr", "police go kr", "thehackernews com", "bleepingcomputer com", "therecord media", "darkreading com",
        "securityweek com", "theregister com", "arstechnica com", "zdnet co kr", "boannews com", "dailysecu com",
        "etnews com", "yna co kr", "virustotal com", "any run", "hybrid-analysis com", "abuse ch", "urlscan io", "shodan io",
        "censys io", "mitre org", "nist gov", "cisa gov", "fbi gov", "ic3 gov", "justice gov", "treasury gov", "first org",
        "oasis-open org", "w3 org", "ietf org", "osv dev", "openssf org", "owasp org", "gitguardian com", "deps dev",
        "ictsecuritymagazine com", "jpcert or jp", "ncsc gov uk", "securityalliance org", "threatprophet com",
        "sans org", "sans edu", "publicsuffix org", "schema org", "creativecommons org", "archive org", "gmail com",
    )
)  # fmt: skip


def is_shared(host: str) -> bool:
    """Tell whether a host is, or lies on, a service that everybody uses."""
    return is_private_suffix(host) or any(name in _SHARED for name in _above(host))


def is_tenant(host: str) -> bool:
    """Tell whether a host below a shared service is a name that somebody took there (`a.vercel.app`, `a.slack.com`)."""
    if is_private_suffix(host):
        return False
    name = registrable(host, private=True)
    if name and name != registrable(host, private=False):
        return True  # below a suffix under which names are handed out
    above = _above(host)
    return len(above) > 1 and any(
        parent in _TENANTS and above[0] != parent and host.partition(".")[0] not in _OWN for parent in above
    )


def is_author(host: str) -> bool:
    """Tell whether a host belongs to somebody who writes reports or keeps records about such things."""
    return any(name in _AUTHORS for name in _above(host))


def _above(host: str) -> list[str]:
    labels = host.split(".")
    return [".".join(labels[start:]) for start in range(max(0, len(labels) - 4), len(labels) - 1)]


_TENANTS = frozenset(
    name.replace(" ", ".")
    for name in ("slack com", "sharepoint com", "onrender com", "railway app", "npoint io", "pipedream net", "notion site",
                 "carrd co", "wordpress com", "blogspot com", "beeceptor com", "firebaseio com", "ngrok io")
)  # fmt: skip
_OWN = frozenset({"www", "api", "app", "docs", "help", "status", "cdn", "hooks", "blog", "files"})

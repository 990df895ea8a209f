"""What is told about each campaign in words of our own: a summary and its traits, each with its source.

A trait is one habit. Briefs print it as a sentence; clustering looks for it in an examination's findings
(`evidence`: rule ids, any of which shows it). A campaign without a profile is told by its recorded facts alone.
"""

from dataclasses import dataclass

from lazaretto.model.text import N_

RECORDED = "recorded"
"""The trait that every campaign has: something of it is recorded by value."""


@dataclass(frozen=True, slots=True)
class Trait:
    """One habit of a campaign."""

    id: str
    sentence: str
    """Marked with `N_`."""
    source: str
    """Key of a `Reference` of the campaign."""
    evidence: frozenset[str] = frozenset()
    """Rule ids; empty = cannot be seen in files."""


@dataclass(frozen=True, slots=True)
class Profile:
    """The words about one campaign."""

    summary: tuple[str, ...]
    """One or two sentences, marked with `N_`."""
    traits: tuple[Trait, ...] = ()


_TOKEN = frozenset({"js/token-poll-c2", "py/token-poll-c2"})
_IMITATES = frozenset(
    {"name/typosquat", "name/combosquat", "name/clone-with-extra-files", "name/impersonating-metadata"}
)
_DECODES = frozenset({"js/decode-then-execute", "py/decode-then-exec", "js/decoded-url-fetched", "py/decoded-address"})
_REMOTE = frozenset({
    "js/remote-code-executed", "js/remote-code-across-files", "js/error-branch-executed", "js/cross-file-flow",
    "js/function-constructor-with-require", "js/env-value-fetched-and-executed", "py/remote-code-executed",
})  # fmt: skip
_DEAD_DROP = frozenset({"js/dead-drop-read", "py/chat-webhook-in-code", "binary/hard-coded-chat-channel"})
_OUTSIDE = frozenset({
    "npm/dependency-outside-registry", "pypi/requirement-outside-index", "npm/lockfile-odd-host", "repo/terraform-lock-odd-registry",
})  # fmt: skip
_TASKS = frozenset({"repo/editor-task-runs-on-open", "repo/automatic-tasks-enabled", "story/hidden-trigger"})
_HOOKS = frozenset({"repo/live-git-hook", "repo/git-config-runs-program", "story/trigger-into-git-folder"})
_STORES = frozenset(
    {"js/reads-browser-or-wallet-stores", "py/reads-browser-or-wallet-stores", "binary/stealer-strings"}
)
_DISGUISED = frozenset({
    "js/loads-non-code-file", "js/disguised-code", "js/off-screen-code", "js/obfuscated-tail", "py/disguised-module", "py/off-screen-code",
    "story/trigger-runs-disguised-code", "npm/lifecycle-runs-hidden-file",
})  # fmt: skip
_SELF = frozenset({"py/self-rewriting-module"})
_INSTALL = frozenset(
    {"npm/lifecycle-downloads-code", "npm/lifecycle-runs-hidden-file", "npm/lifecycle-starts-application"}
)
_ENVIRONMENT = frozenset({"js/environment-posted", "py/environment-posted", "py/secrets-sent"})

PROFILES: dict[str, Profile] = {
    "graphalgo": Profile(
        (
            N_("A fake recruiter's coding test pulls a registry dependency that carries a remote access trojan."),
            N_("Its server answers only clients that registered first and present the token that they were given."),
        ),
        (
            Trait(
                "token-protocol",
                N_(
                    "The trojan registers with data about the host, receives a token and must present it with every later request."
                ),
                "thn-2026-02-graphalgo",
                _TOKEN,
            ),
            Trait(
                "imitation",
                N_(
                    "Packages copy well-known libraries under similar names; first versions are harmless and a later one is armed."
                ),
                "thn-2026-02-graphalgo",
                _IMITATES,
            ),
            Trait(
                "hidden-payload",
                N_(
                    "The payload is kept encoded or encrypted in the package and is decoded only when the code is used."
                ),
                "kam193",
                _DECODES,
            ),
            Trait(
                "self-rewriting",
                N_("Some loaders rewrite the installed package after running, so that its files look clean."),
                "kam193",
                _SELF,
            ),
            Trait(
                "outside-registry",
                N_(
                    "Since April 2026 the dependency may be a release asset on a code host or a provider outside of the usual registry."
                ),
                "may-2026-log",
                _OUTSIDE,
            ),
            Trait(
                "two-channels",
                N_("The wave of September 2026 takes commands through a chat workspace and a block chain contract."),
                "aikido-2026-09",
                _DEAD_DROP,
            ),
        ),
    ),
    "contagious-interview": Profile(
        (
            N_("Staged job interviews make the candidate run a repository, a package or a terminal command."),
            N_(
                "Loaders fetch BeaverTail, InvisibleFerret, OtterCookie and their relatives from JSON stores, app hosts and block chains."
            ),
        ),
        (
            Trait(
                "folder-open",
                N_("An editor task of the repository starts as soon as the folder is opened."),
                "may-2026-log",
                _TASKS,
            ),
            Trait(
                "git-hooks",
                N_("Git hooks inside a delivered archive run on the first git command."),
                "githook-2026-07",
                _HOOKS,
            ),
            Trait(
                "hidden-address",
                N_("The address of the next stage hides as an ordinary variable in a configuration file."),
                "tp-2026-002",
                frozenset(
                    {
                        "repo/env-value-decodes-to-url",
                        "js/decoded-url-fetched",
                        "js/env-value-fetched-and-executed",
                        "story/planted-url-is-executed",
                    }
                ),
            ),
            Trait(
                "remote-text-executed",
                N_("Text from a server is executed as code, often inside of an error handler."),
                "tp-2026-002",
                _REMOTE,
            ),
            Trait(
                "environment-sent",
                N_("All environment variables are sent away before anything else happens."),
                "tp-2026-002",
                _ENVIRONMENT,
            ),
            Trait(
                "disguised-code",
                N_("Code stands far to the right of the screen or in files that pretend to be fonts and pictures."),
                "thn-2026-07-polinrider",
                _DISGUISED,
            ),
            Trait(
                "dead-drops",
                N_("Addresses of further stages are read from block chain transactions."),
                "osm-2026-03",
                _DEAD_DROP,
            ),
            Trait(
                "stores",
                N_("Browser profiles, password stores and wallets are searched and uploaded."),
                "elastic-pa",
                _STORES,
            ),
        ),
    ),
    "equation-of-compromise": Profile(
        (
            N_("Clones of mathematics and event libraries hold a payload that decrypts only for one exact input."),
            N_("It shares an operator key with graphalgo."),
        ),
        (
            Trait(
                "imitation",
                N_(
                    "The packages are clones of known libraries with a few added files; the public repository holds no malicious code."
                ),
                "jfrog-2026-09",
                _IMITATES,
            ),
            Trait(
                "exact-input",
                N_("The key of the payload is derived from one exact input, so that a sandbox sees nothing."),
                "jfrog-2026-09",
                _DECODES,
            ),
            Trait(
                "two-channels",
                N_("Commands come through test network contracts and chat messages."),
                "jfrog-2026-09",
                _DEAD_DROP,
            ),
        ),
    ),
    "tradertraitor-npm-2023": Profile(
        (
            N_("An invitation to work together leads to a repository that depends on a pair of packages."),
            N_("The first package stores a token which the second one presents to its server."),
        ),
        (
            Trait(
                "token-pair",
                N_("Two packages work together: one obtains a token, the other exchanges it for code."),
                "github-2023-07",
                _TOKEN,
            ),
            Trait("remote-code", N_("The second package executes what the server sends."), "github-2023-07", _REMOTE),
            Trait(
                "install-script",
                N_("The pair starts from install scripts and must be installed in the right order."),
                "github-2023-07",
                _INSTALL,
            ),
        ),
    ),
    "tradertraitor-takehome": Profile(
        (
            N_("Take-home projects read data from several real sites and one of the attacker's."),
            N_("Newer ones name an attacker's registry in a Terraform lock file."),
        ),
        (
            Trait(
                "remote-data-executed",
                N_("The attacker's site answers chosen victims with data that is executed when it is parsed."),
                "wiz-tt",
                _REMOTE,
            ),
            Trait(
                "provider-lock",
                N_("A lock file of the project points to a registry host of the attacker."),
                "thn-2026-09-jade",
                _OUTSIDE,
            ),
            Trait("self-deleting", N_("The loader deletes its file and stays in memory."), "wiz-tt", _SELF),
            Trait(
                "stores",
                N_("Browser data, shell history and the key chain are collected."),
                "thn-2026-09-jade",
                _STORES,
            ),
        ),
    ),
    "vmconnect-pypi-2023": Profile(
        (N_("Imitations of known Python libraries start their payload on use, not on installation."),),
        (
            Trait("imitation", N_("The packages imitate known Python modules."), "pypi-malregistry", _IMITATES),
            Trait(
                "starts-on-use",
                N_("The payload starts when the library is used; its strings are encoded."),
                "pypi-malregistry",
                _DECODES | _REMOTE,
            ),
        ),
    ),
    "axios-2026": Profile(
        (
            N_(
                "Two releases of axios, published from a taken-over maintainer account, added a dependency that installs a remote access trojan."
            ),
            N_("They were live for about three hours."),
        ),
        (
            Trait(
                "install-script",
                N_("An install script fetches a trojan for the operating system and then tidies up after itself."),
                "datadog-axios",
                _INSTALL,
            ),
        ),
    ),
    "chalk-debug-2025": Profile(
        (
            N_(
                "Eighteen very popular packages, published from a phished maintainer account, swapped wallet addresses in browsers."
            ),
            N_("They were live for about two hours."),
        ),
    ),
    "comebacker-pypi-2024": Profile(
        (N_("Imitations of cryptographic Python libraries carry an encoded library file."),)
    ),
    "glassworm": Profile((N_("Editor extensions and packages hide their loader in invisible characters."),)),
    "moonstone-npm-2024": Profile(
        (N_("npm packages fetch a library file for Windows in their install script, load it and remove their traces."),)
    ),
    "operation-dream-job": Profile(
        (
            N_("Fake job documents and trojanised viewers are sent to staff in defence and aerospace."),
            N_("Commands travel over hijacked web sites."),
        ),
    ),
    "pondrat-pypi-2024": Profile((N_("Python packages install a small remote access trojan for Linux and macOS."),)),
    "s1ngularity-2025": Profile(
        (
            N_(
                "Hijacked Nx releases told command line AI assistants to list secrets and published the list in the victim's name."
            ),
        )
    ),
    "shai-hulud-2025": Profile(
        (
            N_(
                "A worm searches an installing machine for credentials, publishes them and re-publishes the victim's own packages."
            ),
        )
    ),
    "teampcp-2026": Profile(
        (
            N_("Stolen publishing tokens put credential-stealing releases into popular packages."),
            N_("A worm carried them on."),
        ),
    ),
}
"""By campaign id. A test holds it against the embedded packs."""

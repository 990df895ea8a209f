"""The 63 checks of an offer: what each needs, what it weighs, which rules make it, and what would settle it.

Letters: M message, E mail, D domain, C company and person, R repository, G git history. `docs/offer.md` has the table.
"""

from dataclasses import dataclass

from lazaretto.model.text import N_

TEXT, MAIL, SENDER, DOMAIN, REPOSITORY, HISTORY, PROFILE, ANSWER, LOOKUP, THREAD, ATTACHED, NEVER = (
    "text", "mail", "sender", "domain", "repository", "history", "profile", "answer", "lookup", "thread", "attached", "never",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Check:
    """One check."""

    id: str
    title: str
    """Marked with `N_`."""
    needs: tuple[str, ...]
    """What must be in hand: one of these."""
    points: int
    """The most that it can weigh."""
    rules: tuple[str, ...] = ()
    settle: str = ""
    """What would settle it: one step. Marked with `N_`; empty = nothing to be said."""


CHECKS: tuple[Check, ...] = (
    Check("M1", N_("a command to paste"), (TEXT,), 100, ("approach/pasted-command",), N_("ask for a test that needs no command of theirs")),
    Check("M2", N_("a fix for the camera"), (TEXT,), 100, ("approach/camera-fix",), N_("offer a call on a service that you know, in the browser")),
    Check("M3", N_("a wallet, its secret, a payment"), (TEXT,), 100, ("approach/wallet-secret", "approach/wallet-connected", "approach/fee-asked", "approach/paid-in-crypto", "approach/account-lent"), N_("use no wallet of yours, and pay nothing")),
    Check("M4", N_("protection switched off, trust given, remote access"), (TEXT,), 100, ("approach/protection-off", "approach/trust-prompt", "approach/remote-access", "approach/macros-enabled"), N_("leave the protection on; who insists is not hiring")),
    Check("M5", N_("names and addresses of known campaigns"), (TEXT, MAIL, DOMAIN, REPOSITORY), 100, ("intel/campaign-offer",), ""),
    Check("M6", N_("code before anybody talked to you"), (TEXT,), 60, ("approach/no-process", "approach/asks-to-run-code", "approach/code-before-talk", "approach/just-run-it", "approach/lure-pattern"), N_("ask for a short video call before you touch any code")),
    Check("M7", N_("only on your own computer"), (TEXT, ANSWER), 45, ("approach/own-machine", "approach/isolation-refused", "approach/run-during-call"), N_("ask to do the test in the browser or by screen sharing; a real team agrees")),
    Check("M8", N_("an unknown meeting or test program"), (TEXT,), 45, ("approach/unknown-meeting-app",), N_("offer a call on a service that runs in the browser")),
    Check("M9", N_("away from the platform"), (TEXT,), 8, ("approach/off-platform",), N_("ask for a mail from the company's own domain")),
    Check("M10", N_("pressure of time"), (TEXT,), 6, ("approach/pressure",), N_("say that you need until tomorrow")),
    Check("M11", N_("pay far above the market, a job unseen"), (TEXT,), 16, ("approach/pay-above-market", "approach/hired-unseen"), N_("ask for the posting on the company's own page, with the pay")),
    Check("M12", N_("code by file share, archive or attachment"), (TEXT, ATTACHED), 45, ("approach/code-by-file-share", "approach/locked-archive", "approach/program-handed", "approach/attached-program", "mail/disguised-attachment", "mail/encrypted-attachment"), N_("ask for a repository of the company that one can read on the web")),
    Check("M13", N_("free mail for a company"), (SENDER,), 8, ("mail/free-mail-sender",), N_("ask for a mail from the company's own domain")),
    Check("M14", N_("papers, bank data, passwords"), (TEXT,), 20, ("approach/identity-papers", "approach/credentials-asked"), N_("give papers after the contract only, through the company's own system")),
    Check("M15", N_("nobody wants to be seen"), (TEXT, ANSWER), 12, ("approach/no-live-talk",), N_("ask for ten minutes of video")),
    Check("M16", N_("how the talk went on"), (THREAD,), 5, ("approach/thread-turns-to-code",), ""),
    Check("M17", N_("claims that contradict each other"), (TEXT, MAIL, DOMAIN), 12, ("approach/claims-contradict", "approach/foreign-repository"), N_("write to the address on the company's own page and ask whether they wrote to you")),
    Check("M18", N_("traces of a template"), (TEXT,), 3, ("approach/template-traces",), ""),
    Check("E1", N_("answers go to another domain"), (MAIL,), 12, ("mail/reply-to-elsewhere",), N_("answer to the address on the company's own page")),
    Check("E2", N_("what the receiving server says of the sender"), (MAIL,), 25, ("mail/authentication-failed",), N_("ask for a mail from the company's own domain")),
    Check("E3", N_("the mail's signature"), (MAIL,), 12, ("mail/signature-broken", "mail/signature-covers-part"), ""),
    Check("E4", N_("a service's name without its signature"), (MAIL,), 25, ("mail/claims-known-service",), N_("look for the same message in your account on that service")),
    Check("E5", N_("the chain of a forwarded mail"), (MAIL,), 2, ("mail/arc-broken",), ""),
    Check("E6", N_("a display name that is somebody else's"), (SENDER,), 15, ("mail/display-name-brand", "mail/display-name-address", "mail/several-senders"), ""),
    Check("E7", N_("the mail's way against the place it claims"), (MAIL,), 2, ("mail/route-contradicts",), ""),
    Check("D1", N_("a domain that looks like the company's"), (DOMAIN,), 25, ("domain/lookalike", "domain/not-the-company", "mail/link-leads-elsewhere"), N_("type the company's address yourself; do not follow the link")),
    Check("D2", N_("a domain that looks like a hiring service's"), (DOMAIN,), 20, ("domain/lookalike-vendor", "domain/hiring-words"), N_("open the service by typing its address yourself")),
    Check("D3", N_("mixed scripts, invisible and hidden text"), (DOMAIN,), 20, ("domain/mixed-script", "domain/confusable", "mail/invisible-characters", "mail/hidden-text"), ""),
    Check("D4", N_("a company on free hosting"), (DOMAIN,), 8, ("domain/free-hosting",), ""),
    Check("D5", N_("age of the domain"), (LOOKUP,), 18, ("domain/newly-registered",), N_("ask with --online how old the domain is")),
    Check("D6", N_("a mail domain that receives no mail"), (LOOKUP,), 12, ("domain/no-mx", "domain/parked"), ""),
    Check("D7", N_("mail policy of the domain"), (LOOKUP,), 3, ("domain/no-mail-policy",), ""),
    Check("D8", N_("first certificate against the claimed age"), (LOOKUP,), 6, ("domain/certificate-young",), ""),
    Check("D9", N_("no archived copy from before"), (NEVER,), 5, (), N_("look the company's site up in a web archive")),
    Check("D10", N_("shared servers with known campaigns"), (NEVER,), 6, (), ""),
    Check("C1", N_("the company in a public register"), (NEVER,), 6, (), N_("look the company up in a public register (in Korea: DART, or the business number); a record alone proves little")),
    Check("C2", N_("the job on the company's own page"), (ANSWER,), 10, ("answer/not-on-careers-page",), N_("find the company's page by a search, not by their link, and look for the job there")),
    Check("C3", N_("the employer confirmed it by a contact that you found"), (ANSWER,), 0, (), N_("call or write to the company by a contact that you found yourself, and ask whether this offer is theirs")),
    Check("C4", N_("the network's badge"), (ANSWER,), 3, ("answer/no-badge",), N_("look for the workplace's badge on the profile; badges get stolen, too")),
    Check("C5", N_("the profile itself"), (PROFILE, ANSWER), 10, ("approach/profile-new", "approach/profile-contradicts"), N_("look for the same person on the company's own page")),
    Check("R1", N_("an editor task that starts hidden code"), (REPOSITORY,), 100, ("story/trigger-runs-disguised-code", "story/hidden-trigger", "story/trigger-reaches-payload"), ""),
    Check("R2", N_("an editor task that starts by itself"), (REPOSITORY,), 20, ("repo/editor-task-runs-on-open", "repo/ide-run-config",), ""),
    Check("R3", N_("automatic tasks switched on"), (REPOSITORY,), 25, ("repo/automatic-tasks-enabled", "repo/editor-settings-run-programs"), ""),
    Check("R4", N_("a live git hook"), (REPOSITORY,), 100, ("repo/live-git-hook", "repo/git-config-runs-program", "repo/gitattributes-filter", "story/trigger-into-git-folder"), ""),
    Check("R5", N_("an install script that downloads or hides"), (REPOSITORY,), 30, ("npm/lifecycle-downloads-code", "npm/lifecycle-runs-hidden-file", "npm/lifecycle-script", "npm/lifecycle-starts-application", "repo/download-and-run", "repo/husky-hook-runs-code", "repo/build-project-command"), ""),
    Check("R6", N_("a setting that hides an address"), (REPOSITORY,), 25, ("repo/env-value-decodes-to-url", "repo/envrc-runs-program", "story/planted-url-is-executed"), ""),
    Check("R7", N_("text from the network that is executed"), (REPOSITORY,), 100, ("js/remote-code-executed", "js/remote-code-across-files", "py/remote-code-executed", "js/env-value-fetched-and-executed", "js/error-branch-executed", "js/remote-command-run", "js/decode-then-execute", "py/decode-then-exec"), ""),
    Check("R8", N_("the environment sent away"), (REPOSITORY,), 100, ("js/environment-posted", "py/environment-posted", "js/secrets-sent", "py/secrets-sent"), ""),
    Check("R9", N_("code off screen or disguised as a picture or font"), (REPOSITORY,), 100, ("js/off-screen-code", "py/off-screen-code", "js/disguised-code", "js/loads-non-code-file", "py/disguised-module", "js/obfuscated-tail", "text/off-screen-command"), ""),
    Check("R10", N_("invisible characters in code"), (REPOSITORY,), 25, ("text/invisible-unicode", "text/bidi-control"), ""),
    Check("R11", N_("addresses read from a public ledger or a post"), (REPOSITORY,), 25, ("js/dead-drop-read", "py/chat-webhook-in-code",), ""),
    Check("R12", N_("a dependency that is recorded as malicious"), (REPOSITORY,), 100, ("intel/malicious-package", "intel/known-bad-file", "intel/campaign-indicator", "intel/campaign-name-listed"), ""),
    Check("R13", N_("a young or look-alike dependency"), (REPOSITORY,), 20, ("name/typosquat", "name/combosquat", "meta/brand-new-package", "name/unheard-of-dependency"), ""),
    Check("R14", N_("a dependency from outside the registry"), (REPOSITORY,), 15, ("npm/dependency-outside-registry", "pypi/requirement-outside-index"), ""),
    Check("R15", N_("another registry, or a look-alike of one"), (REPOSITORY,), 30, ("npm/lockfile-odd-host", "repo/terraform-lock-odd-registry"), ""),
    Check("R16", N_("a container that reaches your home"), (REPOSITORY,), 20, ("repo/devcontainer-reaches-host",), ""),
    Check("G1", N_("a history made in minutes"), (HISTORY,), 8, ("approach/history-in-minutes",), ""),
    Check("G2", N_("author and committer in different zones, dates rewritten"), (HISTORY,), 12, ("approach/zone-split", "approach/dates-rewritten"), ""),
    Check("G3", N_("scripts that spread a campaign"), (REPOSITORY,), 100, ("repo/propagation-script",), ""),
    Check("G4", N_("a well-known project under another name"), (HISTORY,), 8, ("approach/renamed-clone",), ""),
    Check("G5", N_("free mail in all commits"), (HISTORY,), 4, ("approach/commits-by-free-mail",), ""),
    Check("G6", N_("age and company of the repository's account"), (NEVER,), 8, (), N_("look when the account was made, and what else it has")),
    Check("G7", N_("the commits' time zone (counts nothing)"), (HISTORY,), 0, ("approach/zone-alone",), ""),
)  # fmt: skip
"""Order: as they are told. 63 of them."""

BY_RULE: dict[str, Check] = {rule: check for check in CHECKS for rule in check.rules}
BY_ID: dict[str, Check] = {check.id: check for check in CHECKS}

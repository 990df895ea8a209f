"""`offer`: is this recruiter and this job offer real? Nothing of it is opened or executed; the person is never judged.

sources    offer_read            mails, pasted text, pages, PDF, exports; git histories; what `check` says
evidence   rules over `Approach`, intelligence
verdict    judge_offer
surfaces   (the caller renders `Offered`)
"""

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from lazaretto import __version__
from lazaretto.app.offer_read import Taken, read_bytes, take, take_profile
from lazaretto.detect.approach import Approach
from lazaretto.detect.engine import run_rule
from lazaretto.detect.offer_links import ARCHIVES, PROGRAMS
from lazaretto.detect.rule import Rule
from lazaretto.detect.rules.approach.catalog import RULES as APPROACH
from lazaretto.detect.rules.domain.catalog import RULES as DOMAIN
from lazaretto.detect.rules.mail.catalog import RULES as MAIL
from lazaretto.intel.offer import Named, match_offer
from lazaretto.intel.pack import newest_date
from lazaretto.judge.offer import judge_offer
from lazaretto.judge.offer_weights import GOOD_SAYINGS
from lazaretto.model.finding import Finding, Gap, Location, Stage
from lazaretto.model.mail import DomainFacts, Mail
from lazaretto.model.offer import Answers, Case, Claims, History, Offered
from lazaretto.model.text import N_, Message

if TYPE_CHECKING:
    from lazaretto.app.offer_lookups import Lookups, Question
    from lazaretto.model.report import Checked

Check = Callable[[str], "Checked"]
"""`check` of one target."""

RULES: tuple[Rule, ...] = (*APPROACH, *MAIL, *DOMAIN)
ATTACHMENTS = 20
REPOSITORIES = 10
_NOT_FETCHED = N_(
    "{place} was not fetched: offline; download it as an archive without opening it, and name it with --repo"
)
_PACKED = frozenset({"zip", "rar", "7z", "tar", "gz", "exe", "elf", "macho", "msi", "lnk", "script", "jar"})


@dataclass(frozen=True, slots=True)
class Options:
    """How to look at an offer."""

    files: tuple[str, ...] = ()
    """Paths; `-` is `pasted`."""
    pasted: bytes = b""
    repositories: tuple[str, ...] = ()
    """Paths, addresses, packages: targets of `check`."""
    profile: str = ""
    claims: Claims = field(default_factory=Claims)
    answers: Answers = field(default_factory=Answers)
    online: bool = False
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    check: Check | None = None
    """None = the real one, imported when it is needed."""
    records: str = ""
    """Path of a file of keys and policies that need not be asked for (`parse/mailauth/records.py`); empty = none."""
    lookups: "Lookups | None" = None
    """Who is asked when `online`; None = name servers and registries, as `lookups.toml` says."""
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    rules: tuple[Rule, ...] = RULES


def offer(options: Options) -> Offered:
    """Look at one offer. Never raises for what it holds."""
    started = time.monotonic()
    taken = _sources(options)
    case, gaps = _case(options, taken)
    view = Approach(case, options.now)
    findings, more = _evidence(view, options.rules)
    gaps = [*gaps, *more]
    good = {name: (places[0].path, places[0].line) for name in GOOD_SAYINGS if (places := view.said(name))}
    verdict = judge_offer(case, findings, good, gaps, options.now)
    return Offered(
        case=case,
        verdict=verdict,
        gaps=tuple(dict.fromkeys(gaps)),
        version=__version__,
        intel_date=newest_date(),
        seconds=time.monotonic() - started,
    )


def domains_of(options: Options) -> tuple[str, ...]:
    """Return the domains that `--online` would ask about, for the question beforehand."""
    from lazaretto.parse.suffixes import registrable

    taken = _sources(replace(options, repositories=()))
    case = Case("offer", tuple(taken.texts), tuple(taken.mails), options.claims)
    view = Approach(case, options.now)
    hosts = [mail.sender.domain for mail in view.mails] + [box.domain for mail in view.mails for box in mail.reply_to]
    hosts += [options.claims.domain, options.claims.recruiter_email.rpartition("@")[2]]
    hosts += [address.host for _, _, address in view.addresses if address.kind in ("other", "free")]
    found = [registrable(host.lower()) for host in hosts if host]
    return tuple(dict.fromkeys(name for name in found if name))[:20]


def questions_of(options: Options) -> "tuple[Question, ...]":
    """Return what `--online` would ask of whom. Nothing is asked."""
    from lazaretto.app.offer_lookups import plan, table_of

    taken = _sources(replace(options, repositories=()))
    return plan(taken.mails, domains_of(options), table_of(options.environment))


# -- sources ---------------------------------------------------------------------------------------------------------


def _sources(options: Options) -> Taken:
    taken = Taken()
    for path in options.files:
        if path == "-":
            take(taken, "-", options.pasted)
        elif Path(path).is_dir():
            taken.loose.append(path)
        else:
            data = read_bytes(path)
            if isinstance(data, Gap):
                taken.gaps.append(data)
            else:
                take(taken, _shown(path), data, path)
    if options.profile:
        data = read_bytes(options.profile)
        if isinstance(data, Gap):
            taken.gaps.append(data)
        else:
            take_profile(taken, _shown(options.profile), data)
    return taken


def _case(options: Options, taken: Taken) -> tuple[Case, list[Gap]]:
    gaps = list(taken.gaps)
    targets = list(dict.fromkeys([*options.repositories, *taken.loose]))
    checked = list(_checked(options, targets[:REPOSITORIES], gaps))
    checked += _attached(options, taken, gaps)
    mails, domains, more = _answered(options, taken)
    gaps += more
    case = Case(
        name=_name(options),
        texts=tuple(taken.texts),
        mails=mails,
        claims=options.claims,
        profile=taken.profile,
        histories=tuple(_histories(targets)),
        checked=tuple(checked),
        answers=options.answers,
        domains=domains,
        online=options.online,
    )
    return case, gaps


def _answered(options: Options, taken: Taken) -> tuple[tuple[Mail, ...], tuple[DomainFacts, ...], tuple[Gap, ...]]:
    """Check signatures and policies of mails, and ask about domains when that is allowed."""
    from lazaretto.app.offer_lookups import answered, real

    lookups = options.lookups
    if options.online and lookups is None:
        lookups = real(options.environment)
    if not options.online:
        lookups = None
    domains = domains_of(options) if lookups is not None else ()
    return answered(taken.mails, domains, options.records, lookups)


def _checked(options: Options, targets: Sequence[str], gaps: list[Gap]) -> Iterator["Checked"]:
    for target in targets:
        if "://" in target and not options.online:
            gaps.append(
                Gap(
                    Stage.NETWORK,
                    target,
                    Message(N_("not fetched: offline; name a copy on this disk, or use --online")),
                )
            )
            continue
        checked = _check(options)(target)
        if checked.error is not None:
            gaps.append(Gap(Stage.READ, target, checked.error))
        gaps += [replace(gap, partial=True) for gap in checked.examination.gaps[:20]]
        yield checked


def _attached(options: Options, taken: Taken, gaps: list[Gap]) -> Iterator["Checked"]:
    """Hand archives and programs that are attached to `check`, from a private folder that is removed again."""
    files = [(mail.name, one) for mail in taken.mails for one in mail.attachments if _is_code(one.name, one.sniffed)]
    for path, one in files[:ATTACHMENTS]:
        place = f"{path}!/{one.name or 'attachment'}"
        if one.encrypted or not one.data:
            gaps.append(
                Gap(
                    Stage.READ,
                    place,
                    Message(N_("the attachment is encrypted or was not kept; its content was not examined")),
                    partial=True,
                )
            )
            continue
        with tempfile.TemporaryDirectory(prefix="lazaretto-") as folder:
            file = Path(folder) / _file_name(one.name, one.sniffed)
            file.write_bytes(one.data)
            checked = _check(options)(str(file))
        yield replace(checked, target=place)


def _is_code(name: str, sniffed: str) -> bool:
    lower = name.lower()
    return lower.endswith((*ARCHIVES, *PROGRAMS, ".whl", ".py", ".ts", ".json", ".ipynb")) or sniffed in _PACKED


def _file_name(name: str, sniffed: str) -> str:
    plain = "".join(
        character
        for character in name.replace("\\", "/").rpartition("/")[2]
        if character.isalnum() or character in "._-"
    )
    return plain[-80:].lstrip(".-") or f"attachment.{sniffed or 'bin'}"


def _check(options: Options) -> Check:
    if options.check is not None:
        return options.check
    from lazaretto.app.check import Options as CheckOptions
    from lazaretto.app.check import check

    settings = CheckOptions(online=options.online, now=options.now)
    return lambda target: check(target, settings)


def _histories(targets: Sequence[str]) -> Iterator[History]:
    for target in targets[:REPOSITORIES]:
        path = target.rpartition("#")[0] or target
        if Path(path).is_dir():
            from lazaretto.adapters.git_history import read_history

            history = read_history(path, _shown(target))
            if history is not None:
                yield history


def _name(options: Options) -> str:
    names = [_shown(path) for path in options.files] or [_shown(target) for target in options.repositories]
    return ", ".join(names[:3]) or "-"


def _shown(path: str) -> str:
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


# -- evidence --------------------------------------------------------------------------------------------------------


def _evidence(view: Approach, rules: Sequence[Rule]) -> tuple[list[Finding], list[Gap]]:
    findings: list[Finding] = match_offer(_named(view))
    gaps: list[Gap] = []
    for rule in rules:
        result = run_rule(rule, view, view.case.name)
        findings.extend(result.findings)
        gaps.extend(result.gaps)
    too_long = Message(N_("longer than is read for its meaning; the rest was not examined"))
    gaps += [Gap(Stage.LIMIT, written.text.name, too_long) for written in view.written if written.tagged.cut]
    for path, line, address in view.addresses:
        if address.kind in ("repo", "file") and not view.case.online and not view.case.checked:
            reason = Message.of(_NOT_FETCHED, {"place": address.host})
            gaps.append(Gap(Stage.NETWORK, f"{path}:{line}", reason, partial=True))
    return [_placed(finding, view) for finding in findings], gaps


def _placed(finding: Finding, view: Approach) -> Finding:
    """A finding about the case as a whole stands at its name."""
    if finding.locations and finding.locations[0].path:
        return finding
    return replace(finding, locations=(Location(view.case.name),))


def _named(view: Approach) -> Iterator[Named]:
    if view.case.claims.company:
        yield Named("company", view.case.claims.company, view.case.name)
    for written in view.written:
        yield Named("text", written.text.text, written.text.name)
        for box in written.mailboxes:
            yield Named("host", box.rpartition("@")[2], written.text.name)
    for mail in view.mails:
        yield Named("text", f"{mail.sender.name}\n{mail.subject}", mail.name or view.case.name)
        for one in (mail.sender, *mail.reply_to):
            if one.domain:
                yield Named("host", one.domain, mail.name or view.case.name)
    if view.case.claims.domain:
        yield Named("host", view.case.claims.domain.lower(), view.case.name)
    for path, line, address in view.addresses:
        yield Named("host", address.host, path, line)
        if address.owner:
            yield Named("owner", address.owner, path, line)

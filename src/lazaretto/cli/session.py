"""What the commands share: language, streams, and the app behind a door that tests can replace."""

import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

from lazaretto import __version__
from lazaretto.model.text import N_, Message
from lazaretto.reports.context import Context, RuleCard
from lazaretto.reports.i18n import Translator, negotiate, translator
from lazaretto.reports.safe import fit, safe

if TYPE_CHECKING:
    from lazaretto.app.check import Options
    from lazaretto.app.examine import Progress
    from lazaretto.app.ignore import IgnoreList
    from lazaretto.app.learn import Confirm, Learned
    from lazaretto.app.offer_lookups import Question
    from lazaretto.app.watch import Note, Tally, Tell
    from lazaretto.model.campaign import CampaignFacts, ExposureSummary
    from lazaretto.model.detonated import Detonated
    from lazaretto.model.health import Health
    from lazaretto.model.intel_answer import FeedResult, Listed, MatchAnswer, Shown, StoreState
    from lazaretto.model.lint import Defect
    from lazaretto.model.offer import Offered
    from lazaretto.model.package import Inventory
    from lazaretto.model.page import Block
    from lazaretto.model.report import Checked
    from lazaretto.model.trace import Hunted
    from lazaretto.reports.watch_doctor import Looked


class App:
    """The doors to the app floor. Each imports what it needs when it is opened: `--help` opens none."""

    def check(self, target: str, options: "Options", progress: "Progress | None") -> "Checked":
        """Check one target."""
        from lazaretto.app.check import check

        return check(target, options, progress)

    def check_many(
        self, targets: Iterable[str], options: "Options", progress: "Progress | None"
    ) -> "Iterator[Checked]":
        """Check many targets; answers come as they are ready."""
        from lazaretto.app.check import check_many

        return check_many(targets, options, progress)

    def inventory(self, target: str, options: "Options") -> "tuple[str, Inventory]":
        """List the packages that a target's documents name."""
        from lazaretto.app.check import inventory

        return inventory(target, options)

    def options(self, values: Mapping[str, object]) -> "Options":
        """Build the options from the command line's values."""
        from lazaretto.app.check import Options

        return Options(**values)  # type: ignore[arg-type]  # a mapping from click, checked by its types

    def specs(self, stream: BinaryIO) -> Iterator[str]:
        """Read targets from a list."""
        from lazaretto.adapters.targets import iter_specs

        return iter_specs(stream)

    def load_ignore(self, path: Path, now: datetime) -> "IgnoreList":
        """Read an ignore file."""
        from lazaretto.app.ignore import load_ignore

        return load_ignore(path, now)

    def rules(self) -> "Sequence[RuleCard]":
        """Give all rules, sorted by id."""
        from lazaretto.app.rules import all_rules

        return all_rules()

    def learn(self, path: str, confirm: "Confirm", values: Mapping[str, Any], now: datetime) -> "Learned":
        """Read indicators out of a report; what is confirmed goes to a file, or into the store."""
        from lazaretto.adapters.pack_file import PackFile
        from lazaretto.app.learn import learn
        from lazaretto.app.recorded import StoreSink

        sink = PackFile(values["output"]) if values["output"] else StoreSink(values["store"], now)
        return learn(path, confirm, sink, now, values["campaign"])

    def campaign(self, name: str, store: str, now: datetime) -> "CampaignFacts":
        """Give everything recorded about a campaign."""
        from lazaretto.app.brief import campaign
        from lazaretto.app.recorded import Recorded

        return campaign(name, Recorded(store, now))

    def exposure(self, path: str) -> "ExposureSummary":
        """Read a hunt's answer."""
        from lazaretto.app.brief import exposure

        return exposure(path)

    def lint(self, path: str) -> "tuple[Defect, ...]":
        """Check a written brief."""
        from lazaretto.app.brief import lint_file

        return lint_file(path)

    def pdf(self, blocks: "Iterable[Block]", target: str, font: str, made: datetime) -> None:
        """Write blocks as PDF."""
        from lazaretto.adapters.pdf import save, write

        save(write(blocks, font=font, made=made), target)

    def intel_update(
        self, values: Mapping[str, Any], now: datetime, progress: Callable[[str, int], None] | None
    ) -> "list[FeedResult]":
        """Bring the intelligence store up to date."""
        from lazaretto.app.intel import Update, update_from, update_online

        how = Update(now, values["store"], values["replace"], values["force"], progress)
        if values["paths"]:
            return update_from(values["paths"], next(iter(values["feeds"]), ""), how)
        table = Path(values["table"]) if values["table"] else None
        return update_online(values["feeds"], how, table, values["url"])

    def intel_match(self, packages: Sequence[str], store: str, now: datetime) -> "MatchAnswer":
        """Match packages with what is recorded."""
        from lazaretto.app.check import Options
        from lazaretto.app.intel import match

        return match(packages, Options(now=now), store)

    def intel_list(self, store: str, now: datetime) -> "list[Listed]":
        """List the recorded campaigns."""
        from lazaretto.app.library import Library

        with Library(store, now) as library:
            return library.campaigns()

    def intel_show(self, word: str, store: str, now: datetime) -> "Shown":
        """Give everything recorded under a word."""
        from lazaretto.app.library import Library

        with Library(store, now) as library:
            return library.show(word)

    def intel_status(self, store: str) -> "StoreState":
        """Say what the store holds."""
        from lazaretto.app.intel import status

        return status(store)

    def hunt(self, values: Mapping[str, object], progress: "Progress | None") -> "Hunted":
        """Look for traces of what is recorded on this machine."""
        from lazaretto.app.hunt import hunt
        from lazaretto.app.hunt_plan import Options

        return hunt(Options(**values), progress)  # type: ignore[arg-type]  # a mapping from click, checked by its types

    def run(self, values: Mapping[str, object], progress: "Progress | None") -> "Detonated":
        """Run a project in the sandbox."""
        from lazaretto.app.run import Options, run

        return run(Options(**values), progress)  # type: ignore[arg-type]  # a mapping from click, checked by its types

    def offer(self, values: Mapping[str, object]) -> "Offered":
        """Look at an offer."""
        from lazaretto.app.offer import Options, offer

        return offer(Options(**values))  # type: ignore[arg-type]  # a mapping from click, checked by its types

    def offer_questions(self, values: Mapping[str, object]) -> "tuple[Question, ...]":
        """Give what would be asked of whom."""
        from lazaretto.app.offer import Options, questions_of

        return questions_of(Options(**values))  # type: ignore[arg-type]  # the same

    def watch(self, values: Mapping[str, Any], tell: "Tell", note: "Note", stop: Callable[[], bool]) -> "Tally":
        """Watch this computer until `stop` says so."""
        from lazaretto.app.watch_setup import start

        return start(values, tell, note, stop)

    def watch_replay(self, path: str, values: Mapping[str, Any], tell: "Tell", note: "Note") -> "Tally":
        """Run the rules over a recording."""
        from lazaretto.app.watch_setup import replay_file

        return replay_file(path, values, tell, note)

    def watch_doctor(self, values: Mapping[str, Any]) -> "Looked":
        """Say which sensors run here."""
        from lazaretto.app.watch_setup import look

        return look(values)

    def watch_install(self, values: Mapping[str, Any]) -> tuple[str, str]:
        """Write the systemd unit; return its place and text."""
        from lazaretto.app.watch_setup import install

        return install(values)

    def watch_bait(self, values: Mapping[str, Any], *, remove: bool) -> tuple[str, ...]:
        """Lay out bait, or take it away; return its paths."""
        from lazaretto.app.watch_setup import bait

        return bait(values, remove=remove)

    def watch_alerts(self, values: Mapping[str, Any]) -> "list[dict[str, Any]]":
        """Give the open alerts."""
        from lazaretto.app.watch_setup import alerts

        return alerts(values)

    def watch_close(self, values: Mapping[str, Any], key: str) -> list[str]:
        """Close alerts; return their ids."""
        from lazaretto.app.watch_setup import close_alerts

        return close_alerts(values, key)

    def doctor(self, environment: Mapping[str, str], store: str) -> "tuple[Health, ...]":
        """Say what works here."""
        from lazaretto.app.doctor import diagnose

        return diagnose(environment, store)

    def hunt_places(self) -> dict[str, str]:
        """Give the titles of all kinds of places, by id."""
        from lazaretto.traces.catalog import PLACES

        return {place.id: place.title for place in PLACES}


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Session:
    """One run of the program."""

    translate: Translator = field(default_factory=Translator)
    app: App = field(default_factory=App)
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    now: Callable[[], datetime] = _now
    quiet: bool = False
    code: int = 0
    """The exit code of what has been answered so far (for a pipe that breaks)."""

    def speak(self, lang: str | None) -> None:
        """Choose the language: the option's, else the environment's; English where the terminal has no Hangul."""
        chosen = lang or negotiate(self.environ)
        if chosen == "ko" and not can_show("가", sys.stdout):
            if lang:
                has_none = N_("the encoding of this output ({encoding}) has no Hangul; the answer is in English")
                self.say(has_none, {"encoding": encoding(sys.stdout)})
            chosen = "en"
        self.translate = translator(chosen)

    def say(self, template: str, params: Mapping[str, object] | None = None) -> None:
        """Tell the user something on stderr, unless quiet."""
        if not self.quiet:
            self._tell(N_("note"), self.translate(template, params, safe))

    def _tell(self, label: str, text: str) -> None:
        line = f"lazaretto: {self.translate(label)}: {text}\n"
        with contextlib.suppress(OSError):  # nobody listens: no reason to fail
            sys.stderr.write(fit(line, encoding(sys.stderr)))
            sys.stderr.flush()

    def fail(self, message: Message, hint: Message | None = None) -> None:
        """Tell the user what went wrong and what to do about it; also when quiet."""
        text = self.translate.message(message, safe)
        if hint is not None:
            text += f"\n  {self.translate.message(hint, safe)}"
        self._tell(N_("error"), text)

    def context(self, **changes: object) -> Context:
        """Return a report context of this session."""
        return Context(translate=self.translate, version=__version__, **changes)  # type: ignore[arg-type]  # see Context


def encoding(stream: TextIO) -> str:
    """Return a stream's encoding."""
    return getattr(stream, "encoding", None) or "utf-8"


def can_show(text: str, stream: TextIO) -> bool:
    """Tell whether a stream's encoding has these characters."""
    return fit(text, encoding(stream)) == text

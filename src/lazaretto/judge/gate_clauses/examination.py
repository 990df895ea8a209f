"""What the static examination of the file's bytes found. A file that was not examined yet is not served."""

from lazaretto.judge.gate_clauses.clause import Case, Check, GateClause, Key, Kind, hit, params
from lazaretto.judge.gate_terms import Action, Setting
from lazaretto.model.gate import Candidate, Hit, Known
from lazaretto.model.text import N_
from lazaretto.model.verdict import Grade

_FOUND = {
    Grade.MALICIOUS: N_("{name} {version} was examined and looks malicious ({rule})"),
    Grade.SUSPICIOUS: N_("{name} {version} was examined and looks suspicious ({rule})"),
}


def _prepare(case: Case, setting: Setting) -> Check | None:
    by_grade = {Grade.MALICIOUS: setting.act("malicious"), Grade.SUSPICIOUS: setting.act("suspicious")}
    incomplete, on_error = setting.act("incomplete"), setting.act("on-error")
    limit = setting.action

    def check(candidate: Candidate, known: Known) -> Hit | None:
        examined = known.examined
        if examined is None or (examined.complete and not examined.failed and examined.grade is Grade.NOTHING_FOUND):
            return None
        found = min(limit, by_grade.get(examined.grade, Action.OFF))
        failure = on_error if examined.failed else Action.OFF if examined.complete else incomplete
        failure = min(limit, failure)
        if failure > found:
            template = (
                N_("{name} {version} could not be examined")
                if examined.failed
                else N_("{name} {version} could be examined only in part")
            )
            return hit("examination", failure, template, params(candidate))
        if examined.grade not in _FOUND:
            return None
        rule = examined.rules[0] if examined.rules else f"{examined.score:.1f}"
        return hit("examination", found, _FOUND[examined.grade], params(candidate, rule=rule))

    return check


CLAUSE = GateClause(
    "examination",
    N_("What the static examination found"),
    Action.BLOCK,
    _prepare,
    alike=True,
    keys=(
        Key("malicious", Kind.ACTION, Action.BLOCK, "For files that look malicious."),
        Key("suspicious", Kind.ACTION, Action.QUARANTINE, "For files that look suspicious."),
        Key("incomplete", Kind.ACTION, Action.QUARANTINE, "For files that could be examined only in part."),
        Key("on-error", Kind.ACTION, Action.QUARANTINE, "For files whose examination gave no answer."),
        Key(
            "fail-open",
            Kind.FLAG,
            False,
            "Must be true when `incomplete` or `on-error` serves the file; the gate's status then says so.",
        ),
    ),
)

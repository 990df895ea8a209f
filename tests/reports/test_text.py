import re

import pytest
from inline_snapshot import snapshot

from lazaretto.reports import text
from lazaretto.reports.context import Context
from lazaretto.reports.i18n import translator
from lazaretto.reports.safe import HIDDEN, cells, fit

EN = Context(version="0.1.0")
KO = Context(version="0.1.0", translate=translator("ko"))


def test_malicious(malicious):
    assert text.each(malicious, EN) == snapshot("""\
lazaretto 0.1.0 · check ./take-home · offline · intelligence 2026-11-18 · nothing was executed

✗ MALICIOUS  CRITICAL (9.8/10)  do not open this folder in an editor; do not run or import it

error[story/trigger-reaches-payload]: opening the folder runs public/fonts/fa.woff2
 --> .vscode/tasks.json:7:5
  |
7 | "command": "node public/fonts/fa.woff2"
  |
  = then: public/fonts/fa.woff2:1  (js/remote-code-executed)
  = acts: when the folder is opened · CRITICAL, confidence high · T1204.002 · T1059.007
  = help: lazaretto explain story/trigger-reaches-payload

error[js/remote-code-executed]: executes what hxxp://c2[.]example[.]invalid/api answers
 --> public/fonts/fa.woff2:3:11
  |
3 | new Function.constructor('require', r.data)(require)
  |
  = acts: when it is run · HIGH, confidence high · T1105
  = help: lazaretto explain js/remote-code-executed

warning[npm/lifecycle-script]: runs node lib/init.js at install
 --> package.json:5:3
  = acts: when it is installed · MEDIUM, confidence medium
  = help: lazaretto explain npm/lifecycle-script

4 findings: 3 shown; shown by --all: too weak to raise a grade: 1

Checked      214 of 216 files · 20.1 MB · 148 packages named
Not checked  secret.bin: cannot be read: Permission denied
             old.py: is not valid Python (the rest was read)
             registry metadata such as age, maintainers and provenance

What now
  1  Understand the first reason   lazaretto explain story/trigger-reaches-payload
  2  Show it to someone            lazaretto check ./take-home --format html -o report.html
  3  See what it depends on        lazaretto inventory ./take-home
  4  Already opened or ran it? Take that computer off the network, and change its passwords,
     tokens and wallet keys from another one.

malicious · exit code 20 · 1.9 s
""")


def test_malicious_in_korean_except_for_what_the_samples_say(malicious):
    assert text.each(malicious, KO) == snapshot("""\
lazaretto 0.1.0 · check ./take-home · 오프라인 · 위협 정보 2026-11-18 · 아무것도 실행하지 않았습니다

✗ 악성  치명적 (9.8/10)  이 폴더를 편집기로 열지 마세요; 실행하거나 import하지 마세요

오류[story/trigger-reaches-payload]: opening the folder runs public/fonts/fa.woff2
 --> .vscode/tasks.json:7:5
  |
7 | "command": "node public/fonts/fa.woff2"
  |
  = 다음: public/fonts/fa.woff2:1  (js/remote-code-executed)
  = 작동: 폴더를 열 때 · 심각도 치명적, 신뢰도 높음 · T1204.002 · T1059.007
  = 도움말: lazaretto explain story/trigger-reaches-payload

오류[js/remote-code-executed]: executes what hxxp://c2[.]example[.]invalid/api answers
 --> public/fonts/fa.woff2:3:11
  |
3 | new Function.constructor('require', r.data)(require)
  |
  = 작동: 실행할 때 · 심각도 높음, 신뢰도 높음 · T1105
  = 도움말: lazaretto explain js/remote-code-executed

경고[npm/lifecycle-script]: runs node lib/init.js at install
 --> package.json:5:3
  = 작동: 설치할 때 · 심각도 중간, 신뢰도 중간
  = 도움말: lazaretto explain npm/lifecycle-script

발견 4건: 3건 표시; --all로 표시: 등급을 올리기에 약한 것 1건

확인함      파일 216개 중 214개 · 20.1 MB · 언급된 패키지 148개
확인 못 함  secret.bin: 읽을 수 없음: Permission denied
            old.py: is not valid Python (나머지는 읽음)
            레지스트리 메타데이터(나이, 관리자, 출처 증명 등)

다음 할 일
  1  첫째 이유 알아보기        lazaretto explain story/trigger-reaches-payload
  2  다른 사람에게 보여 주기   lazaretto check ./take-home --format html -o report.html
  3  무엇에 의존하는지 보기    lazaretto inventory ./take-home
  4  이미 열거나 실행했나요? 그 컴퓨터를 네트워크에서 분리하고, 비밀번호·토큰·지갑 키를 다른
     컴퓨터에서 바꾸세요.

악성 · 종료 코드 20 · 1.9초
""")


def test_malicious_on_a_terminal_without_glyphs(malicious):
    shown = fit(text.each(malicious, EN), "ascii")
    shown.encode("ascii")
    assert shown.splitlines()[2] == snapshot(
        "[X] MALICIOUS  CRITICAL (9.8/10)  do not open this folder in an editor; do not run or import it"
    )
    assert shown.splitlines()[0] == snapshot(
        "lazaretto 0.1.0 - check ./take-home - offline - intelligence 2026-11-18 - nothing was executed"
    )


def test_korean_on_cp949(malicious):
    shown = fit(text.each(malicious, KO), "cp949")
    shown.encode("cp949")
    assert shown.splitlines()[2] == snapshot(
        "[X] 악성  치명적 (9.8/10)  이 폴더를 편집기로 열지 마세요; 실행하거나 import하지 마세요"
    )


def test_suspicious(suspicious):
    assert text.each(suspicious, EN) == snapshot("""\
lazaretto 0.1.0 · check ./take-home · offline · intelligence 2026-11-18 · nothing was executed

! SUSPICIOUS  MEDIUM (4.8/10)  read the reasons before you open, install or run it

warning[npm/lifecycle-script]: runs node lib/init.js at install
 --> package.json:5:3
  = acts: when it is installed · MEDIUM, confidence medium
  = help: lazaretto explain npm/lifecycle-script

1 finding: 1 shown

Checked      214 of 216 files · 20.1 MB · 148 packages named
Not checked  registry metadata such as age, maintainers and provenance

What now
  1  Understand the first reason   lazaretto explain npm/lifecycle-script
  2  Show it to someone            lazaretto check ./take-home --format html -o report.html
  3  See what it depends on        lazaretto inventory ./take-home

suspicious · exit code 10 · 1.9 s
""")


def test_nothing_found_is_not_called_safe(nothing):
    assert text.each(nothing, EN) == snapshot("""\
lazaretto 0.1.0 · check ./take-home · offline · intelligence 2026-11-18 · nothing was executed

✓ NOTHING FOUND  LOW (1.0/10)  no known-bad or suspicious behaviour in what was checked

1 finding: 0 shown; shown by --all: too weak to raise a grade: 1

Checked      214 of 216 files · 20.1 MB · 148 packages named
Not checked  registry metadata such as age, maintainers and provenance

This is not a proof of safety: only what is listed above was checked.

nothing found · exit code 0 · 1.9 s
""")


def test_nothing_found_and_not_looked_at_never_print_the_same_verdict(nothing, incomplete, failed, build):
    empty = build([], [], examined=0)
    first_lines = [text.each(checked, EN).splitlines()[2] for checked in (nothing, incomplete, failed, empty)]
    assert first_lines == snapshot(
        [
            "✓ NOTHING FOUND  LOW (1.0/10)  no known-bad or suspicious behaviour in what was checked",
            "? NOT FULLY CHECKED  nothing was found, but a part could not be examined; do not take this for a",
            "? NOT CHECKED  the target could not be examined; this is not a clean result",
            "? NOT CHECKED  there was nothing to examine; this is not a clean result",
        ]
    )
    assert len(set(first_lines)) == 4
    brief = [text.each(checked, Context(quiet=True)) for checked in (nothing, incomplete, failed, empty)]
    assert brief == snapshot(
        [
            "✓ NOTHING FOUND  LOW (1.0/10)  ./take-home\n",
            "? NOT FULLY CHECKED  ./take-home\n",
            "? NOT CHECKED  ./nowhere\n",
            "? NOT CHECKED  ./take-home\n",
        ]
    )


def test_incomplete(incomplete):
    assert text.each(incomplete, EN) == snapshot("""\
lazaretto 0.1.0 · check ./take-home · offline · intelligence 2026-11-18 · nothing was executed

? NOT FULLY CHECKED  nothing was found, but a part could not be examined; do not take this for a
    clean result

Checked      214 of 216 files · 20.1 MB · 148 packages named
Not checked  secret.bin: cannot be read: Permission denied
             old.py: is not valid Python (the rest was read)
             registry metadata such as age, maintainers and provenance

What now
  1  See all that could not be examined   lazaretto check ./take-home -v

not fully checked · exit code 3 · 1.9 s
""")


def test_failed(failed):
    assert text.each(failed, EN) == snapshot("""\
lazaretto 0.1.0 · check ./nowhere · offline · intelligence 2026-11-18 · nothing was executed

? NOT CHECKED  the target could not be examined; this is not a clean result
  ./nowhere does not exist

not checked · exit code 3 · 1.9 s
""")


def test_ignored_findings_are_shown(waived):
    assert text.each(waived, EN).splitlines()[4:7] == snapshot(
        [
            "1 finding ignored by your ignore file",
            "  npm/lifecycle-script  package.json:5  until 2027-01-31: our own fork",
            "",
        ]
    )


def test_all_and_statistics(malicious):
    shown = text.each(malicious, Context(version="0.1.0", show_all=True, statistics=True))
    assert "note[js/child-process]: starts processes" in shown
    assert shown[shown.index("Findings by rule") :] == snapshot("""\
Findings by rule
      1  js/child-process
      1  js/remote-code-executed
      1  npm/lifecycle-script
      1  story/trigger-reaches-payload

Findings by file
      1  .vscode/tasks.json
      1  lib/run.js
      1  package.json
      1  public/fonts/fa.woff2

malicious · exit code 20 · 1.9 s
""")


def test_colours_change_nothing_else(malicious):
    coloured = text.each(malicious, Context(version="0.1.0", colour=True))
    assert "\x1b[31m✗\x1b[0m" in coloured
    for code in ("31", "32", "33", "34", "1", "2", "0"):
        coloured = coloured.replace(f"\x1b[{code}m", "")
    assert coloured == text.each(malicious, EN)


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_hostile_text_is_harmless(hostile, lang):
    shown = text.each(hostile, Context(version="0.1.0", translate=translator(lang), show_all=True, statistics=True))
    assert not set(shown.replace("\n", "")) & {chr(code) for code in (0x1B, 0x07, 0x202E, 0x200B, 0x0D)}
    assert "http://" not in shown
    assert "\n::" not in shown
    import re

    assert not re.search(f"[{HIDDEN}]", shown.replace("\n", ""))


def test_a_target_that_is_no_plain_word_is_not_put_into_commands(hostile, build, malicious):
    assert "lazaretto check TARGET --format html" in text.each(hostile, EN)
    spaced = build(malicious.examination.findings, target="a folder; rm -rf x")
    assert "lazaretto check 'a folder; rm -rf x' --format html" in text.each(spaced, EN)


def test_lines_fit_the_terminal(malicious, incomplete, nothing):
    for width in (60, 96):
        for checked in (malicious, incomplete, nothing):
            for context in (Context(version="0.1.0", width=width), Context(width=width, translate=translator("ko"))):
                lines = text.each(checked, context).splitlines()
                free = [
                    line for line in lines[1:] if "lazaretto " not in line and "[" not in line and " = " not in line
                ]
                assert max(map(cells, free)) <= width


def test_findings_of_one_rule_with_one_message_are_one_block(build, malicious):
    from dataclasses import replace

    fetch = malicious.examination.findings[1]
    place = fetch.locations[0]
    many = [replace(fetch, locations=(replace(place, path=f"src/{number}.js"),)) for number in range(12)]
    shown = text.each(build(many), EN)
    assert shown.count("error[js/remote-code-executed]") == 1
    assert "12 findings: 12 shown\n" in shown
    assert shown.count("= also: src/") == 8
    assert "= also: 3 more places" in shown


def test_many_different_reasons_are_cut_and_counted(build, malicious):
    from dataclasses import replace

    from lazaretto.model.text import Message

    fetch = malicious.examination.findings[1]
    many = [
        replace(fetch, rule=f"js/rule-{number % 20}", message=Message.of("what {n}", {"n": number}))
        for number in range(60)
    ]
    shown = text.each(build(many), EN)
    assert shown.count("error[") == 10
    assert "60 findings: 10 shown; shown by --all: further reasons: 50\n" in shown


def test_tail_counts_targets(malicious, nothing, incomplete):
    assert text.tail([malicious], EN) == ""
    assert text.tail([malicious, nothing, incomplete, nothing], EN) == snapshot(
        "4 targets: MALICIOUS 1 · NOT FULLY CHECKED 1 · NOTHING FOUND 2 · exit code 20\n"
    )


def test_what_changed_since_an_older_version(compared):
    assert text.each(compared, EN) == snapshot("""\
lazaretto 0.1.0 · check ./take-home · offline · intelligence 2026-11-18 · nothing was executed

! SUSPICIOUS  MEDIUM (4.8/10)  read the reasons before you open, install or run it

warning[npm/lifecycle-script]: runs node lib/init.js at install
 --> package.json:5:3
  = acts: when it is installed · MEDIUM, confidence medium
  = since: new in this version
  = help: lazaretto explain npm/lifecycle-script

What changed since npm:demo@1.0.0
  + new in this version: postinstall: node a.js, which an installation runs by itself
    (package.json:5)
  other findings that the older version had not: 1; gone: 3; the older version: NOTHING FOUND

3 findings: 1 shown; shown by --all: too weak to raise a grade: 2

Checked      214 of 216 files · 20.1 MB · 148 packages named
Not checked  registry metadata such as age, maintainers and provenance

What now
  1  Understand the first reason   lazaretto explain npm/lifecycle-script
  2  Show it to someone            lazaretto check ./take-home --against npm:demo@1.0.0 --format html -o report.html
  3  See what it depends on        lazaretto inventory ./take-home

suspicious · exit code 10 · 1.9 s
""")


def test_nothing_changed(unchanged):
    assert text.each(unchanged, EN).split("\n\n")[2] == snapshot("""\
What changed since ./old
  no new trigger, ability, dependency or hidden code was seen
  other findings that the older version had not: 0; gone: 0; the older version: SUSPICIOUS\
""")


def test_many_changes_are_cut(build, compared):
    from dataclasses import replace

    added = [finding for finding in compared.examination.findings if finding.rule.startswith("change/")]
    many = [replace(added[0], locations=(replace(added[0].locations[0], line=number),)) for number in range(1, 31)]
    answer = build(many, [], comparison=replace(compared.comparison, added=tuple(many)))
    assert "10 more changes (--all shows them)" in text.each(answer, EN)
    assert text.each(answer, replace(EN, show_all=True)).count("  + new") == 30


def test_an_older_version_with_a_hostile_name(hostile_change):
    whole = text.each(hostile_change, EN)
    assert not re.search(f"[{HIDDEN}]", whole.replace("\n", ""))
    assert "check TARGET --against OLD --format html" in whole

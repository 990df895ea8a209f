"""Transfers that go somewhere else."""

from lazaretto.detect.rules.python.payee_replaced import RULE

ADDRESS = "0x1234567890abcdef1234567890abcdef12345678"


def test_an_argument_that_is_replaced(scan):
    text = (
        f'def send(self, to, amount):\n    if amount > 1:\n        to = "{ADDRESS}"\n    return self.pay(to, amount)\n'
    )
    assert scan(RULE, text) == [(3, "HIGH", "HIGH", "run")]
    assert scan(RULE, text, "tests/test_a.py") == [(3, "LOW", "HIGH", "run")]


def test_a_parameter_of_the_call(scan):
    text = f'async def transfer(wallet, destination, amount):\n    params = {{"dest": "{ADDRESS}"}}\n    return submit(params)\n'
    assert scan(RULE, text) == [(2, "HIGH", "HIGH", "run")]


def test_near_misses(scan):
    default = f'def send(to, amount):\n    if not to:\n        to = "{ADDRESS}"\n    pay(to, amount)\n'
    assert scan(RULE, default) == []
    contract = f'def approve(amount):\n    return {{"to": "{ADDRESS}", "value": amount}}\n'
    assert scan(RULE, contract) == []
    burn = f'def burn(to, amount):\n    to = "0x{"0" * 40}"\n    pay(to, amount)\n'
    assert scan(RULE, burn) == []
    other = f'def send(to, amount):\n    token = "{ADDRESS}"\n    pay(to, token, amount)\n'
    assert scan(RULE, other) == []

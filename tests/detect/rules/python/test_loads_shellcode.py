"""Machine code in memory."""

from lazaretto.detect.rules.python.loads_shellcode import RULE


def test_three_steps(scan):
    text = r"""import ctypes
k = ctypes.windll.kernel32
code = b"\x90\x90"
p = k.VirtualAlloc(0, len(code), 0x3000, 0x40)
k.RtlMoveMemory(p, code, len(code))
k.CreateThread(0, 0, p, 0, 0, 0)
"""
    assert scan(RULE, text) == [(6, "HIGH", "HIGH", "import")]


def test_near_miss_asking_for_a_window(scan):
    text = r"""import ctypes
ctypes.windll.kernel32.VirtualProtect(0, 1, 2, 3)
"""
    assert scan(RULE, text) == []


def test_near_miss_a_debugger(scan):
    text = """import ctypes
k = ctypes.windll.kernel32
class Target:
    def allocate(self, size):
        return k.VirtualAllocEx(self.handle, 0, size, 0x3000, 4)
    def write(self, where, data):
        k.WriteProcessMemory(self.handle, where, data, len(data), None)
    def inject(self, start, where):
        return k.CreateRemoteThread(self.handle, 0, 0, start, where, 0, None)
"""
    assert scan(RULE, text) == [(9, "MEDIUM", "LOW", "run")]


def test_executable_memory_that_is_mapped(scan):
    text = """import ctypes, mmap
code = b"\\x90" * 64
area = mmap.mmap(-1, len(code), prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
area.write({code})
ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_int.from_buffer(area)))()
"""
    assert scan(RULE, text.format(code="code"), "package/__init__.py") == [(4, "HIGH", "HIGH", "import")]
    assert scan(RULE, text.format(code="assembled"), "package/__init__.py") == []

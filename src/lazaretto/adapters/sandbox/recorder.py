"""Answers the recorded system calls, and hands each to whoever writes down what it tells (`look.py`).

It only records: what a call's arguments point to may change before the kernel reads it again, so nothing is decided
by them. What is refused is refused by the call's number, or by an argument that is a number itself.
Calls before the command's own start belong to bubblewrap.
"""

import contextlib
import errno
import os
import select
import threading

from lazaretto.adapters.sandbox import seccomp
from lazaretto.adapters.sandbox.kernel import Listener
from lazaretto.adapters.sandbox.look import Look
from lazaretto.adapters.sandbox.notes import Notes


class Recorder(threading.Thread):
    """Serves one listener until the last process is gone."""

    def __init__(self, listener: Listener, notes: Notes) -> None:
        super().__init__(daemon=True)
        self._listener = listener
        self._notes = notes
        self._poll = select.epoll()
        self._poll.register(listener.fd, select.EPOLLIN)
        self._look = Look(notes, self._watch)
        self._watched: dict[int, int] = {}
        self.failure = ""
        """Why it ended early, or empty."""

    def close(self) -> None:
        """Close the listener, after the thread has ended."""
        self._listener.close()
        for fd in self._watched:
            os.close(fd)
        self._watched.clear()
        self._poll.close()

    def run(self) -> None:
        """Answer calls until there is nobody left."""
        try:
            while self._ready():
                if not self._one():
                    break
        except OSError as error:
            self.failure = os.strerror(error.errno or 0)

    def _ready(self) -> bool:
        """Wait for a call; note the processes that ended. False when there is nobody left who could call."""
        while True:
            answer = self._poll.poll()
            if len(answer) == 1 and answer[0][0] == self._listener.fd:
                return bool(answer[0][1] & select.EPOLLIN)
            waits = gone = False
            for fd, events in answer:
                if fd == self._listener.fd:
                    waits, gone = bool(events & select.EPOLLIN), not events & select.EPOLLIN
                else:
                    self._poll.unregister(fd)
                    self._look.ended(self._watched.pop(fd))
                    os.close(fd)
            if waits or gone:
                return waits

    def _one(self) -> bool:
        notes, listener, look = self._notes, self._listener, self._look
        try:
            call = listener.receive()
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.EINTR):
                return True
            if error.errno not in (errno.EBADF, errno.ENODEV):
                raise
            return False
        notes.calls += 1
        refused = seccomp.refusal(call.number, call.args) if look.begun else 0
        with contextlib.suppress(OSError):  # its memory is gone with it, or never was there
            look.at(call)
        try:
            if refused:
                listener.refuse(call, refused)
            else:
                listener.allow(call)
        except OSError as error:
            if error.errno != errno.ENOENT:
                raise
        return True

    def _watch(self, pid: int) -> None:
        """Be told when a process ends. Without a descriptor left, its end is not known: that is all."""
        with contextlib.suppress(OSError):
            fd = os.pidfd_open(pid)
            self._watched[fd] = pid
            self._poll.register(fd, select.EPOLLIN)

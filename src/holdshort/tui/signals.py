"""SIGTERM and SIGHUP: leave as if by a key, or at once when the terminal itself is gone.

Textual's writer stops at the first failed write and its queue then blocks whoever fills it, so
after a hangup nothing may be painted any more. Everything answered is on the disk already.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import termios
import threading
from collections.abc import Callable
from types import FrameType

FINISHING = "finishing"
"""Name of a thread whose work must be done before the process may end."""


def answer_signals(leave: Callable[[int], None], close: Callable[[], None]) -> None:
    """Call `leave(exit code)` on a signal; `close` when there is no terminal to leave."""
    loop = asyncio.get_running_loop()

    def answer(number: int, _: FrameType | None) -> None:
        if not _terminal_is_gone():
            loop.call_soon_threadsafe(leave, 128 + number)
            return
        close()
        for thread in threading.enumerate():
            if thread.name == FINISHING:
                thread.join()
        os._exit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, answer)


def _terminal_is_gone() -> bool:
    try:
        termios.tcgetattr(sys.stdin.fileno())
    except (termios.error, ValueError):
        return True
    return False

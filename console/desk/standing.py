"""How things stand with the platform: what the top bar and the banner say of it, and what must be read once."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from console.domain.level import Level
from console.domain.operation import Lane
from console.domain.phrases import say
from console.sync.link_state import Link, LinkState
from widgets.lang import language
from widgets.notices import clock_notice, copied_notice, renamed_notice, restored_notice, scope_notice

GRACE_S = 10.0
Said = str | Callable[[], str]

if TYPE_CHECKING:
    from console.desk.desk import Desk
    from console.desk.link import PlatformLink


class Standing(QObject):
    def __init__(self, desk: "Desk", parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._window = desk, desk.window
        self._link: LinkState | None = None
        self.pending: dict[Lane, int] = {}
        self._warning: Said = ""
        self._passing = False  # what is warned of is over once something succeeds
        self._notices: dict[str, int] = {}  # what is said once, and how many it is about
        self._renamed: dict[str, str] = {}  # codes of incidents, and what they are now
        self._was_online = False
        self._began = time.monotonic()
        self._window.banner.actionTriggered.connect(self.act)
        self._clock = QTimer(self, interval=1000)
        self._clock.timeout.connect(self._tick)
        self._clock.start()
        self._tick()

    def follow(self, link: "PlatformLink") -> None:
        link.stateChanged.connect(self._show_link)
        link.pendingChanged.connect(self._show_pending)
        link.noticed.connect(self._notice)
        link.renamed.connect(self._rename)

    def retell(self) -> None:
        """Everything again, in the language on screen; what was only said once, in the other one, is dropped."""
        if isinstance(self._warning, str) and self._passing:
            self._warning = ""
        self._show_link(self._link)
        self._show_pending(self.pending)

    def _tick(self) -> None:
        self._window.top.set_clock(datetime.now().strftime("%H:%M:%S"))
        if self._offline and not self._was_online:
            self._show_link(self._link)  # patience may have ended

    def _show_link(self, state: LinkState | None) -> None:
        self._link = state
        top = self._window.top
        cut = self._desk.link is not None and self._desk.link.cut
        if state is None:
            alone = self._desk.session is not None and not self._desk.url
            top.set_link("offline" if alone else "connecting", None)
            return
        self._was_online |= state.link is Link.ONLINE
        if cut:
            top.set_link("cut", state.since)
        elif self._offline and self._patient():
            top.set_link("connecting", None)
        else:
            top.set_link("online" if state.link is Link.ONLINE else "offline", state.since)
        self._banner()

    def _show_pending(self, counts: dict[Lane, int]) -> None:
        self.pending = counts
        self._window.top.set_outbox(sum(counts.values()) if self._offline else counts.get("command", 0))
        self._banner()

    def _patient(self) -> bool:
        """A platform that has not answered yet since the start is given some time before anything is said."""
        return not self._was_online and time.monotonic() - self._began < GRACE_S

    @property
    def _offline(self) -> bool:
        return self._link is not None and self._link.link is not Link.ONLINE

    def _banner(self) -> None:
        banner = self._window.banner
        if self._warning:
            banner.show_message(_words(self._warning), Level.YELLOW, self.tr("知道了"))
        elif self._link is not None and self._link.link is Link.DENIED:
            detail = say(self._link.detail, language()) if self._link.detail else ""
            banner.show_message(self.tr("平台不接受登录:{why} 本机照常工作。").format(why=detail), Level.YELLOW, None)
        elif self._notices:
            kind, count = next(iter(self._notices.items()))
            banner.show_message(self._notice_words(kind, count), Level.YELLOW, self.tr("知道了"))
        elif self._offline and self._link is not None and self._patient():
            banner.show_message("", None, None)
        elif self._offline and self._link is not None:
            since = self._link.since.astimezone().strftime("%H:%M:%S")
            waiting = sum(self.pending.values())
            text = self.tr("与平台的连接已中断(自 {since})。一切照常,{count} 条待上传,恢复后自动补传。")
            action = self.tr("启动模拟平台") if self._desk.platform is not None else None
            banner.show_message(text.format(since=since, count=waiting), Level.BLUE, action)
        else:
            ahead = timedelta(seconds=-self._link.offset_s) if self._link is not None else timedelta(0)
            banner.show_message(clock_notice(ahead), Level.YELLOW, None)

    def _notice(self, kind: str, count: int) -> None:
        """Something about this desk and its platform that is said once, until it is read."""
        self._notices[kind] = self._notices.get(kind, 0) + count
        self._banner()

    def _rename(self, before: str, now: str) -> None:
        self._renamed[before] = now
        self._notice("renamed", 1)

    def _notice_words(self, kind: str, count: int) -> str:
        match kind:
            case "scope":
                return scope_notice(count)
            case "restored":
                return restored_notice()
            case "renamed":
                return renamed_notice(self._renamed)
        return copied_notice()

    def warn(self, said: Said) -> None:
        """One line above the panels until it is read. What may be said again in another language is a function."""
        self._warning, self._passing = said, False
        self._banner()

    def refuse(self, said: Said) -> None:
        """Why what was just asked for was not done: until it is read, or something else is done."""
        self._warning, self._passing = said, True
        self._banner()

    def succeeded(self) -> None:
        """Something else is done: why the last thing was not matters no more."""
        if self._passing and self._warning:
            self._warning = ""
            self._banner()

    def unwarn(self, text: str) -> None:
        """What was said needs no more reading."""
        if text and self._warning and _words(self._warning) == text:
            self.warn("")

    def act(self) -> None:
        """The banner's button."""
        if self._warning:
            self._warning = ""
        elif self._notices:
            self._notices.pop(read := next(iter(self._notices)))
            if read == "renamed":
                self._renamed.clear()
        else:
            self._desk.chrome.plug_in()
        self._banner()


def _words(said: Said) -> str:
    return said if isinstance(said, str) else said()

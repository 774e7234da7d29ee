"""The alarm that waits, above everything: in every window of the desk, and on the wall.

In the desk's own window the panel of the alarms says it already while it is in sight; a grave one is said all the
same.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtWidgets import QDialog, QWidget

from console.desk.session import Session
from console.domain.alarm import Alarm, unacknowledged
from console.domain.level import Level
from widgets.banner import Banner
from widgets.lang import placed, show
from widgets.times import clock_seconds

if TYPE_CHECKING:
    from console.desk.window import DeskWindow

translate = QCoreApplication.translate
KEY = "Ctrl+Shift+A"
GRAVE = Level.ORANGE


class AlarmBanners(QObject):
    def __init__(self, session: Session, window: "DeskWindow", parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._window = session, window
        self._live: list[Alarm] = []  # real ones, in a drill
        self._others: list[Banner] = []  # in windows beside the desk
        self._own = self._made(window)
        window.strips().insertWidget(1, self._own)
        session.changed.connect(lambda kinds: self.tell() if "alarm" in kinds else None)
        for moved in (window.rearranged, window.laidOut):
            moved.connect(self._tell_own)
        self.tell()

    def beside(self, window: QDialog) -> None:
        """Above all that a window shows."""
        layout = window.layout()
        if layout is None:
            return
        banner = self._made(window)
        layout.setMenuBar(banner)
        self._others.append(banner)
        banner.destroyed.connect(lambda _gone: self._others.remove(banner))
        self.tell()

    def break_in(self, live: list[Alarm]) -> None:
        """A drill hears of what is real."""
        self._live = live
        self.tell()

    def tell(self) -> None:
        """What waits now, in the language on screen."""
        self._tell_own()
        alarm, text = self._first()
        for banner in self._others:
            self._show(banner, alarm, text)

    def go(self) -> None:
        """The key: the desk's window comes to the front, its keyboard in the alarms, on the gravest that waits."""
        window = self._window
        if window.isMinimized():
            window.showNormal()
        window.raise_()
        window.activateWindow()
        window.go_to("alarms")
        alarm, _ = said(self._session)
        if alarm is not None:
            window.panels.alarms.select(alarm.id)

    def _made(self, window: QWidget) -> Banner:
        banner = Banner(window, key=KEY, loud=True)
        banner.actionTriggered.connect(self.go)
        return banner

    def _tell_own(self) -> None:
        alarm, text = self._first()
        seen = not self._live and self._window.alarms_in_sight() and (alarm is None or alarm.level.rank < GRAVE.rank)
        self._show(self._own, None if seen else alarm, "" if seen else text)

    def _first(self) -> tuple[Alarm | None, str]:
        """What is real comes before what is exercised."""
        if not self._live:
            return said(self._session)
        alarm, text = told(self._live)
        return alarm, self.tr("实战!{text} · 请到实战席位处理").format(text=text)

    def _show(self, banner: Banner, alarm: Alarm | None, text: str) -> None:
        banner.show_message(text, alarm.level if alarm else None, None if self._live else self.tr("看告警"))


def said(session: Session) -> tuple[Alarm | None, str]:
    """The gravest alarm that waits, and what a banner says of it: none and nothing when all are decided."""
    return told(unacknowledged(session.state.alarms.values()))


def told(found: list[Alarm]) -> tuple[Alarm | None, str]:
    """The first of these, and what a banner says of them."""
    if not found:
        return None, ""
    first, what = found[0], placed(found[0].place, found[0].title)
    words = translate("alarm_banner", "{level}告警未确认:{what}").format(level=show(first.level.label), what=what)
    words += f" · {clock_seconds(first.raised_at)}"
    if len(found) > 1:
        words += " · " + translate("alarm_banner", "共 {n} 条").format(n=len(found))
    return first, words

"""The moves of an incident as buttons: what comes next, and what else its stage allows. What is refused says why."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu, QWidget

from console.domain.incident import Incident, Stage
from console.domain.request import RequestKind
from console.domain.stages import FORWARD, Move
from widgets.incident_detail import IncidentDetail, refusal
from widgets.keycap import KeyButton
from widgets.keys import on_key_in_sight
from widgets.lang import show

KEYS: Mapping[Move | RequestKind, str] = {
    Move.ACCEPT: "Y",
    Move.DECLINE: "X",
    Move.VERIFY: "Shift+V",
    Move.FILE: "L",
    Move.RETURN: "Shift+R",
    Move.CHECK: "K",
    Move.REWORK: "R",
    Move.CLOSE: "J",
    Move.EVALUATE: "Q",
    Move.REOPEN: "Shift+O",
    Move.RESUME: "Shift+H",
    RequestKind.HOLD: "H",
    RequestKind.EXTENSION: "Shift+L",
}


def forward(incident: Incident) -> list[Move]:
    """The moves along its way that are near: the next one, and 结案 beside 核查. None before it was dispatched."""
    coming = [m for m, to in FORWARD.items() if to in incident.stages and to.rank > incident.stage.rank]
    if not coming or (incident.stage.rank < Stage.DISPATCHED.rank < FORWARD[coming[0]].rank):
        return []
    return coming[:2] if coming[0] is Move.CHECK else coming[:1]


def near(incident: Incident) -> list[Move]:
    """The moves that have a button at this stage, the likely one first."""
    if incident.merged_into is not None:
        return []
    if incident.declined:
        return [Move.REOPEN]
    rank, found = incident.stage.rank, forward(incident)
    if incident.held:
        found = [Move.RESUME, *found]
    if rank < Stage.DISPATCHED.rank:
        found += [Move.DECLINE] if rank == Stage.REPORTED.rank else [Move.RETURN, Move.DECLINE]
    if Stage.REPORTED_BACK.rank <= rank <= Stage.CHECKED.rank:
        found.append(Move.REWORK)
    if rank >= Stage.CLOSED.rank:
        found.append(Move.REOPEN)
    return found


class MoveBar(QObject):
    """Buttons for whoever lays them out, and the keys of all moves while `host` is in sight."""

    asked = Signal(object)  # Move or RequestKind that is allowed

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self._host = host
        self._detail: IncidentDetail | None = None
        self.buttons = {move: KeyButton(KEYS[move], hears=False) for move in Move}
        self.every = KeyButton("Z")
        self._menu = QMenu(host)
        self._menu.setToolTipsVisible(True)
        for move, button in self.buttons.items():
            button.clicked.connect(self._asker(move))
            button.hide()
        self.every.clicked.connect(self.open_menu)
        for act, key in KEYS.items():
            self._key(key, self._asker(act))

    def show_moves(self, detail: IncidentDetail) -> None:
        """Which moves have a button now, and why those that are refused are."""
        self._detail = detail
        wanted = near(detail.incident)
        for move, button in self.buttons.items():
            button.setVisible(move in wanted)
            button.allow(refusal(detail, move))
            button.set_primary(False)

    def likely(self) -> KeyButton | None:
        """The move that comes next, when it can be made."""
        incident = self._detail.incident if self._detail else None
        for move in near(incident) if incident else []:
            if move in (*FORWARD, Move.RESUME) and self.buttons[move].isEnabled():
                return self.buttons[move]
        return None

    def ask(self, act: Move | RequestKind) -> None:
        """As if its key was pressed: nothing where it is refused."""
        if self._detail is not None and not self.why_not(act):
            self.asked.emit(act)

    def why_not(self, act: Move | RequestKind) -> str:
        """Why something cannot be done now, in words; empty when it can."""
        detail = self._detail
        if detail is None:
            return ""
        if isinstance(act, Move):
            return refusal(detail, act)
        if not detail.incident.open:
            return self.tr("不在办理中")
        if any(request.open and request.kind is act for request in detail.requests):
            return self.tr("已有申请在等审批")
        if act is RequestKind.HOLD and detail.incident.held:
            return self.tr("已经挂账")
        return ""

    def menu(self) -> QMenu:
        """Every move of this matter's way, and the requests; what is refused with its reason."""
        self._menu.clear()
        detail = self._detail
        if detail is None:
            return self._menu
        for act, key in KEYS.items():
            if isinstance(act, Move) and act in FORWARD and FORWARD[act] not in detail.incident.stages:
                continue
            name = (
                self.tr("申请{kind}").format(kind=show(act.label)) if isinstance(act, RequestKind) else show(act.label)
            )
            reason = self.why_not(act)
            action = self._menu.addAction(f"{name}\t{key}", self._asker(act))
            action.setEnabled(not reason)
            action.setToolTip(reason or name)
            action.setStatusTip(reason)
        return self._menu

    def open_menu(self) -> None:
        """Z: all that can be done with the incident, and why not."""
        if self._detail is not None:
            self.menu().popup(self.every.mapToGlobal(self.every.rect().bottomLeft()))

    def retranslate(self) -> None:
        for move, button in self.buttons.items():
            button.set_word(show(move.label))
        self.every.set_word(self.tr("办理…"), self.tr("全部办理动作,不能做的写明原因"))
        self._menu.setAccessibleName(self.tr("办理"))

    def _asker(self, act: Move | RequestKind) -> Callable[[], None]:
        return lambda *_: self.ask(act)

    def _key(self, key: str, slot: Callable[[], None]) -> None:
        on_key_in_sight(self._host, key, slot)

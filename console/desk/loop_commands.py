"""The closed loop on the command line and in the menu: every move and key of the incident's panel by a word."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QCoreApplication

from console.desk import present
from console.desk.command import Command
from console.desk.control import Controller
from console.desk.naming import the_incident
from console.desk.session import utc_now
from console.domain.duplicates import MergeIncidents
from console.domain.request import RequestKind
from console.domain.stages import Move
from widgets.act_form import Given, wants_form
from widgets.incident_detail import IncidentDetail, refusal
from widgets.lang import show
from widgets.move_bar import KEYS, near

translate = QCoreApplication.translate


def loop_commands(control: Controller) -> list[Command]:
    """What can be typed and chosen; what is refused is told why."""
    block = control.panels.incident.loop

    def show_now() -> None:
        """The panel as things stand, even where it is a drawer that is closed."""
        now = utc_now()
        control.panels.incident.show_incident(present.incident_detail(control.session, control.incident), now)

    def ask(act: Move | RequestKind) -> None:
        if isinstance(act, Move) and not wants_form(act):
            control.loop.move(Given(control.incident or "", act, ""))  # the rules say why not
            return
        show_now()
        if reason := block.bar.why_not(act):
            control.told.emit(reason)
        elif control.incident:
            control.opened.emit(control.incident)
            block.bar.ask(act)

    def press(meant: str) -> None:
        show_now()
        if block.waiting(meant) > 1:
            control.told.emit(translate("loop", "这里有几个可选的。请在事件面板里点选其中一个。"))
        else:
            block.press(meant)

    def undo() -> None:
        control.loop.undo.undo()

    def undo_why_not() -> str:
        return "" if control.loop.undo.last() else translate("loop", "没有可以撤销的操作")

    def detail() -> IncidentDetail | None:
        return present.incident_detail(control.session, control.incident)

    def moved_why_not(move: Move) -> str | None:
        now = detail()
        reason = refusal(now, move) if now else ""
        return reason if now and (not reason or move in near(now.incident)) else None

    def placed(there: Callable[[IncidentDetail], object]) -> Callable[[], str | None]:
        return lambda: "" if (now := detail()) and there(now) else None

    def asked(kind: RequestKind) -> Callable[[], str | None]:
        return placed(lambda now: now.incident.open and not any(one.open and one.kind is kind for one in now.requests))

    def said(zh: str, word: str, there: Callable[[IncidentDetail], object]) -> Command:
        return Command(word, zh, "", partial(press, word), why_not=placed(there))

    named = [
        Command(
            move.value,
            translate("loop", "事件:{move}").format(move=show(move.label)),
            "",
            partial(ask, move),
            why_not=partial(moved_why_not, move),
            short=show(move.label),
            panel_key=KEYS[move],
        )
        for move in Move
    ]
    requests = [
        Command(
            kind.value,
            translate("loop", "申请{kind}").format(kind=show(kind.label)),
            "",
            partial(ask, kind),
            why_not=asked(kind),
            panel_key=KEYS[kind],
        )
        for kind in RequestKind
    ]

    def waiting(now: IncidentDetail) -> bool:
        return any(request.open for request in now.requests)

    return [
        *named,
        *requests,
        said(translate("loop", "批准申请"), "grant", waiting),
        said(translate("loop", "不批准申请"), "refuse", waiting),
        said(translate("loop", "合并疑似重复"), "merge", lambda now: now.similar),
        said(translate("loop", "不是重复"), "apart", lambda now: now.similar),
        said(translate("loop", "拆开合并"), "unmerge", lambda now: now.into or now.merged),
        Command("undo", translate("loop", "撤销刚才的操作"), "Ctrl+Z", undo, why_not=undo_why_not),
        Command(
            "order",
            translate("loop", "按等级、按时限、只看超时"),
            "",
            control.panels.incidents.next_order,
        ),
    ]


def run_line(control: Controller, word: str, rest: str) -> bool:
    """A typed line: `M I36 I34` merges, `close I34` and `退回 I34 地址不清` move. False when it is neither.

    Raises `Refused` for a code that several incidents have."""
    session = control.session
    moves = (m for m in Move if word.lower() in (m.value, m.label.zh, m.label.en.lower()))
    move = next(moves, None)
    if move is None and word.upper() != "M":
        return False
    incidents = session.state.incidents.values()
    first, _, more = rest.partition(" ")
    incident, more = the_incident(incidents, first), more.strip()
    if incident is None:
        return False
    if move is None:
        other = the_incident(incidents, more)
        if other is not None:
            session.do(MergeIncidents(incident.id, other.id), lambda: control.open(other.id))
        return other is not None
    score, _, why = more.partition(" ") if move is Move.EVALUATE else ("", "", more)
    control.loop.move(Given(incident.id, move, why.strip(), int(score) if score.isdigit() else None))
    return True

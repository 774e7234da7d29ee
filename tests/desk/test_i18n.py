"""The language on screen, switched while the desk is at work: every word changes, and changes back."""

import re
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLabel, QLineEdit, QMenu, QWidget

from console.desk import i18n
from console.desk.chrome import Chrome
from console.desk.desk import Desk
from console.desk.files import DeskFiles
from console.desk.plan import DEMO_PASSWORD
from console.domain.errors import KnownError
from console.domain.intake import Message
from console.domain.words import Label, Phrase
from console.store.store import Store
from console.sync.login import remember, verifier
from tests.desk.parts import at_work, dispatched, open_incident, pack, press, raise_alarm, settle, until, write
from tests.support_wait import WAIT_S
from widgets.lang import language
from widgets.log_view import LogView
from widgets.row_list import RowList

HAN = re.compile(r"[\u3400-\u9fff\uff00-\uffef\u3000-\u303f]")
TYPED = "桥头已封,等交警"
OWN_NAMES = {"简体中文", "中文", "中文 / English", "中"}  # a language is called by its own name


@pytest.fixture(scope="module")
def desk(app: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk whose user signed in here before and whose platform is away now."""
    folder = tmp_path_factory.mktemp("desk")
    files = DeskFiles(folder)
    store = Store.open(files.database, files.key())
    remember(store, "duty", verifier(DEMO_PASSWORD))
    store.close()
    with at_work(folder, platform="http://127.0.0.1:9") as made:
        yield made


@pytest.fixture(autouse=True)
def back(desk: Desk) -> Iterator[None]:
    yield
    i18n.speak("zh")


def prepare(desk: Desk) -> None:
    session, control = desk.session, desk.control
    assert session is not None
    assert control is not None
    if session.state.incidents:
        return
    first = dispatched(session)
    open_incident(session, "rain_1h")
    raise_alarm(session, "congestion")
    session.take(Message(Label("社区", "Community"), Label("已敲门", "Knocked")))
    session.write(TYPED, first)
    control.open(first)
    until(lambda: any(e.note.text == TYPED for e in session.state.entries), "the note is kept")
    settle(1.2)


def said(widget: QWidget) -> Iterator[str]:
    """Everything a widget says to an eye or a screen reader."""
    yield from (widget.windowTitle(), widget.toolTip(), widget.statusTip(), widget.whatsThis())
    yield from (widget.accessibleName(), widget.accessibleDescription())
    if isinstance(widget, QAbstractButton | QLabel | QLineEdit):
        yield widget.text()
    if isinstance(widget, QLineEdit):
        yield widget.placeholderText()
    if isinstance(widget, RowList):
        for row in widget.rows():
            yield from (row.title, row.detail, row.alert, row.right, row.word, row.spoken)
    if isinstance(widget, LogView):
        yield from widget.texts()
    if isinstance(widget, QMenu):
        yield from (action.text() for action in widget.actions())
    for name in ("texts", "status_texts", "title", "subtitle", "badge", "text", "ground"):
        told = getattr(widget, name, None)
        if callable(told) and not isinstance(widget, LogView):
            answer = told()
            yield from [answer] if isinstance(answer, str) else [a for a in answer if isinstance(a, str)]


def chinese(root: QWidget) -> list[str]:
    """What is still Chinese, with where it is."""
    found = []
    for widget in [root, *root.findChildren(QWidget)]:
        if not (widget.isVisible() or isinstance(widget, QMenu)):
            continue
        for text in said(widget):
            if HAN.search(text) and TYPED not in text and text.split("\t")[0] not in OWN_NAMES:
                found.append(f"{type(widget).__name__} {widget.objectName()}: {text}")
    return found


def left_chinese(desk: Desk) -> list[str]:
    """What stays Chinese: a busy machine takes its time to put away what was there before."""
    for _ in range(round(WAIT_S / 0.2)):
        if not (found := chinese(desk.window)):
            break
        settle(0.2)
    return found


def english(desk: Desk) -> None:
    press(desk.window, "Ctrl+L")
    until(lambda: language() == "en", "English")
    settle(1.2)


def test_docks_title_and_banner_are_retitled_and_back(desk: Desk) -> None:
    prepare(desk)
    until(desk.window.banner.isVisible, "the platform is not there")
    window = desk.window

    def titles() -> list[str]:
        docks = [*window.docks.values()]
        texts = [dock.title() for dock in docks if dock.objectName() != "incident"] + [dock.badge() for dock in docks]
        return [window.windowTitle(), window.banner.text(), *texts, *(t for _, t, _ in window.workspaces())]

    chinese_titles = titles()
    assert all(HAN.search(title) for title in chinese_titles), chinese_titles
    english(desk)
    assert not [title for title in titles() if HAN.search(title)]
    assert "Houjie" in window.windowTitle()
    assert "platform" in window.banner.text()
    press(window, "Ctrl+L")
    until(lambda: language() == "zh", "back")
    settle(1.2)
    count = re.compile(r"\d+")
    assert [count.sub("", t) for t in titles()] == [count.sub("", t) for t in chinese_titles]


@pytest.mark.parametrize("workspace", ["dispatch", "video", "map", "indicators"])
def test_no_chinese_is_left_on_an_english_desk(desk: Desk, workspace: str) -> None:
    prepare(desk)
    desk.chrome._show_workspace(workspace)
    settle(0.3)
    english(desk)
    assert left_chinese(desk) == []
    desk.chrome._show_workspace("dispatch")
    log = desk.window.panels.incident.findChild(LogView)
    assert log is not None
    assert any(TYPED in text for text in log.texts()), "what a person typed stays as it was typed"


def test_an_english_desk_is_not_left_in_the_menu_the_line_or_a_warning(desk: Desk) -> None:
    prepare(desk)
    english(desk)
    menus = [desk.chrome._menu, *desk.chrome._menu.findChildren(QMenu), *(d.menu() for d in desk.window.docks.values())]
    menus.append(desk.window.panels.alarms.reasons(next(iter(pack().indicators))))
    left = [a.text() for menu in menus for a in menu.actions() if HAN.search(a.text())]
    assert {text.split("\t")[0] for text in left} <= OWN_NAMES
    line = desk.window.top.command
    for typed in ("", "I1", "xf", "n x", "lisha", "pump"):
        line.setFocus()
        line.clear()
        write(line, typed)
        rows = line.offered()
        assert typed in ("", "xf") or rows, typed
        for row in rows:
            assert row.title in OWN_NAMES or not HAN.search(row.title + row.hint), row
    line.clear()
    desk.chrome._refused(Phrase("not_checked", {"code": "I1"}))
    assert desk.window.banner.text()
    assert not HAN.search(desk.window.banner.text())
    desk.chrome.standing.act()


def test_dialogs_speak_english(desk: Desk) -> None:
    english(desk)
    desk.show_bug("details")
    desk.chrome.show_fatal(KnownError(Phrase("store_taken", {"path": "x"})))
    settle(0.3)
    dialogs = [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]
    dialogs += [d for d in desk.window.findChildren(QDialog) if d.isVisible()]
    assert len(set(dialogs)) >= 2
    for dialog in dialogs:
        assert chinese(dialog) == []
    for dialog in set(dialogs):
        if dialog in desk._dialogs:
            dialog.accept()
        else:
            dialog.finished.disconnect()  # it would end the program
            dialog.close()


def test_the_language_chosen_at_the_start_is_spoken_from_the_first_word(desk: Desk) -> None:
    assert isinstance(desk.chrome, Chrome)
    i18n.speak("en")
    i18n.speak("en")
    assert language() == "en"
    i18n.speak("zh")
    i18n.speak("zh")
    assert language() == "zh"

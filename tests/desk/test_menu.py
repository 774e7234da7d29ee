"""The menu: six by what they are about; an incident's moves where they can be made, each refusal with its reason."""

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from console.desk.desk import Desk
from tests.desk.parts import open_incident, until


def entries(desk: Desk, group: str) -> dict[str, QAction]:
    """Title and action of what stands in one menu, as it opens now."""
    menu = desk.chrome._menu
    menu.aboutToShow.emit()
    submenu = next(action.menu() for action in menu.actions() if action.text().startswith(group))
    assert isinstance(submenu, QMenu)
    return {action.text().partition("\t")[0]: action for action in submenu.actions()}


@pytest.fixture(scope="module")
def desk(shared: Desk) -> Desk:
    return shared


def test_it_is_six_menus_and_the_way_out(desk: Desk) -> None:
    titles = [action.text() for action in desk.chrome._menu.actions() if action.text()]
    assert titles == ["事件(&E)", "记录(&L)", "文书(&D)", "中心(&C)", "视图(&V)", "帮助(&H)", "退出(&Q)"]
    assert max(len(entries(desk, title)) for title in titles[:-1]) < 20, "none is longer than one looks through"


def test_without_an_incident_nothing_is_done_to_one(desk: Desk) -> None:
    shown = entries(desk, "事件")
    assert not shown["没有选中的事件"].isEnabled()
    assert "受理" not in shown
    assert not shown["增派下一级"].isEnabled()
    assert shown["增派下一级"].toolTip() == "没有选中的事件"
    assert not entries(desk, "文书")["事件报告"].isEnabled()


def test_the_moves_are_there_where_they_can_be_made(desk: Desk) -> None:
    assert desk.session is not None
    assert desk.control is not None
    first = open_incident(desk.session)
    desk.control.select(first)
    incident = desk.session.state.incidents[first]
    shown = entries(desk, "事件")
    assert any(incident.code in title for title in shown), "it says which incident"
    assert shown["退回"].isEnabled()
    assert "结案" not in shown, "not at this stage"
    shown["退回"].trigger()
    until(desk.window.panels.incident.loop.form.isVisible, "the form that asks why")
    assert entries(desk, "文书")["事件报告"].isEnabled()


def test_what_is_refused_says_why(desk: Desk) -> None:
    assert desk.session is not None
    assert desk.control is not None
    session, sent = desk.session, open_incident(desk.session, "rain_1h")
    session.accept(session.proposals[sent])
    until(lambda: session.state.assignments_of(sent), "assignments")
    desk.control.select(sent)
    refused = [action for action in entries(desk, "事件").values() if action.text() and not action.isEnabled()]
    assert all(action.toolTip() for action in refused)
    assert "退回" not in entries(desk, "事件"), "it was sent"


def test_commands_of_the_incident_menu_take_the_shown_one(desk: Desk) -> None:
    shown = entries(desk, "中心")
    assert not shown["关闭大屏"].isEnabled()
    assert shown["关闭大屏"].toolTip() == "大屏没有打开"
    assert "模拟平台:启动" not in shown, "there is none"

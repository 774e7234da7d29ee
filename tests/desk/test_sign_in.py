"""Signing in: by the platform when it is there, by what this desk remembers when not; five wrong ones lock."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from console.desk import i18n
from console.desk.children import Platform
from console.desk.desk import Desk
from console.desk.plan import DEMO_PASSWORD, Options
from console.domain.phrases import PHRASES
from console.sync.client import Link
from tests.desk.parts import login_dialog, open_incident, pack, running, sign_in, type_login, until, write
from widgets.login import LoginDialog


@pytest.fixture
def platform(app: object, tmp_path: Path) -> Iterator[Platform]:
    made = Platform(tmp_path / "central", pack().id)
    made.start()
    until(lambda: answers(made.url), "the platform listens")
    yield made
    made.kill()


def answers(url: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(url.rpartition(":")[2]))) == 0


def refused(desk: Desk, user: str, password: str) -> str:
    """Type it; what the dialog says against it."""
    dialog: LoginDialog = type_login(desk, user, password)
    checking = {"正在核对…", dialog.tr("正在核对…"), ""}
    until(lambda: dialog.message() not in checking, "an answer")
    assert desk.session is None
    return dialog.message()


def test_right_and_wrong_without_a_platform(app: object, tmp_path: Path) -> None:
    with running(Options(data=tmp_path, language="zh")) as desk:
        assert "值班 未登录" in desk.window.top.status_texts()
        assert refused(desk, "duty", "wrong") == PHRASES["login_wrong"].zh
        assert refused(desk, "nobody", DEMO_PASSWORD) == PHRASES["login_wrong"].zh
        assert refused(desk, "duty", "") == "请输入密码"
        assert refused(desk, "", "x") == "请输入账号"
        i18n.speak("en")
        assert refused(desk, "duty", "wrong") == PHRASES["login_wrong"].en == "Wrong user name or password."
        sign_in(desk)
        assert desk.session is not None
        assert desk.session.user.id == "duty"
        i18n.speak("zh")
        until(lambda: "值班 李值班员" in desk.window.top.status_texts(), "who it is")


def test_five_wrong_ones_lock_also_without_a_platform(app: object, tmp_path: Path) -> None:
    with running(Options(data=tmp_path, language="zh")) as desk:
        for _ in range(4):
            assert refused(desk, "duty", "wrong") == PHRASES["login_wrong"].zh
        assert "已锁定" in refused(desk, "duty", "wrong")
        assert "已锁定" in refused(desk, "duty", DEMO_PASSWORD), "the right one does not open it now"


def test_online_then_offline_then_locked(platform: Platform, tmp_path: Path) -> None:
    options = Options(data=tmp_path / "desk", language="zh", platform=platform.url)
    with running(options) as desk:
        assert refused(desk, "duty", "wrong") == PHRASES["login_wrong"].zh
        sign_in(desk)
        until(lambda: desk.link is not None and desk.link.client.state.link is Link.ONLINE, "online")
    platform.kill()
    with running(options) as desk:
        sign_in(desk)
        assert desk.session is not None
        until(desk.window.banner.isVisible, "it says that the platform is not there")
    with running(options) as desk:
        i18n.speak("en")
        said = refused(desk, "coordinator", DEMO_PASSWORD)
        assert said == PHRASES["login_unknown"].en.format(user="coordinator")
        for _ in range(4):
            assert refused(desk, "duty", "wrong") == PHRASES["login_wrong"].en
        locked = PHRASES["login_locked"].en.format(minutes=5)
        assert refused(desk, "duty", "wrong") == locked
        assert refused(desk, "duty", DEMO_PASSWORD) == locked
    with running(options) as desk:
        assert "已锁定" in refused(desk, "duty", DEMO_PASSWORD), "a restart does not unlock"


def test_closing_the_sign_in_closes_the_desk(app: object, tmp_path: Path) -> None:
    with running(Options(data=tmp_path, language="zh")) as desk:
        login_dialog(desk).reject()
        until(lambda: not desk.window.isVisible(), "the desk is gone")
        assert desk.session is None


def test_what_was_kept_is_not_lost_when_nobody_signs_in(app: object, tmp_path: Path) -> None:
    options = Options(data=tmp_path, language="zh")
    with running(options) as desk:
        sign_in(desk)
        assert desk.session is not None
        assert desk.control is not None
        incident = open_incident(desk.session)
        desk.control.open(incident)
        panel = desk.window.panels.incident
        until(lambda: panel.detail() is not None, "it is shown")
        panel.focus_note()
        focus = QApplication.focusWidget()
        assert focus is not None
        write(focus, "桥头已封")
        desk.window.docks["chart"].hide()
    with running(options) as desk:
        login_dialog(desk).reject()
        until(lambda: not desk.window.isVisible(), "closed without a sign-in")
    with running(options) as desk:
        sign_in(desk)
        assert desk.window.panels.incident.drafts() == {incident: "桥头已封"}
        assert not desk.window.docks["chart"].isVisible()

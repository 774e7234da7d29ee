"""Panels, bars and dialogs."""

from datetime import timedelta

import pytest
from english import english
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QMainWindow, QToolButton, QVBoxLayout, QWidget

from console.domain.drill import ExerciseState
from console.domain.level import Level
from console.domain.words import Label
from widgets import samples, style
from widgets.banner import Banner
from widgets.command_line import CommandLine
from widgets.completions import Completion
from widgets.drill_strip import DrillState, DrillStrip
from widgets.error_dialog import ErrorDialog
from widgets.indicator_chart import IndicatorChart
from widgets.keycap import KeyButton
from widgets.login import LoginDialog
from widgets.paint import paint_mark
from widgets.panel import Panel
from widgets.pinyin import initials, matches
from widgets.stage_track import StageTrack
from widgets.theme import current, shipped
from widgets.times import ago, span, stopwatch, time_left, travel, used, used_role
from widgets.top_bar import TopBar
from widgets.wall_header import WallHeader


def test_a_panel_has_hints_that_do_what_their_key_does(app: QApplication) -> None:
    window = QMainWindow()
    heard: list[str] = []
    panel = Panel("alarms", "告警", QLabel("body"), allow_close=False)
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, panel)
    window.resize(400, 300)
    hint = panel.add_hint("C", "确认", lambda: heard.append("C"))
    panel.set_subtitle("3 未确认")
    panel.set_badge("模拟")
    window.show()
    QTest.mouseClick(hint, Qt.MouseButton.LeftButton)
    assert heard == ["C"]
    assert (panel.title(), panel.subtitle(), panel.badge()) == ("告警", "3 未确认", "模拟")
    assert panel.windowTitle() == "告警"
    float_it, close = panel.menu().actions()
    assert not close.isEnabled()
    float_it.trigger()
    app.processEvents()
    assert panel.isFloating() and not panel.grab().isNull()
    with english():
        assert panel.findChild(QToolButton).toolTip() == "Panel menu"
    panel.menu().actions()[0].trigger()
    assert not panel.isFloating()


def test_every_level_has_its_own_shape_and_colour(app: QApplication) -> None:
    seen = set()
    for level in (*Level, None):
        image = QImage(24, 24, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.black)
        painter = QPainter(image)
        paint_mark(painter, QRectF(2, 2, 20, 20), level)
        painter.end()
        if level is not None:
            assert image.pixelColor(12, 14) == QColor(getattr(current(), level.value))
        ink = QColor(Qt.GlobalColor.black)
        seen.add(tuple(image.pixelColor(x, y) == ink for x in range(24) for y in range(24)))
    assert len(seen) == 5


def test_the_style_covers_every_role(app: QApplication) -> None:
    for name in ("desk", "wall"):
        sheet = style.sheet(shipped(name))
        assert "{" in sheet and "{window}" not in sheet


def test_times_are_said_as_people_read_them() -> None:
    assert time_left(timedelta(minutes=11, seconds=48)) == "余 11:48"
    assert time_left(timedelta(minutes=-2, seconds=-40)) == "超时 02:40"
    assert span(timedelta(hours=3)) == "3 小时"
    assert span(timedelta(hours=3, minutes=5)) == "3 时 5 分"
    assert span(timedelta(days=2, hours=5)) == "2 天 5 时"
    assert stopwatch(3760) == "1:02:40"
    assert (ago(5), ago(130), ago(7300), ago(200_000)) == ("5 秒前", "2 分钟前", "2 小时前", "2 天前")
    assert (travel(None), travel(10), travel(192)) == ("-", "1′", "3′")
    now = samples.NOW
    assert used(now, None, now) is None
    assert used(now - timedelta(minutes=1), now + timedelta(minutes=1), now) == 0.5
    assert (used_role(0.2, False), used_role(0.75, False), used_role(1, True)) == ("series", "yellow", "red")


def test_initials_find(app: QApplication) -> None:
    assert initials("立沙桥 K12") == "lsq k12"
    assert matches("lsq", "立沙桥") and matches("沙桥", "立沙桥") and matches("ls k12", "立沙桥 K12")
    assert not matches("xyz", "立沙桥")


@pytest.fixture
def line(app: QApplication) -> CommandLine:
    window = QWidget()
    made = CommandLine(window)
    QVBoxLayout(window).addWidget(made)
    window.resize(600, 400)
    known = [Completion("D ", "D 派单", "D I34 xf1", "D"), Completion("W 防汛", "W 防汛")]
    made.set_completer(lambda text: [row for row in known if row.insert.startswith(text)])
    window.show()
    window.activateWindow()
    app.processEvents()
    assert made.offered() == []  # a window that comes to the front asks for nothing
    made.begin()
    app.processEvents()
    made._window = window  # keeps it alive
    return made


def test_the_command_line_completes_and_enters(line: CommandLine) -> None:
    heard: list[str] = []
    line.entered.connect(heard.append)
    assert [row.title for row in line.offered()] == ["D 派单", "W 防汛"]
    QTest.keyClick(line, Qt.Key.Key_Down)
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert line.text() == "D " and heard == []
    QTest.keyClicks(line, "I34 xf1")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert heard == ["D I34 xf1"] and line.text() == ""
    QTest.keyClick(line, Qt.Key.Key_Up)
    assert line.text() == "D I34 xf1"


def test_tab_takes_the_first_and_escape_leaves(line: CommandLine) -> None:
    heard: list[str] = []
    line.left.connect(lambda: heard.append("left"))
    QTest.keyClicks(line, "W")
    QTest.keyClick(line, Qt.Key.Key_Tab)
    assert line.text() == "W 防汛"
    QTest.keyClick(line, Qt.Key.Key_Escape)
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert line.text() == "" and line.offered() == []
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert heard == ["left"]


def test_the_top_bar_tells_how_things_stand(app: QApplication) -> None:
    bar = TopBar()
    bar.resize(1280, 40)
    bar.set_workspaces([("dispatch", "调度", "F1"), ("video", "视频", "F2")])
    bar.set_link("online")
    bar.set_outbox(3)
    bar.set_user("李值班员")
    bar.set_clock("14:32:07")
    assert bar.status_texts() == ["平台 已连接", "待上传 3", "值班 李值班员", "14:32:07"]
    bar.set_link("cut", samples.NOW)
    assert bar.status_texts()[0] == "平台 已断开 14:32"
    heard: list[str] = []
    bar.workspaceChosen.connect(heard.append)
    bar.show()
    tab = next(each for each in bar.children() if getattr(each, "id", "") == "video")
    QTest.mouseClick(tab, Qt.MouseButton.LeftButton)
    assert heard == ["video"] and bar.workspace() == "video"
    bar.set_workspaces([("dispatch", "Dispatch", "F1"), ("video", "Video", "F2")])
    assert bar.workspace() == "video" and heard == ["video"]
    bar.set_link("online")
    with english():
        assert "connected" in bar.status_texts()[0]


def test_the_clock_moves_nothing(app: QApplication) -> None:
    bar = TopBar()
    bar.resize(1280, 40)
    bar.set_clock("11:11:11")
    bar.show()
    app.processEvents()
    before = bar.command.geometry()
    bar.set_clock("20:08:48")
    bar.set_outbox(27)
    app.processEvents()
    assert bar.command.geometry() == before


def test_the_banner_is_there_only_when_it_has_something_to_say(app: QApplication) -> None:
    banner = Banner()
    heard: list[str] = []
    banner.actionTriggered.connect(lambda: heard.append("go"))
    assert not banner.isVisible()
    banner.show_message("平台已断开", Level.YELLOW, "重试")
    assert banner.isVisible()
    QTest.mouseClick(banner.button(), Qt.MouseButton.LeftButton)
    assert heard == ["go"]
    banner.clear()
    assert not banner.isVisible()


def test_the_drill_strip_pauses_resumes_and_finishes(app: QApplication) -> None:
    strip = DrillStrip()
    heard: list[str] = []
    strip.paused.connect(lambda: heard.append("paused"))
    strip.resumed.connect(lambda: heard.append("resumed"))
    strip.finished.connect(lambda: heard.append("finished"))
    name = Label("防汛演练", "Flood drill")
    strip.show_drill(DrillState(name, ExerciseState.RUNNING, 754, 2700, 2.0, Label("停电", "Power cut"), 95))
    assert strip.texts() == ("防汛演练 · 进行中 12:34 / 45:00 · ×2", "01:35 后:停电")
    go, end = strip.buttons()
    go.click()
    strip.show_drill(DrillState(name, ExerciseState.PAUSED, 754, 2700))
    assert go.text() == "继续"
    go.click()
    end.click()
    assert heard == ["paused", "resumed", "finished"]
    strip.show_drill(DrillState(name, ExerciseState.FINISHED, 2700, 2700))
    assert not go.isEnabled()
    strip.show_drill(None)
    assert not strip.isVisible()


def test_login_submits_says_why_not_and_keeps_the_user(app: QApplication) -> None:
    dialog = LoginDialog(centre="厚街镇指挥中心", user="li")
    heard: list[tuple[str, str]] = []
    dialog.submitted.connect(lambda user, password: heard.append((user, password)))
    dialog.show()
    user, password = dialog.findChildren(QLineEdit)
    QTest.keyClick(password, Qt.Key.Key_Return)
    assert dialog.message() == "请输入密码" and heard == []
    QTest.keyClicks(password, "secret")
    QTest.keyClick(password, Qt.Key.Key_Return)
    assert heard == [("li", "secret")]
    dialog.refuse("密码不对,还可以试 4 次")
    assert dialog.message() == "密码不对,还可以试 4 次" and user.text() == "li" and password.text() == ""
    with english():
        assert dialog.findChild(KeyButton).text() == "Sign in"


def test_a_bug_is_said_counted_and_copied(app: QApplication) -> None:
    try:
        raise ValueError("example")
    except ValueError as error:
        dialog = ErrorDialog.of(ValueError, error, error.__traceback__, log_file="yiping.log")
    dialog.another("Traceback: another")
    words = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert "共 2 次" in words and "yiping.log" in words and "都在" in words
    dialog.copy()
    assert "ValueError: example" in app.clipboard().text() and "another" in app.clipboard().text()


def test_the_wall_header_marks_what_is_abnormal(app: QApplication) -> None:
    header = WallHeader()
    header.show_state("III级", Level.ORANGE, 12, 1, 86)
    assert [(each.word, each.value, each.level) for each in header.figures()] == [
        ("应急响应", "III级", Level.ORANGE),
        ("进行中", "12", None),
        ("超时", "1", Level.RED),
        ("在岗力量", "86", None),
    ]
    header.show_state("", None, 3, 0, 86)
    assert len(header.figures()) == 3 and header.figures()[1].level is None


def test_the_stage_is_said(app: QApplication) -> None:
    track = StageTrack()
    track.show_stage(samples.WAY, samples.WAY[3])
    assert track.accessibleName() == "阶段:处置"
    with english():
        assert track.accessibleName() == "阶段:In progress"


def test_the_chart_is_made_when_shown_and_keeps_its_range(app: QApplication) -> None:
    chart = IndicatorChart()
    chart.resize(700, 400)
    card = samples.cards()[0]
    chart.show_series(card.indicator, card.values, card.level, [(samples.before(18).timestamp(), "I34 立案")])
    assert chart.plot() is None
    chart.show()
    assert chart.plot() is not None and "立沙桥水位" in chart.readout() and "橙色" in chart.readout()
    QTest.keyClick(chart, Qt.Key.Key_1)
    low, high = chart.plot().getPlotItem().vb.viewRange()[0]
    assert 3600 < high - low < 4000
    longer = card.values.copy()
    longer[:, 1] += 0.1
    chart.show_series(card.indicator, longer, card.level, [])
    view = chart.plot().getPlotItem().vb
    assert view.viewRange()[0] == [low, high]
    longer[-1, 1] = 9.0
    chart.show_series(card.indicator, longer.copy(), card.level, [])
    assert view.viewRange()[1][1] > 9.0  # what is new is in sight
    view.sigRangeChangedManually.emit([True, True])
    view.setXRange(low + 600, high, padding=0)
    chart.show_series(card.indicator, card.values, card.level, [])
    assert view.viewRange()[0] == [low + 600, high]  # but not against the hand


def test_a_title_keeps_its_room_when_its_words_grow(app: QApplication) -> None:
    """The other language is longer: the words after the keys go, and come back."""
    window, panel = QMainWindow(), Panel("incidents", "事件", QWidget())
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, panel)
    panel.set_badge("模拟")
    hints = [panel.add_hint("/", "筛选", lambda: None), panel.add_hint("O", "按等级", lambda: None)]
    window.resize(276, 300)
    window.show()
    app.processEvents()
    assert [hint.toolTip() for hint in hints] == ["", ""]
    panel.set_title("Incidents")
    panel.set_badge("Simulated")
    for hint, word in zip(hints, ("Filter", "By level"), strict=True):
        hint.set_text(word)
    app.processEvents()
    assert [hint.toolTip() for hint in hints] == ["Filter", "By level"]  # of those that show only their key
    panel.set_badge("")
    for hint, word in zip(hints, ("筛选", "按等级"), strict=True):
        hint.set_text(word)
    app.processEvents()
    assert [hint.toolTip() for hint in hints] == ["", ""]

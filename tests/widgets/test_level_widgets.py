"""Handing on, answering and reporting up: by keyboard, with what must be said, and nothing typed is lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from english import translated
from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QSpinBox, QWidget

from console.domain.area import Tier
from console.domain.assignment import Role, Status, Way
from console.domain.duty import Limit
from console.domain.incident import Stage
from console.domain.levels import Sending
from console.domain.situation import Element, ReportKind
from console.domain.timers import Timer
from console.domain.words import Label
from widgets import samples
from widgets.assignment_inbox import DONE, UNDER_WAY, WAITING, AssignmentInbox
from widgets.choice_picker import Choice, ChoicePicker
from widgets.form_block import ChoiceBox
from widgets.incident_panel import IncidentPanel
from widgets.level_part import LevelFacts, LevelPart, Line, next_report, report_word
from widgets.send_form import Handing, SendForm, SendOffer
from widgets.situation_form import Situation, SituationForm

PLACES = (
    Choice("houjie", Label("厚街镇指挥中心", "Houjie Centre"), Tier.TOWN.label),
    Choice("fire", Label("消防救援大队", "Fire Brigade"), Tier.TOWN.label),
    Choice("tingshan", Label("汀山社区", "Tingshan"), Tier.VILLAGE.label),
    Choice("baihao", Label("白濠社区", "Baihao"), Tier.VILLAGE.label),
)


@contextmanager
def heard(signal: SignalInstance) -> Iterator[list[tuple[Any, ...]]]:
    found: list[tuple[Any, ...]] = []
    slot = lambda *args: found.append(args)  # noqa: E731
    signal.connect(slot)
    yield found
    signal.disconnect(slot)


def shown(widget: QWidget, app: QApplication, width: int = 440, height: int = 600) -> None:
    widget.resize(width, height)
    widget.show()
    widget.activateWindow()
    app.processEvents()


# Choosing


@pytest.fixture
def picker(app: QApplication) -> ChoicePicker:
    made = ChoicePicker()
    made.show_choices(PLACES, [])
    shown(made, app)
    made.setFocus()
    return made


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("消防", ["fire"]),
        ("tssq", ["tingshan"]),
        ("cs", ["tingshan", "baihao"]),  # 村社
        ("镇街 消", ["fire"]),
        ("没有", []),
        ("", ["houjie", "fire", "tingshan", "baihao"]),
    ],
)
def test_found_by_name_initials_and_level(picker: ChoicePicker, typed: str, found: list[str]) -> None:
    QTest.keyClicks(picker.focusProxy(), typed) if typed.isascii() else picker.findChild(QLineEdit).setText(typed)
    assert picker.shown() == found


def test_the_keyboard_takes_leaves_and_goes_on(picker: ChoicePicker) -> None:
    line = picker.focusProxy()
    with heard(picker.passed) as passed:
        for keys in ("ts", "xf"):
            QTest.keyClicks(line, keys)
            QTest.keyClick(line, Qt.Key.Key_Return)
        assert picker.chosen() == ("tingshan", "fire"), "in the order they were taken"
        assert picker.shown() == ["fire", "tingshan", "houjie", "baihao"], "those that are chosen are in sight"
        QTest.keyClick(line, Qt.Key.Key_Down)
        QTest.keyClick(line, Qt.Key.Key_Return)
        assert picker.chosen() == ("fire",), "the one that is lit is left"
        assert not passed
        QTest.keyClick(line, Qt.Key.Key_Return)
        assert passed == [()]
    QTest.keyClicks(line, "x")
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert len(picker.shown()) == 4 and picker.isVisible(), "the first Esc only clears the line"


def test_a_screen_reader_hears_which_row_is_current_and_what_was_taken(picker: ChoicePicker) -> None:
    line = picker.focusProxy()
    picker.toggle("fire")
    assert line.accessibleDescription() == "当前 厚街镇指挥中心;已选 消防救援大队"
    QTest.keyClick(line, Qt.Key.Key_Down)
    assert line.accessibleDescription() == "当前 消防救援大队;已选 消防救援大队"


def test_one_of_many_where_only_one_is_possible(picker: ChoicePicker) -> None:
    picker.show_choices(PLACES, ["fire", "gone"], single=True)
    assert picker.chosen() == ("fire",)
    picker.toggle("baihao")
    assert picker.chosen() == ("baihao",)


# Handing on


def offer(incident: str = "i34", **more: Any) -> SendOffer:
    ways: dict[Sending, tuple[Choice, ...]] = {
        Sending.WHISTLE: PLACES[1:],
        Sending.DOWN: PLACES[2:],
        Sending.UP: PLACES[:1],
        Sending.TRANSFER: PLACES[1:],
    }
    works = (
        Choice("a1", Label("水务", "Water"), Status.DECLINED.label),
        Choice("a2", Label("网格", "Grid"), Status.NOTIFIED.label),
    )
    return SendOffer(incident, incident.upper(), ways, works, **more)


@pytest.fixture
def form(app: QApplication) -> SendForm:
    page = QWidget()
    made = SendForm(page)
    made.page = page  # type: ignore[attr-defined]
    made.open(offer())
    shown(page, app)
    made.resize(440, 500)
    return made


def test_a_whistle_says_who_is_to_come_and_by_when(form: SendForm) -> None:
    with heard(form.sent) as sent:
        form.picker().toggle("fire")
        form.picker().toggle("baihao")
        form.findChild(QSpinBox).setValue(0)
        assert not form.save.isEnabled(), "a whistle without a time is none"
        form.findChild(QSpinBox).setValue(3)
        form.keep()
    assert sent == [(Handing("i34", Sending.WHISTLE, ("fire", "baihao"), "", 3, None),)]
    assert not form.isVisible() and form.drafts() == {}


def test_a_transfer_takes_one_assignment_and_says_why(form: SendForm) -> None:
    form.open(offer(), Sending.TRANSFER, "a2")
    form.picker().toggle("fire")
    assert not form.save.isEnabled() and "原因" in form.save.toolTip()
    reason = form.findChildren(QLineEdit)[-2]
    QTest.keyClicks(reason, "closer")
    with heard(form.sent) as sent:
        QTest.keyClick(reason, Qt.Key.Key_Return)
    ((handing,),) = sent
    assert (handing.how, handing.to, handing.reason, handing.assignment) == (
        Sending.TRANSFER,
        ("fire",),
        "closer",
        "a2",
    )


def test_another_way_forgets_whom_it_cannot_go_to(form: SendForm) -> None:
    for id in ("fire", "baihao"):
        form.picker().toggle(id)
    how = form.findChildren(ChoiceBox)[0]
    how.setCurrentIndex(how.findData("down"))
    assert form.picker().chosen() == ("baihao",)
    how.setCurrentIndex(how.findData("up"))
    assert form.picker().chosen() == () and not form.findChild(QSpinBox).isVisible()


def test_esc_leaves_and_the_draft_is_there_again(form: SendForm, app: QApplication) -> None:
    form.picker().toggle("fire")
    with heard(form.left) as left:
        QTest.keyClick(form, Qt.Key.Key_Escape)
    assert left and not form.isVisible()
    form.open(offer("i35"))
    assert form.picker().chosen() == ()
    form.turn_to("i34")
    assert not form.isVisible(), "it was left"
    form.turn_to("i35")
    assert form.isVisible()
    kept = form.drafts()
    again = SendForm()
    again.set_drafts(kept)
    again.open(offer())
    assert again.picker().chosen() == ("fire",) and again.drafts() == kept


def test_what_could_not_be_kept_is_a_draft_again(form: SendForm) -> None:
    form.picker().toggle("fire")
    with heard(form.sent) as sent:
        form.keep()
    form.give_back(sent[0][0])
    form.open(offer())
    assert form.picker().chosen() == ("fire",)


def test_the_first_that_is_chosen_leads_where_nobody_does(form: SendForm) -> None:
    form.open(offer(leads=True))
    form.picker().toggle("baihao")
    assert form.head.words() == "I34 · 已选 1 · 白濠社区主办"


# What was sent here


@pytest.fixture
def inbox(app: QApplication) -> AssignmentInbox:
    made = AssignmentInbox()
    made.show_work(samples.work(), samples.NOW)
    shown(made, app, 420, 560)
    made.setFocus()
    return made


def test_what_waits_is_first_and_what_is_overdue_says_so(inbox: AssignmentInbox) -> None:
    rows = inbox.rows()
    assert [row.id for row in rows] == [WAITING, "w1", "w2", UNDER_WAY, "w3", DONE, "w4"]
    late, coming = rows[1], rows[2]
    assert (late.alert, late.alert_role, late.right_role) == ("● 签收超时", "red", "red")
    assert late.right == "超时 01:30" and "封桥两端" in late.detail and "李值班员" in late.detail
    assert (coming.alert, coming.right) == ("", "余 03:00")
    assert inbox.counts() == (2, 1)
    assert rows[-1].quiet and rows[-1].mark is None


def test_one_key_accepts(inbox: AssignmentInbox) -> None:
    inbox.select("w1")
    with heard(inbox.acknowledged) as accepted:
        QTest.keyClick(inbox.focusProxy(), Qt.Key.Key_A, Qt.KeyboardModifier.ShiftModifier)
        inbox.select("w3")
        QTest.keyClick(inbox.focusProxy(), Qt.Key.Key_A, Qt.KeyboardModifier.ShiftModifier)
    assert accepted == [("w1",)], "what is under way is accepted already"


def test_its_keys_are_its_own_beside_the_incidents_panel(app: QApplication) -> None:
    page, inbox, panel = QWidget(), AssignmentInbox(), IncidentPanel()
    for part in (inbox, panel):
        part.setParent(page)
    panel.move(430, 0)
    panel.resize(440, 700)
    inbox.resize(420, 560)
    inbox.show_work(samples.work(), samples.NOW)
    panel.show_incident(samples.detail(proposed=True), samples.NOW)
    shown(page, app, 900, 720)
    inbox.setFocus()
    inbox.select("w1")
    with heard(inbox.acknowledged) as own, heard(panel.wallRequested) as more, heard(panel.accepted) as sent:
        QTest.keyClick(inbox.focusProxy(), Qt.Key.Key_A, Qt.KeyboardModifier.ShiftModifier)
        QTest.keyClick(inbox.focusProxy(), Qt.Key.Key_Return)
        assert own == [("w1",)] and not more and not sent, "another incident than the row's is on screen"
        QTest.keyClick(inbox.focusProxy(), Qt.Key.Key_W)
        assert more, "a printed key acts whichever panel has the keyboard"
        inbox.set_shown(samples.work()[0].incident.id)
        QTest.keyClick(inbox.focusProxy(), Qt.Key.Key_Return)
    assert sent, "the row's own incident is on screen"


def test_a_return_needs_a_reason(inbox: AssignmentInbox) -> None:
    inbox.select("w1")
    QTest.keyClick(inbox.focusProxy(), Qt.Key.Key_T, Qt.KeyboardModifier.ShiftModifier)
    assert inbox.back.isVisible() and not inbox.back.save.isEnabled()
    with heard(inbox.returned) as returned:
        QTest.keyClick(inbox.back.words, Qt.Key.Key_Return)
        assert not returned
        QTest.keyClicks(inbox.back.words, "not ours")
        inbox.select("w2")
        assert not inbox.back.isVisible()
        inbox.select("w1")
        assert inbox.back.isVisible() and inbox.back.words.text() == "not ours", "it waits with its assignment"
        QTest.keyClick(inbox.back.words, Qt.Key.Key_Return)
    assert returned == [("w1", "not ours")] and inbox.drafts()["return"] == {}
    inbox.back.give_back("w1", "not ours")
    assert inbox.drafts()["return"] == {"w1": "not ours"}


def test_feedback_has_words_or_photos(inbox: AssignmentInbox) -> None:
    inbox.select("w3")
    QTest.keyClick(inbox.focusProxy(), Qt.Key.Key_F, Qt.KeyboardModifier.ShiftModifier)
    feedback = inbox.feedback
    assert feedback.isVisible() and not feedback.save.isEnabled()
    with heard(feedback.photosWanted) as asked:
        feedback.add.click()
    assert asked == [("w3",)]
    feedback.add_photos("w3", ["/x/桥.jpg", "/x/桥.jpg"])
    QTest.keyClicks(feedback.words, "closed")
    kept = inbox.drafts()
    assert kept["feedback"] == {"w3": ["closed", "/x/桥.jpg"]}
    with heard(inbox.fedBack) as fed:
        QTest.keyClick(feedback.words, Qt.Key.Key_Return)
    assert fed == [("w3", "closed", ["/x/桥.jpg"])] and inbox.drafts()["feedback"] == {}
    again = AssignmentInbox()
    again.set_drafts(kept)
    assert again.drafts() == kept


def test_only_what_can_be_done_is_offered(inbox: AssignmentInbox) -> None:
    def keys(id: str) -> list[str]:
        inbox.select(id)
        return [button.key() for button in inbox.buttons()]

    assert [keys(id) for id in ("w1", "w3", "w4")] == [
        ["Shift+A", "Shift+F", "Shift+G", "Shift+T"],
        ["Shift+S", "Shift+F", "Shift+G", "Shift+T"],
        [],
    ]
    enabled = [action.isEnabled() for action in inbox.statuses("w3").actions()]
    assert enabled == [False, False, False, True], "on scene: what is left is to work"
    watching = replace(samples.work()[2].assignment, role=Role.SUPERVISE, way=Way.UP)
    inbox.show_work([replace(samples.work()[2], assignment=watching, sends_on=False)], samples.NOW)
    assert keys("w3") == ["Shift+F", "Shift+T"]


def test_enter_opens_the_incident_and_english_is_whole(inbox: AssignmentInbox) -> None:
    inbox.select("w2")
    with heard(inbox.opened) as opened:
        QTest.keyClick(inbox.focusProxy(), Qt.Key.Key_Return)
    assert opened == [("i33",)]
    with translated():
        titles = [row.title for row in inbox.rows() if row.header]
        assert titles == ["To acknowledge", "Under way", "Done"]


# Between the levels


@pytest.fixture
def part(app: QApplication) -> LevelPart:
    made = LevelPart()
    made.show_levels("i34", samples.level_facts(), samples.NOW)
    shown(made, app, 440, 300)
    return made


def test_a_whistle_says_how_many_are_there_and_who_is_late(part: LevelPart) -> None:
    assert part.lines()[0] == "吹哨 报到 4/5 迟到:应急办 超时 00:30"
    facts = samples.level_facts()
    there = tuple(
        replace(row, assignment=row.assignment.recorded(Status.ACKNOWLEDGED, samples.NOW)) for row in facts.called
    )
    part.show_levels("i34", replace(facts, called=there), samples.NOW)
    assert part.lines()[0] == "吹哨 报到 5/5"
    part.show_levels("i34", LevelFacts(), samples.NOW)
    assert part.lines() == []


def test_what_was_sent_back_is_one_click_from_another(part: LevelPart) -> None:
    line = next(line for line in part.findChildren(Line) if "退回" in line.accessibleName())
    assert line.accessibleName() == "城管分局 退回:不在本辖区,属长安 转派"
    with heard(part.transferWanted) as wanted:
        QTest.mouseClick(line, Qt.MouseButton.LeftButton)
        line.setFocus()
        QTest.keyClick(line, Qt.Key.Key_Return)
    assert wanted == [("s7",), ("s7",)]


def test_the_next_report_and_its_time(part: LevelPart) -> None:
    facts, incident = samples.level_facts(), samples.INCIDENTS[0]
    assert part.lines()[-1].startswith("首报 · 书面 → 市应急指挥中心 李值班员")
    assert next_report(facts, incident) is ReportKind.FOLLOW_UP
    assert next_report(facts, replace(incident, stage=Stage.REPORTED_BACK)) is ReportKind.FINAL
    called = replace(facts, reports=(replace(facts.reports[0], by_phone=True),))
    assert next_report(called, incident) is ReportKind.FIRST, "a call does not stand for the written one"
    assert report_word(facts, samples.NOW) == ("24:00", False)
    late = Timer(Limit.WRITTEN, "i34", samples.before(42), samples.before(2))
    assert report_word(replace(facts, timers=(late,)), samples.NOW) == ("02:00", True)
    panel = IncidentPanel()
    panel.show_incident(replace(samples.detail(), levels=replace(facts, timers=(late,), reports=())), samples.NOW)
    button = panel._situation
    assert button.text() == "首报 02:00" and button.property("primary")


# Reporting up


@pytest.fixture
def report(app: QApplication) -> SituationForm:
    made = SituationForm()
    made.open(samples.situation_offer())
    shown(made, app, 660, 780)
    return made


def required(form: SituationForm) -> set[str]:
    return {label.text().removesuffix(" 必填") for label in form.findChildren(QLabel) if label.text().endswith("必填")}


def test_what_must_be_said_depends_on_the_report(report: SituationForm) -> None:
    kind, way = report.findChildren(ChoiceBox)
    assert required(report) == {"基本过程", "发展趋势", "处置措施"}
    kind.setCurrentIndex(kind.findData("first"))
    assert required(report) == {"时间", "地点", "信息来源", "性质", "基本过程", "处置措施"}
    way.setCurrentIndex(way.findData(True))
    assert required(report) == {"时间", "地点", "性质"}


def test_it_is_sent_when_nothing_is_missing(report: SituationForm) -> None:
    with heard(report.reported) as sent:
        report.send()
        assert not sent and "发展趋势" in report._send.toolTip()
        for element in (Element.TREND, Element.MEASURES):
            report.text(element).setPlainText("…")
        QTest.keyClick(report.text(Element.TREND), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    ((incident, said),) = sent
    assert incident == "i34" and said.kind is ReportKind.FOLLOW_UP and said.elements["course"] == "水位 3.58 m,继续上涨"
    assert report.drafts() == {}
    report.give_back(incident, said)
    assert report.drafts()["i34"]["elements"]["trend"] == "…"


def test_what_the_last_one_said_stands_under_what_differs(report: SituationForm) -> None:
    told = [
        label.text() for label in report.findChildren(QLabel) if label.isVisible() and label.text().startswith("上次")
    ]
    assert told == ["上次:水位 3.42 m"]
    report.text(Element.COURSE).setPlainText("水位 3.42 m")
    assert not any(label.isVisible() for label in report.findChildren(QLabel) if label.text().startswith("上次"))


def test_a_half_written_report_waits(report: SituationForm) -> None:
    report.text(Element.CAUSE).setPlainText("上游放水")
    with heard(report.left) as left:
        QTest.keyClick(report.text(Element.CAUSE), Qt.Key.Key_Escape)
    assert left
    kept = report.drafts()
    again = SituationForm()
    again.set_drafts(kept)
    again.show_report(samples.REPORTS[0], "I34")
    assert again.text(Element.COURSE).isReadOnly() and again.text(Element.COURSE).toPlainText() == "水位 3.42 m"
    again.open(samples.situation_offer())
    assert again.situation().elements["cause"] == "上游放水" and not again.text(Element.COURSE).isReadOnly()
    assert isinstance(again.situation(), Situation) and again.drafts() == kept


def test_time_passes_in_the_rows(inbox: AssignmentInbox) -> None:
    inbox.show_work(samples.work(), samples.NOW + timedelta(minutes=4))
    assert inbox.counts() == (2, 2)

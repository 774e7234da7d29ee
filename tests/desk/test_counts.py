"""Figures beside titles and on the wall say what the state says, whatever has been painted."""

from datetime import timedelta
from pathlib import Path

from console.desk.session import utc_now
from console.desk.wall import Face
from tests.desk.parts import at_work, dispatched, raise_alarm, settle, until
from tests.desk.parts import session as running_session


def test_a_confirmed_alarm_is_no_longer_counted(app: object, tmp_path: Path) -> None:
    with at_work(tmp_path) as desk:
        session, dock = desk.session, desk.window.docks["alarms"]
        assert session is not None and desk.control is not None
        alarm = raise_alarm(session)
        until(lambda: "1 未确认" in dock._bar.words.subtitle, "it is counted")
        settle(0.5)
        desk.window.panels.alarms.hide()  # nobody paints it
        desk.control.confirm(alarm)
        until(lambda: "0 未确认" in dock._bar.words.subtitle, "it is counted no more")


def test_the_wall_counts_what_is_overdue_as_its_rows_do(app: object, tmp_path: Path) -> None:
    with running_session(tmp_path) as session:
        id = dispatched(session)
        incident = session.state.incidents[id]
        late = min(timer.due_at for timer in session.timing.of(id) if timer.due_at) + timedelta(minutes=1)
        assert incident.due_at is None or late < incident.due_at, "the incident itself has time left"
        face = Face(session, lambda: "")
        face.show_header(utc_now())
        assert "超时 0" in face.header.accessibleDescription()
        face.show_header(late)
        assert "超时 1" in face.header.accessibleDescription()
        face.deleteLater()

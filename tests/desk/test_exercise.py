"""A scenario at work on a desk: it pauses, goes faster, is finished, goes on after a restart, and cuts the link."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.desk.exercise import Runner
from console.desk.session import Session
from console.domain.camera import Picture
from console.domain.drill import Exercise, ExerciseState, Scenario
from console.domain.intake import CameraFault, LinkCut
from console.store.scenarios import find_scenarios, load_scenario
from console.sync.client import Link
from tests.desk.parts import NOWHERE, pack, running, settle, until
from tests.desk.parts import session as running_session
from tests.support_wait import WAIT_S


def short(*happenings: tuple[int, float, object]) -> Scenario:
    """The shipped drill with a few injects of our own, each with its second."""
    base = load_scenario(find_scenarios(NOWHERE)["typhoon-flood"], pack())
    injects = tuple(replace(base.injects[0], number=n, at_s=at, what=what) for n, at, what in happenings)  # type: ignore[arg-type]
    return replace(base, id="short", injects=injects, length_s=600.0)


def kept(session: Session) -> Exercise:
    def look() -> Exercise:
        with session.store.read() as view:
            return view.exercises()[-1]

    return session.jobs.store(look).result(WAIT_S)


@pytest.fixture
def session(app: object, tmp_path: Path) -> Iterator[Session]:
    with running_session(tmp_path) as made:
        yield made


def test_time_goes_at_its_speed_and_stands_still_in_a_pause(session: Session) -> None:
    faults: list[object] = []
    session.faulted.connect(faults.append)
    cut, mend = LinkCut(True), LinkCut(False)
    runner = Runner(session, short((1, 20, cut), (2, 60, mend)), None, 60.0, again=False)
    runner.start()
    until(lambda: faults == [cut], "the first inject")
    runner.pause(True)
    at = runner.exercise.elapsed_s
    assert 20 <= at < 60
    settle(1.2)
    assert runner.exercise.elapsed_s == at
    assert faults == [cut]
    assert kept(session).state is ExerciseState.PAUSED
    runner.pause(False)
    before = runner.exercise.elapsed_s
    settle(0.1)
    assert runner.exercise.elapsed_s - before < 40, "the pause is not made up for"
    until(lambda: faults == [cut, mend], "the second inject")
    runner.finish()
    settle(0.7)
    assert kept(session).state is ExerciseState.FINISHED
    said = len(session.state.series["lisha_level"].values)
    settle(0.7)
    assert len(session.state.series["lisha_level"].values) == said, "a finished drill says nothing more"
    runner._timer.stop()


def test_it_begins_with_a_past_so_that_no_chart_is_empty(session: Session) -> None:
    began = datetime.now(UTC)
    runner = Runner(session, short(), None, 1.0, again=False)
    runner.start()
    runner._timer.stop()
    assert {script.indicator for script in runner.scenario.sensors} == set(session.state.series)
    assert all(len(series.values) > 30 for series in session.state.series.values())
    assert all(alarm.raised_at >= began for alarm in session.state.alarms.values()), "the past raises nothing"


def test_a_restart_goes_on_where_it_was(session: Session) -> None:
    faults: list[object] = []
    session.faulted.connect(faults.append)
    scenario = short((1, 10, LinkCut(True)), (2, 12, CameraFault("cam02", "refuse")), (3, 200, LinkCut(False)))
    runner = Runner(session, scenario, None, 30.0, again=False)
    runner.start()
    until(lambda: len(faults) == 2, "two injects")
    runner._timer.stop()
    before = kept(session)
    assert before.executed == (1, 2)
    faults.clear()

    second = Runner(session, scenario, before, 60.0, again=False)
    assert (second.exercise.id, second.exercise.elapsed_s) == (before.id, before.elapsed_s)
    second.start()
    second.tick()
    assert sorted(map(str, faults)) == sorted(map(str, (LinkCut(True), CameraFault("cam02", "refuse")))), (
        "what was broken is broken again, once"
    )
    until(lambda: faults[-1] == LinkCut(False), "and it goes on")
    second._timer.stop()
    assert kept(session).id == before.id


def test_another_scenario_or_a_finished_one_begins_anew(session: Session) -> None:
    scenario = short()
    for old in (
        Exercise("x", "another", 50.0),
        Exercise("x", "short", 50.0, state=ExerciseState.FINISHED),
    ):
        assert Runner(session, scenario, old, 1.0, again=False).exercise.elapsed_s == 0
    assert Runner(session, scenario, Exercise("x", "short", 50.0), 1.0, again=False).exercise.elapsed_s == 50.0


def test_a_demo_begins_again_when_it_is_over(session: Session) -> None:
    scenario = replace(short(), length_s=30.0)
    runner = Runner(session, scenario, None, 60.0, again=True)
    first = runner.exercise.id
    runner.start()
    until(lambda: runner.exercise.id != first, "a new run")
    assert runner.exercise.elapsed_s < 30
    runner._timer.stop()
    once = Runner(session, scenario, None, 60.0, again=False)
    once.start()
    until(lambda: once.exercise.state is ExerciseState.FINISHED, "a drill ends")
    once._timer.stop()


SCENARIO = """
id: faults
name: {zh: 故障, en: Faults}
pack: dongguan-houjie
seed: 1
length_s: 3600
objectives: [{zh: 照常, en: Go on}]
staff: {acknowledge_s: 5, depart_s: 5, work_s: 10, report_s: 5}
sensors:
  lisha_level: {base: 3.0}
injects:
  - {number: 1, at_s: 30, subject: {zh: 断链, en: Cut}, link: {cut: true}}
"""


@pytest.mark.usefixtures("app")
def test_a_cut_and_a_camera_fault_reach_the_banner_and_the_tile(tmp_path: Path) -> None:
    """The whole desk, its own platform and cameras: what a scenario breaks is seen, and mended is seen too."""
    from console.desk.plan import Options

    file = tmp_path / "faults.yaml"
    file.write_text(SCENARIO, "utf-8")
    options = Options(data=tmp_path / "data", language="zh", drill=True, scenario=str(file), speed=1.0)
    with running(options) as desk:
        until(lambda: desk.link is not None and desk.link.client.state.link is Link.ONLINE, "online")
        grid, session, link, runner = desk.window.panels.video, desk.session, desk.link, desk.runner
        assert session is not None
        assert link is not None
        assert runner is not None
        runner.exercise = replace(runner.exercise, elapsed_s=29.9)
        until(lambda: link.cut and desk.window.banner.isVisible(), "the banner of a cut link")
        assert "连接已中断" in desk.window.banner.text()
        session.write("断链时照常记录", None)
        until(lambda: desk.chrome.pending.get("command", 0) >= 1, "it waits")
        until(lambda: "条待上传" in desk.window.banner.text() and " 0 条" not in desk.window.banner.text(), "counted")

        def pictures() -> dict[str, Picture]:
            return {c.id: grid.tile(c.id).status for c in grid.cameras()}  # type: ignore[union-attr]

        until(lambda: list(pictures().values()).count(Picture.LIVE) >= 2, "live pictures")
        broken = next(id for id, picture in pictures().items() if picture is Picture.LIVE)
        session.take(CameraFault(broken, "refuse"))
        until(lambda: pictures()[broken] in (Picture.OFFLINE, Picture.STALLED), "the tile says so")
        assert Picture.LIVE in [p for id, p in pictures().items() if id != broken], "the others go on"
        session.take(CameraFault(broken, None))
        session.take(LinkCut(False))
        until(lambda: link.client.state.link is Link.ONLINE, "online again")
        until(lambda: desk.chrome.pending.get("command", 0) == 0, "it is sent")
        until(lambda: not desk.window.banner.isVisible(), "the banner goes")
        until(lambda: pictures()[broken] is Picture.LIVE, "the camera is back")

"""What the banner says of the platform: one thing at a time, and what must be read stays until it was."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from console.desk import i18n
from console.desk.desk import Desk
from console.desk.link import PlatformLink
from console.domain.words import Phrase
from console.sync.client import Applied, Link, LinkState
from console.sync.rebase import INCARNATION, SCOPES
from tests.desk.parts import session, until
from tests.support_pack import incident
from tests.support_wait import WAIT_S


def said(desk: Desk) -> str:
    return desk.window.banner.text()


def test_a_clock_that_is_off_is_said_while_it_is(shared: Desk) -> None:
    standing = shared.chrome.standing
    for offset_s, words in ((192.0, "本机时钟比平台慢 3 分 12 秒"), (-192.0, "快 3 分 12 秒"), (60.0, ""), (0.0, "")):
        standing._show_link(LinkState(Link.ONLINE, datetime.now(UTC), None, offset_s))
        assert words in said(shared) and bool(said(shared)) is bool(words)


def test_what_must_be_read_once_stays_until_it_was(shared: Desk) -> None:
    standing = shared.chrome.standing
    standing._show_link(LinkState(Link.ONLINE, datetime.now(UTC)))
    standing._notice("scope", 12)
    standing._notice("scope", 3)
    standing._notice("restored", 0)
    standing._notice("copied", 0)
    assert said(shared) == "您的范围已改变,15 条记录已移出本台。"
    shared.chrome.warn("磁盘已满")
    assert said(shared) == "磁盘已满"
    button = shared.window.banner.button()
    read = []
    while said(shared):
        read.append(said(shared)[:5])
        button.click()
    assert read == ["磁盘已满", "您的范围已", "平台已恢复", "本台数据是"]


def test_another_platform_and_another_scope_are_noticed(shared: Desk, tmp_path: Path) -> None:
    """As the sync leaves them in the store; what was so when the desk began is nothing new."""
    assert shared.session is not None
    with session(tmp_path) as desk:
        link = PlatformLink(desk, "http://127.0.0.1:9", "no", "live")
        heard: list[tuple[str, int]] = []
        link.noticed.connect(lambda what, count: heard.append((what, count)))

        def learn(incarnation: str, *scopes: str) -> None:
            def keep() -> None:
                with desk.store.begin() as tx:
                    tx.set_setting(INCARNATION, incarnation)
                    tx.set_setting(SCOPES, list(scopes))

            desk.jobs.store(keep).result(WAIT_S)

        link._look(0)
        learn("first", "dongguan")
        link._pending({"command": 0})
        learn("first", "dongguan/houjie")
        link._applied(Applied(gone=(("incident", "i1"), ("task", "t1"))))
        link._pending({"command": 0})
        learn("second", "dongguan/houjie")
        link._pending({"command": 0})
        until(lambda: heard == [("scope", 2), ("restored", 0)], "both, once")
        link.deleteLater()


def test_a_code_that_another_desk_had_too_is_said(shared: Desk, tmp_path: Path) -> None:
    standing = shared.chrome.standing
    standing._show_link(LinkState(Link.ONLINE, datetime.now(UTC)))
    with session(tmp_path) as desk:
        link = PlatformLink(desk, "http://127.0.0.1:9", "no", "live")
        link.renamed.connect(standing._rename)
        mine = [incident(number) for number in (34, 35, 36)]
        link._applied(Applied(rows=tuple(mine)))
        assert said(shared) == ""
        link._applied(Applied(rows=(replace(mine[0], twin=1), replace(mine[2], twin=2), mine[1])))
        link.deleteLater()
    assert said(shared) == "别的席位断网时也用了同一编号,以先到平台的为准:I34 改为 I34-2、I36 改为 I36-3。"
    shared.window.banner.button().click()
    assert said(shared) == ""


def test_a_refusal_is_over_once_something_else_is_done(shared: Desk) -> None:
    assert shared.session is not None
    standing = shared.chrome.standing
    standing._show_link(LinkState(Link.ONLINE, datetime.now(UTC)))
    shared.window.top.command.entered.emit("no such thing")
    assert "no such thing" in said(shared)
    shared.window.top.command.entered.emit("layout")
    assert said(shared) == ""
    shared.chrome._refused(Phrase("not_checked", {"code": "I1"}))
    assert "I1" in said(shared)
    shared.session.write("已通知", None)
    until(lambda: said(shared) == "", "what was written answers it")
    shared.chrome.warn("磁盘已满")
    shared.session.write("再通知", None)
    until(lambda: any(e.note.text == "再通知" for e in shared.session.state.entries), "written")
    assert said(shared) == "磁盘已满", "what must be read stays"
    shared.window.banner.button().click()


def test_a_refusal_follows_the_language(shared: Desk) -> None:
    shared.chrome.standing._show_link(LinkState(Link.ONLINE, datetime.now(UTC)))
    shared.chrome._refused(Phrase("not_checked", {"code": "I1"}))
    before = said(shared)
    i18n.speak("en")
    until(lambda: said(shared) != before, "said again")
    assert said(shared).isascii()
    i18n.speak("zh")
    until(lambda: said(shared) == before, "and back")
    shared.window.banner.button().click()


def test_a_real_town_carries_no_mark_behind_live(shared: Desk) -> None:
    pack, shared.chrome.desk.pack = shared.pack, replace(shared.pack, simulated=False)
    shared.chrome.retranslate()
    assert shared.window.top._brand.badge == "实战"
    shared.chrome.desk.pack = pack
    shared.chrome.retranslate()
    assert shared.window.top._brand.badge == "实战 · 模拟"

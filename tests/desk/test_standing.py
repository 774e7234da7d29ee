"""What the banner says of the platform: one thing at a time, and what must be read stays until it was."""

from datetime import UTC, datetime

from console.desk.desk import Desk
from console.sync.client import Link, LinkState


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

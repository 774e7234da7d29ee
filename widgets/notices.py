"""What the banner says about this desk and its platform when something is not as it should be."""

from collections.abc import Mapping
from datetime import timedelta

from PySide6.QtCore import QCoreApplication

translate = QCoreApplication.translate
CLOCK_LIMIT = timedelta(minutes=2)  # from here on an operator must know


def clock_notice(offset: timedelta) -> str:
    """`offset` is this desk's clock minus the platform's; empty up to two minutes."""
    if abs(offset) <= CLOCK_LIMIT:
        return ""
    hours, rest = divmod(int(abs(offset).total_seconds()), 3600)
    minutes, seconds = divmod(rest, 60)
    if hours:
        how = translate("notices", "{h} 小时 {m} 分").format(h=hours, m=minutes)
    else:
        how = translate("notices", "{m} 分 {s} 秒").format(m=minutes, s=seconds)
    if offset < timedelta(0):
        return translate("notices", "本机时钟比平台慢 {how}。先后以平台收到为准,请校时。").format(how=how)
    return translate("notices", "本机时钟比平台快 {how}。先后以平台收到为准,请校时。").format(how=how)


def scope_notice(count: int) -> str:
    """The platform shows this desk other areas now, and so many rows left it."""
    return translate("notices", "您的范围已改变,{n} 条记录已移出本台。").format(n=f"{count:,}")


def restored_notice() -> str:
    """The platform lost what came after its backup; this desk still has what it sent."""
    return translate("notices", "平台已恢复到较早的备份,本台正在重新送上此后的操作。")


def renamed_notice(codes: Mapping[str, str]) -> str:
    """Codes of incidents that another desk had given too while the two were apart, and what they are now."""
    each = translate("notices", "{old} 改为 {new}")
    said = translate("notices", "、").join(each.format(old=old, new=new) for old, new in codes.items())
    return translate("notices", "别的席位断网时也用了同一编号,以先到平台的为准:{said}。").format(said=said)


def copied_notice() -> str:
    """The database is that of another desk: two must not write under one number."""
    return translate("notices", "本台数据是从别的席位拷贝来的,已换新编号。")

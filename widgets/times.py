"""Times as people read them: relative where one acts on them, absolute where one records them."""

from datetime import datetime, timedelta

from PySide6.QtCore import QCoreApplication

from console.domain.timers import WARN_AT

translate = QCoreApplication.translate


def clock(at: datetime, now: datetime | None = None) -> str:
    """14:29 by the local clock; with the date when it is not the day of `now`."""
    local = at.astimezone()
    if now is not None and local.date() != now.astimezone().date():
        return f"{local:%m-%d %H:%M}"
    return f"{local:%H:%M}"


def clock_seconds(at: datetime, now: datetime | None = None) -> str:
    """14:29:41 by the local clock; with the date when it is not the day of `now`."""
    local = at.astimezone()
    if now is not None and local.date() != now.astimezone().date():
        return f"{local:%m-%d %H:%M}"
    return f"{local:%H:%M:%S}"


def span(delta: timedelta) -> str:
    """06:12 for minutes and seconds; hours and days in words, where seconds no longer matter."""
    minutes, seconds = divmod(max(0, int(delta.total_seconds())), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return translate("times", "{days} 天 {hours} 时").format(days=days, hours=hours)
    if hours and not minutes:
        return translate("times", "{hours} 小时").format(hours=hours)
    if hours:
        return translate("times", "{hours} 时 {minutes} 分").format(hours=hours, minutes=minutes)
    return f"{minutes:02}:{seconds:02}"


def stopwatch(seconds: float) -> str:
    """12:34, or 1:02:40 with hours."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def time_left(delta: timedelta) -> str:
    """余 11:48 before the limit, 超时 02:40 after it."""
    if delta < timedelta(0):
        return translate("times", "超时 {time}").format(time=span(-delta))
    return translate("times", "余 {time}").format(time=span(delta))


def ago(seconds: float) -> str:
    """How long ago, in one rough word."""
    if seconds < 60:
        return translate("times", "{n} 秒前").format(n=max(0, int(seconds)))
    if seconds < 3600:
        return translate("times", "{n} 分钟前").format(n=int(seconds // 60))
    if seconds < 86_400:
        return translate("times", "{n} 小时前").format(n=int(seconds // 3600))
    return translate("times", "{n} 天前").format(n=int(seconds // 86_400))


def lasting(delta: timedelta) -> str:
    """For how long, in one rough word."""
    minutes = max(0, int(delta.total_seconds() // 60))
    if not minutes:
        return translate("times", "不到 1 分钟")
    if minutes < 60:
        return translate("times", "{n} 分钟").format(n=minutes)
    if minutes < 1440:
        return translate("times", "{h} 小时 {m} 分").format(h=minutes // 60, m=minutes % 60)
    return translate("times", "{n} 天").format(n=minutes // 1440)


def travel(seconds: float | None) -> str:
    """Minutes of travel, 3′; never 0."""
    if seconds is None:
        return "-"
    return f"{max(1, round(seconds / 60))}′"


def used(opened_at: datetime, due_at: datetime | None, now: datetime) -> float | None:
    """The part of the time limit that is used, 0 to 1; None without a limit."""
    if due_at is None:
        return None
    whole = (due_at - opened_at).total_seconds()
    if whole <= 0:
        return 1.0
    return min(1.0, max(0.0, (now - opened_at).total_seconds() / whole))


def used_role(part: float | None, overdue: bool) -> str:
    """The colour of a time bar: grey, yellow for the last quarter, red past the limit."""
    if overdue:
        return "red"
    return "yellow" if part is not None and part >= WARN_AT else "series"

"""The word over everything that is not real."""

from PySide6.QtCore import QCoreApplication

from console.domain.pack import Pack


def badge(pack: Pack, drill: bool) -> str:
    """演练 in a drill, 模拟 over simulated data, else nothing."""
    if drill:
        return QCoreApplication.translate("badge", "演练")
    return QCoreApplication.translate("badge", "模拟") if pack.simulated else ""

"""What Chromium is to know before QApplication is made. Its libraries are loaded by the first page that is shown."""

import os
import sys

from PySide6.QtCore import QCoreApplication, Qt


def prepare() -> None:
    """Set Chromium's switches. Call once, before QApplication is made."""
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    flags = [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-domain-reliability",
        "--disable-sync",
        "--no-pings",
    ]
    if os.environ.get("QT_QPA_PLATFORM", "").startswith("offscreen"):
        flags.append("--disable-gpu")
    if sys.platform == "linux" and os.geteuid() == 0:
        os.environ["QTWEBENGINE_DISABLE_SANDBOX"] = "1"  # Chromium's sandbox refuses root
    given = os.environ.get("QTWEBENGINE_CHROMIUM_FLAGS", "").split()
    os.environ["QTWEBENGINE_CHROMIUM_FLAGS"] = " ".join([*given, *(f for f in flags if f not in given)])

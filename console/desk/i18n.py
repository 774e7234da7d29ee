"""The language on screen. Chinese is in the source; English is `resources/i18n/yiping_en.qm`."""

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

import resources
from console.domain.words import Lang

_installed: list[QTranslator] = []


def speak(language: Lang) -> None:
    """Switch every window to `language` now (they get a LanguageChange event)."""
    app = QCoreApplication.instance()
    if app is None:
        raise RuntimeError("speak() needs the application")
    while _installed:
        app.removeTranslator(_installed.pop())
    QLocale.setDefault(QLocale("zh_CN" if language == "zh" else "en_GB"))
    if language == "zh":
        _install(app, "qtbase_zh_CN", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    else:
        _install(app, "yiping_en", str(resources.path("i18n")))


def _install(app: QCoreApplication, name: str, folder: str) -> None:
    translator = QTranslator(app)
    if translator.load(name, folder) and app.installTranslator(translator):
        _installed.append(translator)

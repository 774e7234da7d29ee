"""The settings' window: made from the declaration, checked, kept in the file of `yiping settings`."""

from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit

from console.desk.about import libraries
from console.desk.desk import Desk
from console.desk.help import HelpWindow, chapters
from console.desk.settings_window import SettingsWindow
from console.settings import Settings, config_file, load
from tests.desk.parts import delete, press, until, write


@pytest.fixture
def window(app: object, tmp_path: Path) -> Iterator[SettingsWindow]:
    made = SettingsWindow(tmp_path / "settings.toml", {"pack": ["dongguan-houjie", "xincheng"]})
    made.open_settings()
    yield made
    delete(made)


def line(window: SettingsWindow, name: str) -> QLineEdit:
    entry = window.entries[name]
    assert isinstance(entry, QLineEdit)
    entry.clear()
    return entry


def test_every_setting_has_a_field_with_its_value(window: SettingsWindow) -> None:
    assert list(window.entries) == [field.name for field in fields(Settings)]
    pack, sound = window.entries["pack"], window.entries["sound"]
    assert isinstance(pack, QComboBox)
    assert isinstance(sound, QCheckBox)
    assert [pack.itemText(n) for n in range(pack.count())] == ["dongguan-houjie", "xincheng"]
    assert sound.isChecked()


def test_what_is_saved_is_in_the_file_and_what_waits_is_said(window: SettingsWindow, tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("# ours\nsound = true\n", "utf-8")
    window.open_settings()
    write(line(window, "platform"), "https://platform:8443")
    press(window.entries["platform"], "Return")
    assert load(file) == replace(Settings(), platform="https://platform:8443")
    assert file.read_text("utf-8").startswith("# ours\n")
    assert "平台地址" in window.message()
    assert "重新打开" in window.message()
    sound = window.entries["sound"]
    assert isinstance(sound, QCheckBox)
    sound.click()
    window.save.click()
    assert load(file).sound is False
    assert window.message() == "已保存。", "that one holds at once"


@pytest.mark.parametrize(
    ("name", "typed"), [("platform", "platform:8443"), ("video_workers", "many"), ("video_workers", "0")]
)
def test_what_cannot_be_is_refused_with_a_reason_and_stays_typed(
    window: SettingsWindow, tmp_path: Path, name: str, typed: str
) -> None:
    heard: list[object] = []
    window.changed.connect(heard.append)
    write(line(window, name), typed)
    window.save.click()
    assert name in window.message()
    assert not heard
    assert window.entries[name].text() == typed
    assert not (tmp_path / "settings.toml").exists()


def test_a_folder_that_cannot_be_written_says_what_was_kept(app: object, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where the folder would be")
    window = SettingsWindow(tmp_path / "taken" / "settings.toml", {})
    window.open_settings()
    write(line(window, "platform"), "https://x:1")
    window.save.click()
    assert "taken/settings.toml" in window.message()
    delete(window)


def test_the_language_is_taken_up_at_once(shared: Desk) -> None:
    press(shared.window, "Ctrl+,")
    window = shared.chrome.settings
    assert window is not None
    until(window.isActiveWindow)
    box = window.entries["language"]
    assert isinstance(box, QComboBox)
    box.setCurrentText("en")
    window.save.click()
    assert load(config_file()).language == "en"
    until(lambda: window.windowTitle() == "Settings", "the window itself")
    box.setCurrentText("zh")
    window.save.click()
    until(lambda: window.windowTitle() == "设置", "and back")
    config_file().unlink()
    window.close()


@pytest.mark.usefixtures("app")
def test_the_handbook_is_the_same_in_both_languages() -> None:
    zh, en = chapters("zh"), chapters("en")
    assert len(zh) == len(en) > 5
    for (_, first), (_, second) in zip(zh, en, strict=True):
        assert first.count("\n- ") == second.count("\n- "), first
        assert set(_keys(first)) == set(_keys(second)), first


def _keys(text: str) -> list[str]:
    bold = text.split("**")[1::2]
    return [word for word in bold if word.isascii() and (len(word) < 4 or "+" in word)]


@pytest.mark.usefixtures("app")
def test_the_chapter_that_is_chosen_is_shown() -> None:
    window = HelpWindow()
    window.open_help()
    press(window.contents, "Down")
    assert window.page.toPlainText().startswith(chapters("zh")[1][0])
    QCoreApplication.sendEvent(window, QEvent(QEvent.Type.LanguageChange))
    assert window.contents.currentRow() == 1
    delete(window)


def test_about_names_what_is_in_it(shared: Desk) -> None:
    shared.chrome.open_about()
    window = shared.chrome.about
    assert window is not None
    text = window.text.toPlainText()
    for word in ("Yiping 0.", "Apache-2.0", "Python 3.", "Qt 6.", "PySide6_Essentials", "LGPL-3.0-only", "Leaflet"):
        assert word in text
    assert all(row[2] for row in libraries("not stated"))
    window.copy.click()
    from PySide6.QtGui import QGuiApplication

    assert QGuiApplication.clipboard().text() == text
    window.close()

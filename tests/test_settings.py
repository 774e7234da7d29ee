"""The settings: declared once, read with care, written without spoiling what a person wrote."""

from dataclasses import fields, replace
from pathlib import Path

import pytest

from console.domain.errors import KnownError
from console.domain.phrases import say
from console.settings import Settings, change, config_file, data_folder, load


def test_every_setting_says_what_it_is_for() -> None:
    for field in fields(Settings):
        assert field.metadata["help"], field.name
        assert isinstance(field.default, str | int | bool)


def test_no_file_means_the_defaults(tmp_path: Path) -> None:
    assert load(tmp_path / "none.toml") == Settings()


def test_what_is_written_is_read(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(
        '# 本席位\nlanguage = "en"  # 英文\nsound = false\nvideo_workers = 4\nlog_level = "DEBUG"\n', "utf-8"
    )
    assert load(file) == replace(Settings(), language="en", sound=False, video_workers=4, log_level="DEBUG")


def test_one_is_changed_and_the_rest_of_the_file_stays(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "settings.toml"
    assert change(file, {"sound": "false"}) == replace(Settings(), sound=False)
    text = '# 本席位\nlanguage = "zh"  # 中文\nvideo_workers = 3\n'
    file.write_text(text, "utf-8")
    assert change(file, {"video_workers": "4"}).video_workers == 4
    assert file.read_text("utf-8") == text.replace("3", "4")
    assert change(file, {"platform": "https://x:1"}) == load(file)
    assert [p.name for p in file.parent.iterdir()] == ["settings.toml"], "nothing half-written stays"


@pytest.mark.parametrize(
    ("key", "typed"), [("langauge", "en"), ("language", "fr"), ("sound", "2"), ("video_workers", "x")]
)
def test_a_wrong_change_changes_nothing(tmp_path: Path, key: str, typed: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("sound = true\n")
    with pytest.raises(KnownError):
        change(file, {key: typed})
    assert file.read_text() == "sound = true\n"


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("# one\nlangauge = 'zh'", "setting_unknown", 2),
        ("\n\n'video_worker' = 1", "setting_unknown", 3),
        ("[video]\nworkers = 1", "setting_unknown", 1),
        ("sound = 'yes'", "setting_wrong", 1),
        ("sound = true\nvideo_workers = 2.0", "setting_wrong", 2),
        ("language = 1", "setting_wrong", 1),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, text: str, code: str, line: int) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(KnownError) as said:
        load(file)
    assert said.value.phrase.code == code
    assert said.value.phrase.args["line"] == line
    assert str(file) in say(said.value.phrase, "en")


def test_the_nearest_name_is_offered(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("langauge = 'zh'\n")
    with pytest.raises(KnownError) as said:
        load(file)
    assert said.value.phrase.args["near"] == "language"
    file.write_text("zzzzzz = 1\n")
    with pytest.raises(KnownError) as said:
        load(file)
    for field in fields(Settings):
        assert field.name in str(said.value.phrase.args["near"])


@pytest.mark.parametrize("text", [b"= 1", b"a = [", b"\xff\xfe", b"language = 'zh'\nlanguage = 'en'"])
def test_a_file_that_is_no_toml(tmp_path: Path, text: bytes) -> None:
    file = tmp_path / "settings.toml"
    file.write_bytes(text)
    with pytest.raises(KnownError) as said:
        load(file)
    assert said.value.phrase.code == "settings_unreadable"
    assert file.read_bytes() == text


@pytest.mark.parametrize(
    "text", ["language = 'fr'", "video_workers = 0", "video_workers = -3", "log_level = 'LOUD'", "video_workers = 999"]
)
def test_a_value_that_cannot_be_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(text)
    with pytest.raises(KnownError) as said:
        load(file)
    assert say(said.value.phrase, "zh") != say(said.value.phrase, "en")


def test_where_they_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert config_file().name == "settings.toml"
    assert "yiping" in str(data_folder())
    monkeypatch.setenv("YIPING_CONFIG", str(tmp_path / "x.toml"))
    monkeypatch.setenv("YIPING_DATA", str(tmp_path / "data"))
    assert config_file() == tmp_path / "x.toml"
    assert data_folder() == tmp_path / "data"

"""The sound of a new alarm: two calm tones, made once, played by Qt. No sound device: no sound, no error."""

import io
import wave
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QUrl

RATE = 22_050


def chime() -> bytes:
    """A WAV of 0.5 s: 660 Hz then 880 Hz, each fading."""
    t = np.arange(int(RATE * 0.25)) / RATE
    tones = [np.sin(2 * np.pi * pitch * t) * np.exp(-9 * t) for pitch in (660, 880)]
    samples = (np.concatenate(tones) * 0.4 * 32767).astype("<i2")
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.tobytes())
    return file.getvalue()


class AlarmSound(QObject):
    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        from PySide6.QtMultimedia import QMediaDevices, QSoundEffect  # here: it costs time at the start

        self._effect = QSoundEffect(self) if QMediaDevices.audioOutputs() else None
        if self._effect is not None:
            file = folder / "alarm.wav"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(chime())
            self._effect.setSource(QUrl.fromLocalFile(str(file)))

    def play(self) -> None:
        if self._effect is not None:
            self._effect.play()

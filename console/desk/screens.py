"""Several screens without any: Qt's offscreen platform, told their sizes."""

import json
import os
import tempfile
from pathlib import Path


def go_headless(size: str, screens: int = 1) -> None:
    """Make the next QApplication run offscreen on `screens` screens of `size` (`1920x1080`), side by side."""
    width, height = (int(part) for part in size.split("x"))
    described = [
        {
            "name": f"Screen{n + 1}",
            "x": n * width,
            "y": 0,
            "width": width,
            "height": height,
            "logicalDpi": 96,
            "logicalBaseDpi": 96,
            "dpr": 1,
        }
        for n in range(screens)
    ]
    file = Path(tempfile.mkdtemp(prefix="yiping-screens-")) / "screens.json"
    file.write_text(json.dumps({"screens": described}))
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={file}"

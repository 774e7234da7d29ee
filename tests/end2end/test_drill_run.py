"""A drill on the same desk: by the real path, marked everywhere, in files of its own, shut out of the real thing."""

import hashlib
import os
import re
import shutil
from pathlib import Path
from typing import Any

import requests
from pypdf import PdfReader
from PySide6.QtGui import QImage

from console.desk.children import Platform
from console.desk.files import DeskFiles, drill_realm
from console.desk.plan import DEMO_PASSWORD
from console.store.check import verify_chain
from console.store.store import Store
from tests.desk.parts import pack
from tests.end2end.parts import ROOT, Driven, left_of, opened
from tests.support_pack import incident
from tests.support_wait import WAIT_S, until

SPEED = 60  # the whole of it would take 90 minutes
SECRET = "REAL-THING-ONLY"


def live_before(data: Path) -> None:
    """A desk and its platform that were at work in earnest, before any drill."""
    files = DeskFiles(data)
    store = Store.open(files.database, files.key())
    with store.begin() as tx:
        tx.put(incident(7))
        tx.set_setting("secret", SECRET)
    store.close()
    platform = Platform(data / "central", pack().id)
    platform.start()
    login = {"user": "duty", "password": DEMO_PASSWORD, "realm": "live", "device": "somewhere"}

    def signed_in() -> bool:
        try:
            return requests.post(f"{platform.url}/v1/login", json=login, timeout=WAIT_S).status_code == 200
        except requests.ConnectionError:
            return False

    until(signed_in, "the platform has a live realm")
    platform.kill()


def prints(data: Path) -> dict[str, str]:
    """Every file of the real thing, and its hash."""
    files = [p for p in data.rglob("live*") if p.is_file() and not p.name.endswith((".lock", "-shm"))]
    return {str(p.relative_to(data)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_a_drill_from_beginning_to_end(tmp_path: Path) -> None:
    data = tmp_path / "demo"
    live_before(data)
    before = prints(data)
    assert {name.split("/")[0] for name in before} == {"desk", "central"}
    run = Driven("drilled.py", data, str(SPEED), folder=tmp_path)
    online = run.hear("online")
    family = run.family()
    assert online["realm"].startswith("drill-typhoon-flood-")
    assert Path(online["file"]).name == f"{online['realm']}.db"
    the_token_opens_this_realm_only(online)

    assert run.hear("message")["message"] == "市三防办"
    seen = run.hear("alarm")
    assert len(seen["docks"]) == 10
    assert set(seen["docks"]) == {"演练"}
    assert seen["tiles"]
    assert set(seen["tiles"]) == {"演练"}
    assert (seen["map"], seen["top"]) == ("演练", "演练")
    assert seen["title"].endswith("演练")
    call = run.hear("call")
    assert call["call"] == "下穿积水\uff0c一车两人被困"
    assert call["assignments"] > 0
    assert run.hear("camera")["camera"]
    cut = run.hear("cut")
    assert "连接已中断" in cut["banner"]
    assert cut["pending"] > 0
    text = "".join(page.extract_text() for page in PdfReader(run.hear("report")["report"]).pages)
    assert "演练" in text
    assert "下穿积水" in text
    assert run.hear("mended")["mended"]
    end = run.hear("lost")
    assert (end["lost"], end["doubled"]) == (0, 0)
    assert run.end() == 0, run.errors.read_text()[-2000:]
    until(lambda: not left_of(family), "nothing is left")

    assert prints(data) == before, "the real thing was not touched"
    with opened(data) as live, live.read() as view:
        assert view.setting("secret") == SECRET
        assert [i.number for i in view.incidents()] == [7]
    with opened(data, online["realm"]) as drill, drill.read() as view:
        assert view.setting("secret") is None
        assert 7 not in [i.number for i in view.incidents(open_only=False)]
        assert all(verify_chain(drill, device) is None for device in view.chains())
    walls = list((data / "shots" / "wall").glob("wall-?.png"))
    assert walls
    assert not QImage(str(walls[0])).isNull()
    shots = ROOT / "build" / "shots" / "drill"
    shutil.copytree(data / "shots", shots, dirs_exist_ok=True)


def the_token_opens_this_realm_only(online: dict[str, Any]) -> None:
    token, url = online["token"], online["url"]

    def pull(given: str) -> requests.Response:
        header = {"Authorization": f"Bearer {given}"}
        return requests.get(f"{url}/v1/pull?cursor=0&limit=100", headers=header, timeout=WAIT_S)

    assert pull(token).status_code == 200
    assert SECRET not in pull(token).text
    realm, _, rest = token.partition(".")
    assert realm == online["realm"]
    for other in (f"live.{rest}", rest, f"live{token}", f".{rest}", f"../live.{rest}"):
        assert pull(other).status_code == 401, other


def test_every_run_is_a_realm_of_its_own_until_it_is_ended(tmp_path: Path) -> None:
    from datetime import datetime

    from console.central.realms import NAME

    now = datetime(2026, 7, 1, 8, 0, 0)
    for scenario in ("typhoon-flood", "My_Own.Drill", "a" * 60, "typhoon-flood-2"):
        realm = drill_realm(tmp_path, scenario, now)
        assert NAME.fullmatch(realm), realm
    first = drill_realm(tmp_path, "typhoon-flood-2", now)
    file = DeskFiles(tmp_path, first)
    file.database.parent.mkdir(parents=True)
    file.database.touch()
    later = now.replace(hour=9)
    assert drill_realm(tmp_path, "typhoon-flood-2", later) == first, "it goes on after a kill"
    assert drill_realm(tmp_path, "typhoon-flood", later) != first, "another scenario is another realm"
    file.ended.touch()
    assert drill_realm(tmp_path, "typhoon-flood-2", later) != first
    assert re.fullmatch(r".*-\d{14}", first)
    assert os.path.sep not in first

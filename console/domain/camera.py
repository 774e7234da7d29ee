"""Cameras: where they stand, what they show, and the two streams each may have."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from heapq import nsmallest

from console.domain.place import Point, distance_m
from console.domain.words import Label, Labelled

SUB_STREAM_MAX_WIDTH = 640  # pixels; a wider tile takes the main stream


@dataclass(frozen=True, slots=True)
class Camera:
    id: str
    name: Label
    kind: str  # what it looks at: "river_gauge", "road", "square", ...; drawn and grouped by it
    at: Point
    main_url: str
    sub_url: str = ""
    area: str = ""  # path
    indicator: str = ""  # the series whose state the picture shows, if there is one

    def url(self, tile_width: int) -> str:
        """The stream for a tile `tile_width` device pixels wide: sub-stream in a grid, main when enlarged."""
        if self.sub_url and tile_width <= SUB_STREAM_MAX_WIDTH:
            return self.sub_url
        return self.main_url


class Picture(Enum):
    """What a video tile shows of its camera."""

    IDLE = "idle"  # not asked for: off screen
    CONNECTING = "connecting"
    LIVE = "live"
    STALLED = "stalled"  # no progress; the last picture is greyed and says since when
    OFFLINE = "offline"  # the source refused or closed
    FORBIDDEN = "forbidden"


class StreamFault(Labelled):
    """Why a stream does not play."""

    ADDRESS = "address", "视频地址写法不对", "Its address is not written as one"
    NO_ADDRESS = "no_address", "拿不到视频地址", "Its address is not to be had"
    UNREACHABLE = "unreachable", "连不上摄像机", "The camera cannot be reached"
    PASSWORD = "password", "用户名或密码不对", "Wrong user name or password"
    REFUSED = "refused", "对方拒绝查看", "The other side refuses it"
    MISSING = "missing", "没有这一路视频", "There is no such stream"
    SERVER = "server", "对方出错", "The other side has an error"
    NO_VIDEO = "no_video", "这一路没有视频", "There is no video in it"
    CODEC = "codec", "视频编码放不了", "Its codec cannot be played"
    SILENT = "silent", "已连上,没有画面", "Connected, but no picture comes"
    ENDED = "ended", "对方断开了", "The other side ended it"
    PLAYER = "player", "本机播放出错", "This computer's player has an error"


def nearest(cameras: Iterable[Camera], at: Point, count: int) -> list[tuple[Camera, float]]:
    """The `count` cameras nearest to `at`, each with its distance in metres, nearest first."""
    return nsmallest(count, ((camera, distance_m(camera.at, at)) for camera in cameras), key=lambda pair: pair[1])

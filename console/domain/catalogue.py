"""Operations on the catalogue of cameras: one that is new or different, one that is no more."""

from dataclasses import dataclass
from typing import ClassVar

from console.domain.camera import Camera
from console.domain.errors import Refused
from console.domain.operation import Actor, Changes, Lane, Reader
from console.domain.words import Phrase

MOST = 200  # in one operation


@dataclass(frozen=True, slots=True)
class PutCameras:
    NAME: ClassVar[str] = "camera.put"
    LANE: ClassVar[Lane] = "bulk"
    cameras: tuple[Camera, ...]

    def decide(self, read: Reader, actor: Actor) -> Changes:
        _check_count(len(self.cameras))
        return Changes(self.cameras)


@dataclass(frozen=True, slots=True)
class RemoveCameras:
    """A camera that is not there is none to remove: two desks may do it at a time."""

    NAME: ClassVar[str] = "camera.remove"
    LANE: ClassVar[Lane] = "bulk"
    ids: tuple[str, ...]

    def decide(self, read: Reader, actor: Actor) -> Changes:
        _check_count(len(self.ids))
        return Changes(removed=tuple((Camera, id) for id in self.ids))


def _check_count(count: int) -> None:
    if count > MOST:
        raise Refused(Phrase("cameras_many", {"count": count, "limit": MOST}))

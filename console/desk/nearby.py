"""The cameras near a place, in the video panel."""

from console.domain.camera import nearest
from console.domain.pack import Pack
from console.domain.place import Point
from widgets.tile_grid import TileGrid

TILES, FEW_TILES = 4, 2
ROOMY = 600  # pixels of the video panel that take more than a few tiles


def show_nearest(video: TileGrid, pack: Pack, at: Point) -> None:
    """As many as there is room for, the nearest first, each with its distance."""
    near = nearest(pack.cameras.values(), at, TILES if video.width() >= ROOMY else FEW_TILES)
    video.set_cameras([camera for camera, _ in near], {camera.id: distance_note(metres) for camera, metres in near})


def distance_note(metres: float) -> str:
    return f"{metres:.0f} m" if metres < 1000 else f"{metres / 1000:.1f} km"

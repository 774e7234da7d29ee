"""The four warning colours 蓝黄橙红 (突发事件 levels Ⅳ to Ⅰ), for alarms, incidents and indicators."""

from console.domain.words import Labelled


class Level(Labelled):
    BLUE = "blue", "蓝色", "Blue"
    YELLOW = "yellow", "黄色", "Yellow"
    ORANGE = "orange", "橙色", "Orange"
    RED = "red", "红色", "Red"

    @property
    def rank(self) -> int:
        """1 for blue to 4 for red."""
        return self.place + 1


def worst(levels: "list[Level]") -> Level | None:
    """The most severe of some levels, or None for none."""
    return max(levels, key=lambda level: level.rank, default=None)

"""Putting an incident's matter, title, place and level right.

What was shown when the editor opened goes with what was typed, so that whoever changed the same field meanwhile
is not overwritten unseen.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from console.domain.conflict import Location, Nature, Subject, Value
from console.domain.duty import Matter
from console.domain.incident import Incident, Stage
from console.domain.level import Level
from console.domain.merging import Edit
from console.domain.place import Point
from console.domain.words import Label
from widgets.finders import Finders
from widgets.form_block import ChoiceBox, FormBlock
from widgets.keycap import Hint
from widgets.lang import show
from widgets.suggest_line import SuggestLine


@dataclass(frozen=True)
class _Draft:
    """An incident as it was when its editor opened, and what stands in the editor."""

    base: Incident
    matter: Matter | None  # another one
    title: str
    place: str
    at: Point
    level: Level


class IncidentEdit(FormBlock):
    """`edited` on Enter with what differs. An incident that is left half edited is found so again."""

    edited = Signal(str, object)  # incident, list of Edit
    pickRequested = Signal()  # the next place clicked on the map is meant: `set_position`

    def __init__(self, new_id: Callable[[], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._new_id = new_id
        self._drafts: dict[str, _Draft] = {}
        self._id: str | None = None
        self._finders: Finders | None = None
        self._matter = SuggestLine(lambda typed: self._finders.matters(typed) if self._finders else [], self)
        self._title = QLineEdit(self)
        self._place = SuggestLine(lambda typed: self._finders.places(typed) if self._finders else [], self)
        self._where = QWidget(self)
        self._position = QLabel(self._where)
        self._pick = Hint("", "", self.pickRequested.emit, self._where)
        line = QHBoxLayout(self._where)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self._position, 1)
        line.addWidget(self._pick)
        self._level = ChoiceBox(self)
        for field in (self._matter, self._title, self._place, self._where, self._level):
            self.add_field(field)
        self._title.textEdited.connect(lambda text: self._change(title=text))
        self._matter.taken.connect(lambda row: self._be(row.data))
        self._matter.editingFinished.connect(self._name_matter)
        self._place.textEdited.connect(lambda text: self._change(place=text))
        self._place.taken.connect(lambda row: self._change(place=row.insert, at=row.data))
        self._level.activated.connect(lambda _at: self._change(level=Level.of(self._level.currentData())))
        self._retranslate()

    def use(self, finders: Finders) -> None:
        """From now on matters and places can be found by what is typed."""
        self._finders = finders

    def open(self, incident: Incident) -> None:
        """Edit this incident, from what is shown of it now."""
        self._drafts.setdefault(
            incident.id,
            _Draft(incident, None, show(incident.title), show(incident.place), incident.at, incident.level),
        )
        self.turn_to(incident.id)
        self._title.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._title.selectAll()

    def turn_to(self, incident: str | None) -> None:
        """Another incident is shown: its own half-done edit, or none."""
        draft = self._drafts.get(incident or "")
        if draft is None:
            self._id = None
            self.hide()
        elif self._id != incident:
            self._id = incident
            self._fill(draft)
            self.show()

    def editing(self) -> str | None:
        """The incident in the editor."""
        return self._id

    def set_position(self, at: Point) -> None:
        """The place that was picked on the map."""
        self._change(at=at)

    def edits(self) -> list[Edit]:
        """What differs from what was shown; an emptied text is no edit."""
        draft = self._drafts.get(self._id or "")
        if draft is None:
            return []
        base, found = draft.base, list[tuple[Subject, Value, Value]]()
        title, place = draft.title.strip(), draft.place.strip()
        if draft.matter is not None:
            found.append((Subject.MATTER, _nature(base.matter, self._matter_of(base), base.stages), _of(draft.matter)))
        if title and title != show(base.title):
            named = draft.matter.name if draft.matter else base.title
            found.append((Subject.TITLE, base.title, named if title == show(named) else Label(title, title)))
        named = Label(place, place) if place and place != show(base.place) else base.place
        found.append((Subject.LOCATION, Location(base.place, base.at), Location(named, draft.at)))
        found.append((Subject.LEVEL, base.level, draft.level))
        return [Edit(self._new_id(), *each) for each in found if each[1] != each[2]]

    def keep(self) -> None:
        incident, edits = self._id, self.edits()
        self.close_form()
        if incident is not None and edits:
            self.edited.emit(incident, edits)

    def close_form(self) -> None:
        self._drafts.pop(self._id or "", None)
        self._id = None
        super().close_form()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _change(self, **changed: object) -> None:
        if self._id is not None:
            draft = replace(self._drafts[self._id], **changed)  # type: ignore[arg-type]
            self._drafts[self._id] = draft
            self._show_position(draft)
            self._allow()

    def _be(self, matter: Matter) -> None:
        """Another matter; a title that was only the old one's name becomes the new one's."""
        draft = self._drafts.get(self._id or "")
        if draft is None:
            return
        before = draft.matter or self._matter_of(draft.base)
        same = matter.code == draft.base.matter
        if before is not None and draft.title == show(before.name):
            self._title.setText(show(matter.name))
            self._change(matter=None if same else matter, title=show(matter.name))
        else:
            self._change(matter=None if same else matter)

    def _matter_of(self, incident: Incident) -> Matter | None:
        return self._finders.matter(incident.matter) if self._finders else None

    def _name_matter(self) -> None:
        """As it is chosen, whatever was typed and not taken."""
        if (draft := self._drafts.get(self._id or "")) is not None:
            matter = draft.matter or self._matter_of(draft.base)
            self._matter.setText(show(matter.name) if matter else draft.base.matter)

    def _fill(self, draft: _Draft) -> None:
        self._name_matter()
        self._title.setText(draft.title)
        self._place.setText(draft.place)
        self._level.setCurrentIndex(self._level.findData(draft.level.value))
        self.head.set_words(draft.base.code)
        self._show_position(draft)
        self._allow()

    def _show_position(self, draft: _Draft) -> None:
        told = f"{draft.at.lon:.5f}, {draft.at.lat:.5f}"
        moved = draft.at != draft.base.at
        self._position.setText(self.tr("{position} · 已改").format(position=told) if moved else told)

    def _allow(self) -> None:
        self.save.allow("" if self.edits() else self.tr("还没有改动"))

    def _retranslate(self) -> None:
        self.head.set_title(self.tr("修改事件"))
        self.name_fields(self.tr("事项"), self.tr("标题"), self.tr("地点"), self.tr("位置"), self.tr("等级"))
        self._pick.set_text(self.tr("在地图上选"))
        self.save.set_word(self.tr("保存"))
        self.cancel.set_word(self.tr("不改"))
        chosen = self._level.currentData()
        self._level.clear()
        for level in Level:
            self._level.addItem(show(level.label), level.value)
        self._level.setCurrentIndex(self._level.findData(chosen))
        if self._id is not None:
            self._fill(self._drafts[self._id])


def _of(matter: Matter) -> Nature:
    return _nature(matter.code, matter, matter.stages)


def _nature(code: str, matter: Matter | None, stages: tuple[Stage, ...]) -> Nature:
    return Nature(code, matter.name if matter else Label(code, code), tuple(str(stage.value) for stage in stages))


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        page = QWidget()
        made = IncidentEdit(lambda: "new", page)
        page.resize(440, made.sizeHint().height())
        made.resize(page.size())
        made.open(samples.INCIDENTS[0])
        return page

    samples.run(_build)

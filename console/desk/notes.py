"""The note line of the desk: what is typed becomes an entry of the log, or stays where it can be seen."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.desk.control import Controller
from console.domain.log import Kind, Note
from console.domain.operation import WriteNote
from console.domain.words import Label
from widgets.lang import show
from widgets.note_bar import Draft, NoteBar


class Notes(QObject):
    """The note line: one for all windows, it comes to the one that is worked in."""

    def __init__(self, control: Controller, home: QVBoxLayout, parent: QWidget) -> None:
        super().__init__(parent)
        self._control, self._session = control, control.session
        self._window, self._home = parent, home
        self.others: dict[QWidget, QVBoxLayout] = {}  # windows that it comes to
        self.bar = NoteBar()
        home.addWidget(self.bar)
        self.bar.hide()
        self.bar.written.connect(self._write)
        self._session.changed.connect(self._changed)
        self.offer()

    def open(self) -> None:
        """F5: write a word, from anywhere; it is about the incident that is shown, or another, or none."""
        self._come()
        self._offer_incidents()
        self.bar.begin(self._control.incident)

    def correct(self, draft: Draft) -> None:
        self._come()
        self._offer_incidents()
        self.bar.correct(draft)

    def offer(self) -> None:
        """The names and incidents there are."""
        codes = {unit.name: unit.code for unit in self._session.pack.units.values()}
        self.bar.set_names([(show(name), codes.get(name, "")) for name in self._names()])
        self._offer_incidents()

    def _changed(self, kinds: frozenset[str]) -> None:
        if "incident" in kinds and self.bar.isVisible():
            self._offer_incidents()

    def _offer_incidents(self) -> None:
        opened = self._session.state.open_incidents()
        self.bar.set_incidents([(incident.id, f"{incident.code} {show(incident.title)}") for incident in opened])

    def note(self, draft: Draft) -> Note:
        """What is typed, as the log has it. A name that is known is in both languages; who is not named is me."""
        me = self._session.user.name
        heard = draft.kind in (Kind.PHONE.value, Kind.RADIO.value, Kind.MESSAGE.value)
        sender, receiver = self._name(draft.sender), self._name(draft.receiver)
        if sender is not None and receiver is None and heard:
            receiver = me
        return Note(
            Kind.of(draft.kind),
            sender or me,
            receiver,
            text=draft.text.strip(),
            incident=draft.incident or None,
            corrects=draft.corrects or None,
        )

    def _name(self, typed: str) -> Label | None:
        typed = typed.strip()
        if not typed:
            return None
        return next((name for name in self._names() if typed in (name.zh, name.en)), Label(typed, typed))

    def _names(self) -> list[Label]:
        pack = self._session.pack
        units, agencies = pack.units.values(), pack.agencies.values()
        return [*(u.name for u in units), *(a.name for a in agencies), *(u.name for u in pack.users.values())]

    def _write(self, draft: Draft) -> None:
        self._session.do(WriteNote(self.note(draft)), undone=lambda: self.bar.give_back(draft))

    def _come(self) -> None:
        """To the window that has the keyboard, else to the desk's own."""
        window = next((window for window in self.others if window.isActiveWindow()), self._window)
        layout = self.others.get(window, self._home)
        if self.bar.window() is not window:
            layout.insertWidget(0 if window in self.others else layout.count(), self.bar)
        window.raise_()
        window.activateWindow()

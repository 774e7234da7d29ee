"""Signing in. A refusal is said in the dialog; what was typed stays."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QVBoxLayout, QWidget

from widgets.keycap import KeyButton
from widgets.paint import face, ink


class LoginDialog(QDialog):
    """`submitted(user, password)` on Enter; then `refuse(text)` says why not, or the desk accepts it."""

    submitted = Signal(str, str)

    def __init__(self, parent: QWidget | None = None, *, centre: str = "", user: str = "") -> None:
        super().__init__(parent)
        self._brand = QLabel(self)
        self._brand.setFont(face("figure", bold=True).font)
        self._brand.setProperty("role", "strong")
        self._centre = QLabel(centre, self)
        self._centre.setProperty("role", "quiet")
        self._user_word, self._password_word = QLabel(self), QLabel(self)
        self._user, self._password = QLineEdit(user, self), QLineEdit(self)
        self._password.setEchoMode(QLineEdit.EchoMode.Password)
        self._user_word.setBuddy(self._user)
        self._password_word.setBuddy(self._password)
        self._message = QLabel(self)
        self._message.setWordWrap(True)
        self._message.setMinimumHeight(face("quiet").metrics.height() * 2)
        self._message.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._go = KeyButton("↵", primary=True, hears=False)
        self._go.setDefault(True)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(32, 28, 32, 24)
        inside.setSpacing(6)
        inside.addWidget(self._brand)
        inside.addWidget(self._centre)
        inside.addSpacing(16)
        for part in (self._user_word, self._user, self._password_word, self._password):
            inside.addWidget(part)
        inside.addSpacing(4)
        inside.addWidget(self._message)
        inside.addWidget(self._go)
        for word in (self._user_word, self._password_word):
            word.setProperty("role", "quiet")
        self.setFixedWidth(360)
        self._go.clicked.connect(self._submit)
        self._user.textEdited.connect(lambda: self.say(""))
        self._password.textEdited.connect(lambda: self.say(""))
        (self._password if user else self._user).setFocus()
        self._retranslate()

    def set_centre(self, text: str) -> None:
        self._centre.setText(text)

    def refuse(self, text: str) -> None:
        """Say why not: wrong password, locked for so long. The password is cleared, the user stays."""
        self.say(text, "red")
        self._go.setEnabled(True)
        self._password.clear()
        self._password.setFocus()

    def say(self, text: str, role: str = "quiet") -> None:
        """A line under the fields: offline says that the local account is used."""
        self._message.setText(text)
        palette = self._message.palette()
        palette.setColor(self._message.foregroundRole(), ink(role))
        self._message.setPalette(palette)
        self._message.setAccessibleName(text)

    def message(self) -> str:
        return self._message.text()

    def _submit(self) -> None:
        user, password = self._user.text().strip(), self._password.text()
        if not user:
            self.say(self.tr("请输入账号"), "yellow")
            self._user.setFocus()
        elif not password:
            self.say(self.tr("请输入密码"), "yellow")
            self._password.setFocus()
        else:
            self.say(self.tr("正在核对…"))
            self._go.setEnabled(False)
            self.submitted.emit(user, password)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), ink("panel"))
        painter.fillRect(0, 0, self.width(), 2, ink("accent"))

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("登录一屏"))
        self._brand.setText(self.tr("一屏"))
        self._user_word.setText(self.tr("账号"))
        self._password_word.setText(self.tr("密码"))
        self._user.setAccessibleName(self.tr("账号"))
        self._password.setAccessibleName(self.tr("密码"))
        self._go.set_word(self.tr("登录"))


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        made = LoginDialog(centre="厚街镇指挥中心", user="li")
        made.refuse("密码不对,还可以试 4 次")
        return made

    samples.run(_build)

"""One palette and one application style sheet from the theme, so that stock dialogs look right too."""

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

import resources
from widgets.theme import Theme, use

_SHEET = """
* {{ outline: 0; }}
QMainWindow, QDialog, QMessageBox, QFileDialog, QInputDialog {{ background: {window}; color: {text}; }}
QMainWindow::separator {{ background: {window}; width: {gap}px; height: {gap}px; }}
QMainWindow::separator:hover {{ background: {line}; }}
QSplitter::handle {{ background: {window}; }}
QSplitter::handle:hover {{ background: {line}; }}
QStatusBar {{ background: {window}; color: {quiet}; }}
QLabel {{ background: transparent; }}
QLabel[role="quiet"] {{ color: {quiet}; font-size: {quiet_size}px; }}
QLabel[role="strong"] {{ color: {strong}; }}
QLabel[role="title"] {{ color: {strong}; font-weight: 600; }}

QToolTip {{ background: {raised}; color: {text}; border: 1px solid {line}; padding: 4px 6px; }}

QPushButton {{ background: {raised}; color: {strong}; border: 1px solid {line}; border-radius: 4px;
    padding: 4px 12px; min-height: 16px; }}
QPushButton:hover {{ border-color: {faint}; }}
QPushButton:pressed {{ background: {hairline}; }}
QPushButton:focus {{ border-color: {accent}; }}
QPushButton:disabled {{ background: {panel}; color: {faint}; border-color: {hairline}; }}
QPushButton:default, QPushButton[primary="true"] {{ background: {primary}; border-color: {primary_line}; }}
QPushButton[primary="true"]:hover {{ border-color: {accent}; }}
QPushButton[primary="true"]:focus {{ border-color: {accent}; }}
QPushButton[primary="true"]:disabled {{ background: {panel}; border-color: {hairline}; }}

QToolButton {{ background: transparent; color: {text}; border: 1px solid transparent; border-radius: 4px;
    padding: 2px 6px; }}
QToolButton:hover {{ background: {raised}; }}
QToolButton:checked {{ color: {strong}; background: {raised}; }}
QToolButton:focus {{ border-color: {accent}; }}
QToolButton:disabled {{ color: {faint}; }}
QToolButton::menu-indicator {{ image: none; width: 0; }}

QAbstractScrollArea {{ background: transparent; border: 0; }}
QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox, QDateTimeEdit, QComboBox {{
    background: {window}; color: {strong}; border: 1px solid {hairline}; border-radius: 4px; padding: 4px 8px;
    selection-background-color: {primary}; selection-color: {strong}; placeholder-text-color: {faint}; }}
QLineEdit:hover, QPlainTextEdit:hover, QTextEdit:hover, QComboBox:hover {{ border-color: {line}; }}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QComboBox:focus {{
    border-color: {accent}; }}
QLineEdit:disabled, QPlainTextEdit:disabled, QComboBox:disabled {{ color: {faint}; }}
QAbstractSpinBox QLineEdit {{ background: transparent; border: 0; padding: 0 0 0 6px; }}
QComboBox::drop-down {{ border: 0; width: 20px; }}
QComboBox::down-arrow, QSpinBox::down-arrow, QDoubleSpinBox::down-arrow, QDateTimeEdit::down-arrow {{
    image: url({icons}/down.svg); width: 9px; height: 9px; }}
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow, QDateTimeEdit::up-arrow {{
    image: url({icons}/up.svg); width: 9px; height: 9px; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ background: transparent; border: 0; width: 18px; }}
QComboBox QAbstractItemView {{ background: {raised}; border: 1px solid {line}; }}

QMenuBar {{ background: {window}; color: {text}; }}
QMenuBar::item:selected {{ background: {raised}; }}
QMenu {{ background: {raised}; color: {text}; border: 1px solid {line}; padding: 4px; }}
QMenu::item {{ padding: 5px 24px 5px 12px; border-radius: 3px; }}
QMenu::item:selected {{ background: {primary}; color: {strong}; }}
QMenu::item:disabled {{ color: {faint}; }}
QMenu::separator {{ height: 1px; background: {line}; margin: 4px 8px; }}

QScrollBar:vertical {{ background: transparent; width: 8px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 8px; margin: 0; }}
QScrollBar::handle {{ background: {line}; border-radius: 3px; margin: 1px; }}
QScrollBar::handle:vertical {{ min-height: 28px; }}
QScrollBar::handle:horizontal {{ min-width: 28px; }}
QScrollBar::handle:hover {{ background: {faint}; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{
    background: transparent; width: 0; height: 0; }}

QListView, QTableView, QTreeView {{ background: transparent; color: {text}; border: 0;
    selection-background-color: {selected}; selection-color: {strong}; alternate-background-color: {panel};
    gridline-color: {hairline}; }}
QFileDialog QListView, QFileDialog QTreeView {{ background: {panel}; border: 1px solid {hairline}; }}
QHeaderView {{ background: transparent; border: 0; }}
QHeaderView::section {{ background: transparent; color: {quiet}; border: 0;
    border-bottom: 1px solid {hairline}; padding: 3px 6px; font-size: {quiet_size}px; }}

QTabBar::tab {{ background: transparent; color: {quiet}; padding: 5px 12px; border: 0;
    border-bottom: 2px solid transparent; }}
QTabBar::tab:selected {{ color: {strong}; border-bottom-color: {accent}; }}
QTabBar::tab:hover {{ color: {strong}; }}
QTabWidget::pane {{ border: 0; border-top: 1px solid {hairline}; }}

QCheckBox, QRadioButton {{ color: {text}; spacing: 7px; background: transparent; }}
QCheckBox:disabled, QRadioButton:disabled {{ color: {faint}; }}
QCheckBox::indicator, QRadioButton::indicator, QAbstractItemView::indicator {{ width: 12px; height: 12px;
    background: {window}; border: 1px solid {faint}; border-radius: 3px; }}
QRadioButton::indicator {{ border-radius: 7px; }}
QCheckBox::indicator:hover, QRadioButton::indicator:hover, QCheckBox::indicator:focus {{
    border-color: {accent}; }}
QCheckBox::indicator:checked, QAbstractItemView::indicator:checked {{ background: {primary};
    border-color: {primary_line}; image: url({icons}/tick.svg); }}
QRadioButton::indicator:checked {{ width: 6px; height: 6px; background: {strong}; border: 4px solid {primary}; }}
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled {{ border-color: {line}; }}
QTableCornerButton::section {{ background: transparent; border: 0; }}
QGroupBox {{ border: 1px solid {hairline}; border-radius: 4px; margin-top: 9px; padding-top: 6px; }}
QGroupBox::title {{ subcontrol-origin: margin; left: 8px; color: {quiet}; }}
QProgressBar {{ background: {hairline}; border: 0; border-radius: 2px; max-height: 4px; }}
QProgressBar::chunk {{ background: {accent}; border-radius: 2px; }}
"""


def sheet(theme: Theme) -> str:
    """The application style sheet of a theme."""
    icons = resources.path("icons").as_posix()
    return _SHEET.format_map({**vars(theme), "icons": icons})


def palette(theme: Theme) -> QPalette:
    """The palette of a theme, for what the style sheet does not reach."""
    role = QPalette.ColorRole
    made = QPalette()
    for where, name in {
        role.Window: "window",
        role.WindowText: "text",
        role.Base: "panel",
        role.AlternateBase: "raised",
        role.Text: "text",
        role.Button: "raised",
        role.ButtonText: "strong",
        role.BrightText: "strong",
        role.ToolTipBase: "raised",
        role.ToolTipText: "text",
        role.PlaceholderText: "faint",
        role.Highlight: "primary",
        role.HighlightedText: "strong",
        role.Link: "accent",
        role.LinkVisited: "accent",
        role.Light: "line",
        role.Midlight: "line",
        role.Mid: "hairline",
        role.Dark: "window",
        role.Shadow: "window",
        role.Accent: "accent",
    }.items():
        made.setColor(where, theme.color(name))
    for where in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, where, theme.color("faint"))
    return made


def apply(app: QApplication, theme: Theme) -> None:
    """Make the whole application follow the theme."""
    use(theme)
    if app.style() is None or app.style().objectName().lower() != "fusion":
        app.setStyle(QStyleFactory.create("Fusion"))
    app.setPalette(palette(theme))
    app.setStyleSheet(sheet(theme))
    for widget in app.allWidgets():
        widget.update()

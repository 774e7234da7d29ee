"""What is around the panels: the top bar, the banner, menus, keys, the command line and the dialogs."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMessageBox, QWidget

from console.desk import i18n
from console.desk.alarm_banner import KEY as ALARM_KEY
from console.desk.alarm_banner import AlarmBanners
from console.desk.badge import badge
from console.desk.calls.commands import call_commands
from console.desk.calls.gazetteer import Gazetteer
from console.desk.calls.taking import Calls
from console.desk.commands import Command, CommandSet
from console.desk.control import Controller
from console.desk.export import Exporter
from console.desk.files import DeskFiles
from console.desk.focus import FocusKeeper
from console.desk.keys import keys_now
from console.desk.level_rows import place_name, serves, work_counts
from console.desk.levels import Levels
from console.desk.live_alarms import LiveAlarms
from console.desk.log_keeper import LogKeeper
from console.desk.loop_commands import loop_commands
from console.desk.loop_notices import LoopNotices
from console.desk.menu import DeskMenu
from console.desk.notes import Notes
from console.desk.session import Session, utc_now
from console.desk.standing import Said, Standing
from console.desk.throttle import Throttle
from console.domain.alarm import Alarm, unacknowledged
from console.domain.drill import Exercise, ExerciseState
from console.domain.errors import KnownError
from console.domain.operation import Lane
from console.domain.pack import User
from console.domain.phrases import say
from console.domain.words import Phrase
from console.settings import Settings, config_file
from console.store.packs import find_packs
from console.store.store import Store
from widgets.lang import language, show

GRACE_S = 10.0
COUNTS_MS = 150  # what was done is painted first

Beside = TypeVar("Beside", bound=QDialog)

if TYPE_CHECKING:  # a window is imported when it is first opened
    from console.desk.about import AboutWindow
    from console.desk.desk import Desk
    from console.desk.help import HelpWindow
    from console.desk.inbox_window import InboxWindow
    from console.desk.link import PlatformLink
    from console.desk.lists_window import ListsWindow
    from console.desk.message_log import LogWindow
    from console.desk.service_keys import ServiceKeys
    from console.desk.settings_window import SettingsWindow
    from widgets.drill_strip import DrillStrip
    from widgets.keys_sheet import KeysSheet


class Chrome(QObject):
    def __init__(self, desk: "Desk") -> None:
        super().__init__(desk)
        self.desk, self.window = desk, desk.window
        self.session: Session | None = None
        self.control: Controller | None = None
        self.drill_strip: DrillStrip | None = None
        self.inbox: InboxWindow | None = None
        self.service_keys: ServiceKeys | None = None
        self.lists: ListsWindow | None = None
        self.calls: Calls | None = None
        self.levels: Levels | None = None
        self.notes: Notes | None = None
        self.log: LogWindow | None = None
        self.keys: KeysSheet | None = None
        self.settings: SettingsWindow | None = None
        self.help: HelpWindow | None = None
        self.about: AboutWindow | None = None
        self.exporter: Exporter | None = None
        self.alarms: AlarmBanners | None = None
        self.live: LiveAlarms | None = None  # in a drill
        self._known_alarms: dict[str, int] = {}  # and how grave each was
        self._counting = Throttle(self._counts, self, at_least_ms=COUNTS_MS)
        panels = [dock.toggleViewAction() for dock in self.window.docks.values()]
        self._menu = DeskMenu(self.window, self._commands, self._about, panels, i18n.speak)
        top = self.window.top
        top.set_menu(self._menu)
        top.workspaceChosen.connect(self._show_workspace)
        top.languageRequested.connect(self.switch_language)
        top.inboxRequested.connect(self.open_inbox)
        self.standing = Standing(desk, self)
        self.window.installEventFilter(self)
        self.retranslate()

    @property
    def badge(self) -> str:
        """What every panel and wall carries: 演练 in a drill, 模拟 over simulated data."""
        return badge(self.desk.pack, self.desk.plan.options.drill)

    # -- going live

    def ask_sign_in(self, store: Store, then: Callable[[User, str], None]) -> None:
        from console.desk.sign_in import SignIn

        self._sign_in = SignIn(self.desk, store, then)
        self._sign_in.show()

    def go_live(self, session: Session, control: Controller) -> None:
        """A session is there: the keys, the command line and the menu work."""
        self.session, self.control = session, control
        self._known_alarms = {id: alarm.level.rank for id, alarm in session.state.alarms.items()}
        session.changed.connect(self._hear)
        self.alarms = AlarmBanners(session, self.window, self)
        if self.desk.plan.options.drill:
            self.live = LiveAlarms(self.desk.jobs, DeskFiles(self.desk.plan.options.data), self)
            self.live.changed.connect(self._hear_live)
        session.refused.connect(self._refused)
        control.countsChanged.connect(self._counting.ask)
        control.opened.connect(lambda _id: self.window.go_to("incident"))
        self.focus = FocusKeeper(self.window, self._first_panel)
        self.window.panels.incident.noteLeft.connect(self.focus.back)
        control.attachWanted.connect(self._attach)
        control.told.connect(self.standing.refuse)
        session.did.connect(lambda _done: self.standing.succeeded())
        session.attachments.opened.connect(lambda path: QDesktopServices.openUrl(QUrl.fromLocalFile(path)))
        self._make_calls(control)
        self.levels = Levels(control, self.window, self)
        self.levels.arrived.connect(self._arrived)
        self.levels.answered.connect(self.standing.unwarn)
        self.levels.warned.connect(self.standing.refuse)
        self.levels.photosWanted.connect(self._photos)
        self.window.serve(serves(session))
        session.inbox.changed.connect(self._show_inbox)
        self._make_log(session, control)
        commands = CommandSet(control, self._commands)
        line = self.window.top.command
        line.set_completer(commands.complete)
        line.entered.connect(lambda typed: self._run(commands, typed))
        line.left.connect(self.focus.back)
        for key in ("Ctrl+K", "/"):
            QShortcut(QKeySequence(key), self.window, line.begin)
        QShortcut(QKeySequence("F10"), self.window, self.window.top.open_menu)
        for command in self._commands():
            if command.key:
                shortcut = QShortcut(QKeySequence(command.key), self.window, command.run)
                if command.everywhere:
                    shortcut.setContext(Qt.ShortcutContext.ApplicationShortcut)
        self.notices = LoopNotices(self.desk, control, self)
        self.retranslate()
        self._counts()
        self.focus.home()
        QTimer.singleShot(100, self, self._mark_alarm)

    def _first_panel(self) -> str:
        """The list that has work: what was sent to this desk, an alarm to decide, an incident under way."""
        assert self.session is not None
        if not unacknowledged(self.session.state.alarms.values()):
            if serves(self.session):
                return "work"
            if self.session.state.open_incidents():
                return "incidents"
        return "alarms"

    def _make_calls(self, control: Controller) -> None:
        gazetteer = Gazetteer(control.session, Path(control.session.pack.basemap))
        self.calls = Calls(control, self.window, gazetteer)
        self.calls.rang.connect(self.desk.ring)
        self.calls.left.connect(self.focus.back)
        control.callWanted.connect(self.calls.begin)
        self.window.callWanted.connect(self.calls.begin)

    def _make_log(self, session: Session, control: Controller) -> None:
        """The note line, the search of the log and the documents made of it."""
        desk, options = self.desk, self.desk.plan.options
        self.notes = Notes(control, self.window.strips(), self.window)
        self._keeper = LogKeeper(session)
        remembered = bool(options.platform or desk.plan.settings.platform) and not options.simulated
        self.exporter = Exporter(
            session, desk.files.reports, desk.drill_name(), remembered=remembered, parent=self.window
        )
        self.exporter.written.connect(self._written)
        self._keeper.look()

    def follow_link(self, link: "PlatformLink") -> None:
        from console.sync.link import Link

        self.standing.follow(link)
        if self.desk.session is not None:
            timing = self.desk.session.timing
            link.stateChanged.connect(
                lambda state: timing.set_offset(state.offset_s) if state.link is Link.ONLINE else None
            )
            timing.jumped.connect(lambda _jump: link.client.compare_clocks())

    def _commands(self) -> list[Command]:
        """What can be done at this desk, none before someone has signed in."""
        if self.session is None or self.control is None:
            return []
        window, control = self.window, self.control
        return [
            Command("confirm", self.tr("确认第一条告警"), "Ctrl+Return", self._confirm_first),
            *(call_commands(self.calls) if self.calls else ()),
            Command("alarm", self.tr("看告警"), ALARM_KEY, self._go_to_alarm, everywhere=True),
            *loop_commands(control),
            Command("reinforce", self.tr("增派下一级"), "Shift+F3", control.reinforce, why_not=self._no_incident),
            Command(
                "hand",
                self.tr("联动:吹哨、下派、协办、转派、上报"),
                "Ctrl+G",
                self._hand,
                why_not=self._no_incident,
            ),
            Command("limits", self.tr("看时限提示"), "F12", self._look_at_limits),
            Command("note", self.tr("记一条通讯记录"), "F5", self._note, everywhere=True, group="log"),
            Command("log", self.tr("通讯记录"), "F7", self._open_log, group="log"),
            Command(
                "report", self.tr("事件报告"), "Ctrl+P", self._report, group="documents", why_not=self._no_incident
            ),
            Command(
                "situation",
                self.tr("首报、续报、终报"),
                "Ctrl+B",
                self._situation,
                group="documents",
                why_not=self._no_incident,
            ),
            Command("export", self.tr("导出事件报告"), "Ctrl+E", partial(self._export, "incident"), group="documents"),
            Command("ics309", self.tr("导出通信日志 ICS 309"), "", partial(self._export, "ics309"), group="documents"),
            Command("ics214", self.tr("导出行动日志 ICS 214"), "", partial(self._export, "ics214"), group="documents"),
            Command("handover", self.tr("交接班"), "Ctrl+H", partial(self._export, "handover"), group="documents"),
            Command("inbox", self.tr("待处理"), "F6", self.open_inbox, group="centre"),
            Command("work", self.tr("待办"), "Ctrl+I", lambda: window.go_to("work"), group="centre"),
            Command("lists", self.tr("清单"), "Ctrl+Shift+L", self.open_lists, group="centre"),
            Command("wall", self.tr("打开大屏"), "F9", self._open_wall, group="centre"),
            Command(
                "wall-close",
                self.tr("关闭大屏"),
                "Shift+F9",
                self.desk.close_wall,
                group="centre",
                why_not=lambda: "" if self.desk.wall_is_open else self.tr("大屏没有打开"),
            ),
            Command(
                "unplug", self.tr("模拟平台:断开(结束进程)"), "", self.pull_plug, group="centre", why_not=self._real
            ),
            Command("plug", self.tr("模拟平台:启动"), "", self.plug_in, group="centre", why_not=self._real),
            Command(
                "service-keys",
                self.tr("接入密钥"),
                "",
                self.open_service_keys,
                group="centre",
                why_not=self._no_door,
            ),
            Command("settings", self.tr("设置"), "Ctrl+,", self.open_settings, group="centre"),
            *(
                Command(id, title, key, partial(self._show_workspace, id), group="view")
                for id, title, key in window.workspaces()
            ),
            Command("incident", self.tr("事件详情"), "F8", window.toggle_incident, group="view"),
            Command("full", self.tr("全屏"), "F11", self._full_screen, group="view"),
            Command("filter", self.tr("筛选列表"), "Ctrl+F", window.focus_filter, group="view"),
            Command("layout", self.tr("恢复默认布局"), "", window.reset_layout, group="view"),
            Command("language", self.tr("中文 / English"), "Ctrl+L", self.switch_language, group="view"),
            Command("keys", self.tr("此刻的按键"), "?", self._show_keys, group="help"),
            Command("help", self.tr("使用手册"), "Ctrl+F1", self.open_help, group="help"),
            Command("about", self.tr("关于一屏"), "", self.open_about, group="help"),
        ]

    def _no_incident(self) -> str:
        """Why what is about an incident cannot be done."""
        return "" if self.control and self.control.incident else self.tr("没有选中的事件")

    def _open_wall(self) -> None:
        if self.desk.wall_is_open:
            self.standing.refuse(lambda: self.tr("大屏已经打开,按 Shift+F9 关闭。"))
        self.desk.open_wall()

    def _real(self) -> str | None:
        return "" if self.desk.platform is not None else None

    def _about(self) -> str:
        """The incident that the menu is about."""
        session, shown = self.session, self.control.incident if self.control else None
        incident = session.state.incidents.get(shown or "") if session else None
        return f"{incident.code} {show(incident.title)} · {show(incident.place)}" if incident else ""

    def beside(self, window: Beside, name: str) -> Beside:
        """A window beside the desk: it remembers where it was, and hears every key of the desk that is not its own."""
        self.window.places.keep(window, name)
        own = {shortcut.key().toString() for shortcut in window.findChildren(QShortcut)}
        line = self.window.top.command
        keys: dict[str, Callable[[], object]] = {"Ctrl+K": line.begin, "F10": self.window.top.open_menu}
        keys |= {command.key: command.run for command in self._commands() if not command.everywhere}
        for key, run in keys.items():
            if key and key not in own:
                QShortcut(QKeySequence(key), window, run)
        if self.alarms is not None:
            self.alarms.beside(window)
        return window

    # -- language

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
            self.desk.keep_soon()
        elif event.type() == QEvent.Type.MouseButtonRelease:  # a line between panels may have been moved
            self.desk.keep_soon()
        return super().eventFilter(watched, event)

    def switch_language(self) -> None:
        i18n.speak("en" if language() == "zh" else "zh")

    def retranslate(self) -> None:
        """Every word around the panels, in the language on screen."""
        pack, top = self.desk.pack, self.window.top
        drill = self.desk.plan.options.drill
        centre = show(place_name(self.session) if self.session else pack.centre)
        name = self.tr("一屏")
        self.window.setWindowTitle(" · ".join(filter(None, (name, centre, self.badge))))
        top.set_centre(centre)
        top.set_workspaces(self.window.workspaces())
        live = self.desk.plan.realm == "live"
        named = " · ".join(filter(None, (self.tr("实战"), self.badge))) if live else self.desk.plan.realm
        top.set_realm(self.tr("演练") if drill else named, not live)
        top.set_user(show(self.session.user.name) if self.session else self.tr("未登录"))
        self.window.retitle()
        self.window.set_badge(self.badge)
        self.window.panels.map.set_language(language())
        self.window.panels.map.set_badge(self.badge)
        self.window.panels.video.set_badge(self.badge)
        self.standing.retell()
        if self.alarms is not None:
            self.alarms.tell()
        self._menu.fill()
        if self.control is not None:
            self.control.refresh(*vars(self.window.panels))
            self._counts()

    def pull_plug(self) -> None:
        """Kill the demo's platform."""
        if self.desk.platform is not None:
            self.desk.platform.kill()

    def plug_in(self) -> None:
        if self.desk.platform is not None:
            self.desk.platform.start()

    def warn(self, said: Said) -> None:
        """One line above the panels until it is read."""
        self.standing.warn(said)

    @property
    def pending(self) -> dict[Lane, int]:
        """What waits to be sent, by lane."""
        return self.standing.pending

    def _refused(self, phrase: Phrase) -> None:
        self.standing.refuse(lambda: say(phrase, language()))

    def _counts(self) -> None:
        """The quiet words beside the panels' titles."""
        if self.session is None or self.control is None:
            return
        docks, state = self.window.docks, self.session.state
        waiting, recent = state.alarm_counts(utc_now())
        docks["alarms"].set_subtitle(self.tr("{n} 未确认 · 近10分钟 {m}").format(n=waiting, m=recent))
        docks["incidents"].set_subtitle(self._running())
        docks["units"].set_subtitle(
            self.tr("{n} 在岗 · {m} 出勤").format(
                n=self.session.on_duty,
                m=len(state.assignments.doing()),
            )
        )
        waiting, late = work_counts(self.session, utc_now())
        told = self.tr("{n} 待签收").format(n=waiting)
        docks["work"].set_subtitle(told + (" · " + self.tr("{n} 超时").format(n=late) if late else ""))
        picking = self.tr("点一下地图,选事件的位置")
        docks["map"].set_subtitle(picking if self.control.picking else self.window.panels.map.ground())
        incident = state.incidents.get(self.control.incident or "")
        if incident is not None:
            docks["incident"].set_title(f"{incident.code} {show(incident.title)} · {show(incident.place)}")
            docks["incident"].set_level(incident.level if incident.open else None)
            docks["incident"].set_undecided(self.tr("待裁定") if incident.id in state.undecided() else "")
            docks["video"].set_subtitle(self.tr("{code} 附近").format(code=incident.code))
        else:  # what may no longer be seen is not named either
            docks["incident"].set_title(self.window.titles()["incident"])
            docks["incident"].set_level(None)
            docks["incident"].set_undecided("")
            docks["video"].set_subtitle("")

    def _running(self) -> str:
        """12 进行中 · 1 超时 · 2 待审批."""
        assert self.session is not None
        session, now = self.session, utc_now()
        opened = session.state.open_incidents()
        overdue = session.timing.overdue(now)
        asked = {request.incident for request in session.state.requests.values() if request.open}
        waiting = sum(one.id in asked for one in opened)
        words = [self.tr("{n} 进行中").format(n=len(opened))]
        words += [self.tr("{n} 超时").format(n=overdue)] if overdue else []
        words += [self.tr("{n} 待审批").format(n=waiting)] if waiting else []
        return " · ".join(words)

    # -- acts

    def _hear(self, kinds: frozenset[str]) -> None:
        """A new alarm rings once, and again when it is graver; it is selected, so that one key decides it."""
        if "alarm" not in kinds or self.session is None:
            return
        waiting = unacknowledged(self.session.state.alarms.values())
        fresh = [alarm for alarm in waiting if alarm.level.rank > self._known_alarms.get(alarm.id, -1)]
        self._known_alarms |= {id: alarm.level.rank for id, alarm in self.session.state.alarms.items()}
        if fresh:
            self.desk.ring()
            self.window.show_alarms()
            QApplication.alert(self.window)
        if waiting:
            QTimer.singleShot(100, self, self._mark_alarm)

    def _hear_live(self, waiting: list[Alarm]) -> None:
        """What is real is heard in a drill too."""
        fresh = [alarm for alarm in waiting if alarm.level.rank > self._known_alarms.get(f"live {alarm.id}", -1)]
        self._known_alarms |= {f"live {alarm.id}": alarm.level.rank for alarm in waiting}
        if fresh:
            self.desk.ring()
        if self.alarms is not None:
            self.alarms.break_in(waiting)

    def _mark_alarm(self) -> None:
        """The first key is about an alarm to be decided: the one the operator is on, else the first."""
        alarms = self.window.panels.alarms
        waiting = unacknowledged(self.session.state.alarms.values()) if self.session else []
        if waiting and alarms.selected_id() not in {alarm.id for alarm in waiting}:
            alarms.select(waiting[0].id)

    def _arrived(self, words: str) -> None:
        """Something was sent to this desk's agency."""
        self.desk.ring()
        self.warn(words)

    def _hand(self) -> None:
        if self.levels is not None:
            self.window.show_incident()
            self.levels.hand()

    def _situation(self) -> None:
        if self.levels is not None:
            self.levels.report()

    def _show_keys(self) -> None:
        """What each key does now."""
        if self.keys is None:
            from widgets.keys_sheet import KeysSheet

            self.keys = KeysSheet(self.window)
        self.keys.show_groups(keys_now(self.window, self._commands()))
        self.keys.show()
        self.keys.activateWindow()

    def _look_at_limits(self) -> None:
        self.notices.look()

    def _go_to_alarm(self) -> None:
        if self.alarms is not None:
            self.alarms.go()

    def _confirm_first(self) -> None:
        if self.session and self.control and (waiting := unacknowledged(self.session.state.alarms.values())):
            self.control.confirm(waiting[0].id)  # its proposal is one key away

    def _note(self) -> None:
        if self.notes is not None:
            self.notes.open()

    def _open_log(self) -> None:
        if self.control is None or self.notes is None:
            return
        if self.log is None:
            from console.desk.message_log import LogWindow

            self.log = self.beside(LogWindow(self.control, self._keeper, self.notes, self.window), "log")
            self.notes.others[self.log] = self.log.column
            self.log.fileFailed.connect(self._refused)
            self.log.exportWanted.connect(lambda kind: self._export(kind, self.log))
        if not _closed(self.log):
            self.log.open_log()

    def _export(self, kind: str, over: QWidget | None = None) -> None:
        if self.exporter is not None and self.control is not None:
            self.exporter.open(kind, self.control.incident, over)

    def _written(self, file: Path) -> None:
        """A document is there: it opens with what the machine opens it with."""
        self.warn(lambda: self.tr("已生成 {file}").format(file=file))
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(file)))

    def _attach(self, incident: str) -> None:
        """Choose files for an incident."""
        if self.session is None or not incident:
            return
        attachments = self.session.attachments

        def attach(names: list[str]) -> None:
            for name in names:
                attachments.attach(incident, Path(name))

        self._choose_files(attach)

    def _photos(self, assignment: str) -> None:
        """Choose files that go with the feedback of an assignment."""
        self._choose_files(lambda names: self.window.panels.work.feedback.add_photos(assignment, names))

    def _choose_files(self, then: Callable[[list[str]], object]) -> None:
        """The desk goes on meanwhile."""
        dialog = QFileDialog(self.window, self.tr("附件"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters([self.tr("照片和视频 (*.jpg *.jpeg *.png *.heic *.mp4 *.mov)"), self.tr("所有文件 (*)")])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(then)
        dialog.open()

    def open_inbox(self) -> None:
        """F6: what the platform did not take."""
        if self.control is None:
            return
        if self.inbox is None:
            from console.desk.inbox_window import InboxWindow

            self.inbox = self.beside(InboxWindow(self.control, self.window), "inbox")
        if not _closed(self.inbox):
            self.inbox.open_inbox()

    def open_lists(self) -> None:
        """The three lists, in a window that is made when it is first asked for."""
        if self.session is None:
            return
        if self.lists is None:
            from console.desk.lists_window import ListsWindow

            self.lists = self.beside(ListsWindow(self.session, self.desk.files.folder, self.window), "lists")
        if not _closed(self.lists):
            self.lists.open_lists()

    def open_service_keys(self) -> None:
        """The keys of systems that bring facts, at the platform or by this desk's own door."""
        if self.session is None or self._no_door() != "":
            return
        if self.service_keys is None:
            from console.desk.service_keys import ServiceKeys, keeper_of

            keeper = keeper_of(self.session, self.desk.link)
            self.service_keys = self.beside(ServiceKeys(self.session, keeper, self.window), "service-keys")
        if not _closed(self.service_keys):
            self.service_keys.open_keys()

    def _no_door(self) -> str | None:
        """Why there are no keys to be given here; None where there is no door."""
        if self.session is None or (self.desk.link is None and self.desk.door is None):
            return None
        return "" if self.session.commands(self.session.area) else self.tr("只有指挥这里的人能管理")

    def open_settings(self) -> None:
        if self.settings is None:
            from console.desk.settings_window import SettingsWindow

            packs = sorted(find_packs(self.desk.files.packs))
            self.settings = self.beside(SettingsWindow(config_file(), {"pack": packs}, self.window), "settings")
            self.settings.changed.connect(self._settled)
        if not _closed(self.settings):
            self.settings.open_settings()

    def _settled(self, settings: Settings) -> None:
        """What can be taken up without a restart."""
        if settings.language != language():
            i18n.speak("en" if settings.language == "en" else "zh")
        self.desk.use(settings)

    def open_help(self) -> None:
        """The handbook."""
        if self.help is None:
            from console.desk.help import HelpWindow

            self.help = self.beside(HelpWindow(self.window), "help")
        if not _closed(self.help):
            self.help.open_help()

    def open_about(self) -> None:
        if self.about is None:
            from console.desk.about import AboutWindow

            made = AboutWindow(lambda: self.desk.url, self.window)
            self.about = self.beside(made, "about")
        self.about.open_about()

    def _show_inbox(self) -> None:
        if self.session is not None:
            self.window.top.set_inbox(len(self.session.inbox.refusals))

    def _report(self) -> None:
        if self.control is not None and self.control.incident:
            self.desk.open_report(self.control.incident)

    def _run(self, commands: CommandSet, typed: str) -> None:
        self.standing.succeeded()  # what is typed now answers what was refused before
        if not commands.run(typed):
            self.window.top.command.begin(typed)  # to be put right
            words = self.tr("没有“{typed}”这条命令。按 Ctrl+K 看能输入什么。").format(typed=typed)
            self.standing.refuse(words)

    def _show_workspace(self, id: str) -> None:
        self.window.show_workspace(id)
        self.window.top.set_workspace(id)

    def _full_screen(self) -> None:
        if self.window.isFullScreen():
            self.window.showNormal()
        else:
            self.window.showFullScreen()

    # -- the exercise

    def show_exercise(self, exercise: Exercise) -> None:
        """A drill's strip under the banner."""
        scenario, runner = self.desk.plan.scenario, self.desk.runner
        if not self.desk.plan.options.drill or scenario is None or runner is None:
            return
        from widgets.drill_strip import DrillState, DrillStrip

        if self.drill_strip is None:
            strip = self.drill_strip = DrillStrip()
            strip.paused.connect(lambda: runner.pause(True))
            strip.resumed.connect(lambda: runner.pause(False))
            strip.finished.connect(runner.finish)
            self.window.add_strip(strip)
        coming = next((i for i in scenario.injects if i.number not in exercise.executed), None)
        state = DrillState(
            name=scenario.name,
            state=exercise.state,
            elapsed_s=exercise.elapsed_s,
            length_s=scenario.length_s,
            speed=exercise.speed,
            next_subject=coming.subject if coming else None,
            next_in_s=coming.at_s - exercise.elapsed_s if coming else None,
        )
        self.drill_strip.show_drill(state)
        if exercise.state is ExerciseState.FINISHED:
            self.warn(lambda: self.tr("演练结束。实战数据未受影响。"))

    # -- dialogs

    def show_fatal(self, error: KnownError) -> None:
        """The desk cannot start: say why, then end."""
        box = QMessageBox(QMessageBox.Icon.Warning, self.tr("一屏不能启动"), say(error.phrase, language()))
        box.setParent(self.window, box.windowFlags())
        box.finished.connect(lambda: QApplication.exit(2))
        box.open()


def _closed(window: QDialog) -> bool:
    """Whether the key that opens a window closed it: it was the one in front."""
    return window.isActiveWindow() and window.close()

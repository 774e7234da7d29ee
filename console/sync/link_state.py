"""How the link to the platform is: what who only shows it needs to know."""

from dataclasses import dataclass
from datetime import datetime

from console.domain.words import Labelled, Phrase


class Link(Labelled):
    ONLINE = "online", "在线", "Online"
    OFFLINE = "offline", "离线", "Offline"
    DENIED = "denied", "登录被拒", "Sign-in refused"


@dataclass(frozen=True, slots=True)
class LinkState:
    link: Link
    since: datetime
    detail: Phrase | None = None  # why it is not online
    offset_s: float = 0.0  # the platform's clock minus ours, at the last sign-in

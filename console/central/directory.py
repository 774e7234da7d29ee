"""Who there is and what they may do: the users, grants and organisation tree that the platform serves."""

from collections.abc import Callable, Sequence

from console.domain.area import Grant, scopes_of
from console.domain.pack import Pack


class Directory:
    """Read from a topic pack, and again when that has changed: a grant counts from the next request on."""

    def __init__(self, pack: Pack, reread: Callable[[], Pack | None] = lambda: None) -> None:
        """`reread` gives the pack anew when it has changed, else None. It is asked often, so it must be quick."""
        self._pack, self._reread = pack, reread

    @property
    def pack(self) -> Pack:
        self._pack = self._reread() or self._pack
        return self._pack

    def grants(self, user: str) -> Sequence[Grant]:
        known = self.pack.users.get(user)
        return known.grants if known else ()

    def grants_in(self, user: str, realm: str) -> Sequence[Grant]:
        """Those that hold in a realm."""
        return [grant for grant in self.grants(user) if grant.holds_in(realm)]

    def scopes(self, user: str, realm: str) -> list[str]:
        """The paths whose rows a user sees in a realm."""
        return list(scopes_of(self.grants(user), realm))

    @property
    def areas(self) -> list[str]:
        """Every path of the tree."""
        return list(self.pack.areas)

"""Every planted bug: of desk and platform, and of a relay."""

from tests.sim import bugs, bugs_relay

BUGS = bugs.BUGS | bugs_relay.BUGS

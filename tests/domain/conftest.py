"""Property tests: as many examples as a busy machine bears, and no wall-clock limit on any of them."""

from hypothesis import settings

settings.register_profile("domain", max_examples=60, deadline=None)
settings.load_profile("domain")

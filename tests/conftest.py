"""Settings shared by all tests."""

import os

from hypothesis import HealthCheck, settings

# The machine that runs the tests may be slow or busy: an example has no deadline, and being slow is no failure.
settings.register_profile("derive", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
# Where every run must say the same of the same tree, the examples are the same; elsewhere each run tries others.
settings.register_profile("same", settings.get_profile("derive"), derandomize=True)
settings.load_profile("same" if os.environ.get("CI") else "derive")

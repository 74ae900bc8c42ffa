"""How long property tests look: `--hypothesis-profile`, or HYPOTHESIS_PROFILE, names ci, dev or nightly."""

import os
from datetime import timedelta

from hypothesis import HealthCheck, settings

# Machines that check are busy, so no single example is timed there.
_PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

settings.register_profile("ci", _PATIENT, max_examples=60, stateful_step_count=25, derandomize=True, database=None)
settings.register_profile("dev", max_examples=200, stateful_step_count=30, deadline=timedelta(seconds=2))
settings.register_profile("nightly", _PATIENT, max_examples=5_000, stateful_step_count=60)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

"""Runs a command again and again, each time with a later driver call failing, until no call is
left; every run must end with one line of error and exit code 1.

Usage: fail_each_call.py DRIVER COMMAND...
"""
import os
import subprocess
import sys

MOST_CALLS = 400  # a run makes about a hundred
driver, command = sys.argv[1], sys.argv[2:]
for number in range(1, MOST_CALLS, 3):  # every third
    environment = dict(os.environ, RCM_DRIVER_LIBRARY=driver, RCM_FAKE_FAIL_AT=str(number))
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    if done.returncode == 0:
        break
    lines = [line for line in done.stderr.splitlines() if not line.startswith("running on")]
    # Freeing memory at the end of a run is tried, not judged.
    if done.returncode != 1 or len(lines) != 1 or not lines[0].startswith("error: "):
        sys.exit(f"call {number}: exit code {done.returncode}, {done.stderr!r}")
if number < 40:
    sys.exit(f"expected more than 40 driver calls, got {number}")
print("every failure was one line")

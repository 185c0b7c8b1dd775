"""The stages of one module must agree about its traffic.

  same_traffic.py PREFIX

PREFIX.launches.json, .kernels.json and .host.json are the same kernels in
three forms: equal rows. PREFIX.rcm.json was computed from the rcm op before any
kernel existed: its attention kernel must be within 2 % of the generated one
(which pads V by a row and has finer scales), and so must the skip.
"""
import json
import sys


def load(stage):
    with open(f"{sys.argv[1]}.{stage}.json", encoding="utf-8") as file:
        return json.load(file)


def total(rows, kernel):
    found = [row["bytes_read"] + row["bytes_written"] for row in rows
             if row["kernel"].startswith(kernel)]
    assert found, f"no row of {kernel}"
    return sum(found)


def rows_of(report):
    # Temporaries are memory of the function first and scratch of the call then.
    return sorted((row["kernel"], row["bytes_read"], row["bytes_written"])
                  for row in report["rows"])


launches, kernels, host = (load(stage)[0] for stage in ("launches", "kernels", "host"))
assert rows_of(launches) == rows_of(kernels), (launches, kernels)
assert rows_of(launches) == rows_of(host), (launches, host)
model = next(report for report in load("rcm") if report["form"] == "two-pass")
for before, after in [("attention#", "attention_0#"), ("skip#", "attention_kernel#")]:
    expected, found = total(model["rows"], before), total(launches["rows"], after)
    assert abs(found - expected) <= 0.02 * expected, (before, expected, found)

"""Copies of a result file that a report must refuse.

  damage.py RESULTS.json PREFIX
"""
import json
import sys

source, prefix = sys.argv[1:]
with open(source, encoding="utf-8") as file:
    text = file.read()


def write(name, change):
    records = json.loads(text)
    change(records)
    with open(f"{prefix}.{name}.json", "w", encoding="utf-8") as output:
        json.dump(records, output)


write("no-device", lambda records: records[0].update(device=""))
write("no-date", lambda records: records[1].pop("date"))
write("no-commit", lambda records: records[0].update(commit=None))
write("other-commit", lambda records: [r.update(commit="0000000") for r in records])
with open(f"{prefix}.cut.json", "w", encoding="utf-8") as output:
    output.write(text[:len(text) // 2])

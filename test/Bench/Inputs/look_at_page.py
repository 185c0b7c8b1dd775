"""Renders a report in headless Chromium and looks at it.

  look_at_page.py PAGE.html SCRATCH

At 360 and 1000 CSS pixels: nothing sticks out of the page, every bar has the
size that the figures say, texts do not lie on each other, and the picture is
not blank. The page itself has no scripts; a copy gets one that measures.
"""
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import zlib

MEASURE = """
<style>html { width: WIDTHpx; margin: 0; }</style>
<script>
addEventListener('load', () => {
  document.querySelectorAll('details').forEach(d => d.open = true);
  const right = [...document.querySelectorAll('body *')].filter(e => !e.closest('.wide'))
      .map(e => e.getBoundingClientRect().right);
  const list = name => [...document.querySelectorAll(name)].map(e => e.getBoundingClientRect());
  const texts = [...document.querySelectorAll('svg')].map(s =>
      [...s.querySelectorAll('.label, .value, .unit')].map(e => e.getBoundingClientRect()));
  let crossings = 0;
  for (const t of texts) for (let i = 0; i < t.length; ++i) for (let j = 0; j < i; ++j)
    if (t[i].left < t[j].right && t[j].left < t[i].right && t[i].top < t[j].bottom && t[j].top < t[i].bottom)
      ++crossings;
  const facts = { farthest: Math.max(...right), crossings,
    bars: list('.latency .bar').map(r => r.width.toFixed(1)).join(' '),
    parts: list('.traffic .part-of').filter(r => r.width > 0.5).length,
    dots: list('.roofline .dot').length, errors: document.querySelectorAll('.errors tr').length,
    fontSize: parseFloat(getComputedStyle(document.querySelector('svg .label')).fontSize) };
  const out = document.createElement('pre');
  out.textContent = 'FACTS ' + Object.entries(facts).map(([k, v]) => k + '=' + v).join(';') + ' END';
  document.body.append(out);
});
</script>
"""


def chromium(*arguments):
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    # --no-sandbox: test machines run as root and in containers.
    return subprocess.run(
        [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
         *arguments], capture_output=True, text=True, check=True, timeout=60).stdout


def colours(path):
    """The number of different pixels of an 8-bit RGB or RGBA PNG, sampled."""
    data = path.read_bytes()
    width, height, depth, kind = struct.unpack(">IIBB", data[16:26])
    assert depth == 8 and kind in (2, 6), (depth, kind)
    chunks, at = b"", 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at:at + 4])
        if data[at + 4:at + 8] == b"IDAT":
            chunks += data[at + 8:at + 8 + length]
        at += length + 12
    # Filtered bytes: a blank picture has one value, whatever the filter.
    rows = zlib.decompress(chunks)
    assert len(rows) == height * (1 + width * (3 if kind == 2 else 4)), "broken picture"
    return len(set(rows[i:i + 8] for i in range(0, len(rows), 64)))


def look(page, scratch, width):
    copy = scratch / f"page-{width}.html"
    text = page.read_text(encoding="utf-8")
    copy.write_text(text.replace("</head>", MEASURE.replace("WIDTH", str(width)) + "</head>"),
                    encoding="utf-8")
    dom = chromium("--dump-dom", f"--window-size={max(width, 500)},2000", copy.as_uri())
    found = re.search(r"FACTS (.*?) END</pre>", dom)
    assert found, "the page's script did not run"
    facts = dict(part.split("=") for part in found[1].split(";"))
    print(width, facts)
    assert float(facts["farthest"]) <= width + 0.5, f"something sticks out at {width} px"
    assert facts["crossings"] == "0", "texts lie on each other"
    assert float(facts["fontSize"]) >= 12, "text too small for a phone"
    bars = [float(w) for w in facts["bars"].split()]
    # Widths are as the medians are, within one shape.
    medians = [float(m) for m in re.findall(r'class="bar [^>]*><title>[^:]*: ([0-9.e+-]+) ms', text)]
    assert len(bars) == len(medians) == 4, (bars, medians)
    for first in (0, 2):
        assert abs(bars[first] / bars[first + 1] - medians[first] / medians[first + 1]) < 0.05, (bars, medians)
        assert max(bars[first:first + 2]) > 0.3 * width, bars
    # Two forms of seven and nine tensors, whose coefficients are hairlines, and
    # two of two.
    assert int(facts["parts"]) >= 5 + 7 - 4 + 4, facts
    assert "counted by the hardware: 3.50 MB" in text and "40.0 GB/s (copies" in text, text
    assert int(facts["dots"]) == 4 and int(facts["errors"]) == 5, facts


def main(page, scratch):
    scratch.mkdir(parents=True, exist_ok=True)
    for width in (360, 1000):
        look(page, scratch, width)
    picture = scratch / "page.png"
    chromium("--window-size=500,2400", f"--screenshot={picture}", page.as_uri())
    assert colours(picture) > 100, "the picture is blank"
    print("looked at", picture.name)


main(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve())

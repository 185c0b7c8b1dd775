#!/usr/bin/env python3
"""Draws the figures of docs/WriteUp.md.

  draw_figures.py [FOLDER]     default: docs/images

  coefficients.svg   c_skip and c_out of the three schedules over t, computed
  traffic.svg        units of one pass and two
  h200.svg           the table `Measured` of README.md as bars

Coefficients are computed here, units are those that test/Analysis/report-traffic.mlir
checks, times are read from README.md.
"""
import math
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
WIDTH, INK, DIM, LINE = 640, "#1c2330", "#5b6575", "#d5dae2"
COLOURS = ["#0f6fc6", "#e0812b", "#93a1b5"]

SCHEDULES = {
    "edm, s = 1": (lambda t: 1 / (t * t + 1), lambda t: t / math.sqrt(1 + t * t), 4.0),
    "trigflow, s = 1": (math.cos, lambda t: -math.sin(t), math.pi / 2),
    "rectified_flow_trigflow": (lambda t: 1 / (math.cos(t) + math.sin(t)),
                                lambda t: -math.sin(t) / (math.cos(t) + math.sin(t)),
                                math.pi / 2),
}


def text(x, y, words, anchor="start", colour=INK, size=12, weight="normal"):
    words = words.replace("&", "&amp;").replace("<", "&lt;")
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" '
            f'font-size="{size}" font-weight="{weight}">{words}</text>')


def line(x1, y1, x2, y2, colour=LINE, width=1):
    return (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
            f'stroke="{colour}" stroke-width="{width}"/>')


def rect(x, y, width, height, colour):
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}"/>'


def page(height, parts, title):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            f'width="{WIDTH}" height="{height}" font-family="system-ui, sans-serif" role="img">\n'
            f"<title>{title}</title>\n" + rect(0, 0, WIDTH, height, "#ffffff") + "\n"
            + "\n".join(parts) + "\n</svg>\n")


def draw_coefficients():
    """Three panels; the axes are the same so that signs can be compared."""
    panel, gap, top, bottom = 186, 24, 40, 210
    low, high = -1.1, 1.1
    parts = []
    for index, (name, (skip, out, end)) in enumerate(SCHEDULES.items()):
        left = 34 + index * (panel + gap) - index * 4

        def y(value):
            return bottom - (value - low) / (high - low) * (bottom - top)
        parts.append(text(left, 20, name, weight="bold"))
        for value in (-1, -0.5, 0, 0.5, 1):
            parts.append(line(left, y(value), left + panel - 20, y(value)))
            parts.append(text(left - 5, y(value) + 4, f"{value:g}", "end", DIM, 11))
        for part, label in ((0, "0"), (1, "t = 4" if end == 4.0 else "t = \u03c0/2")):
            parts.append(text(left + part * (panel - 20), bottom + 18, label, "middle", DIM, 11))
        for function, colour in ((skip, COLOURS[0]), (out, COLOURS[1])):
            points = " ".join(f"{left + i / 80 * (panel - 20):.1f},{y(function(end * i / 80)):.1f}"
                              for i in range(81))
            parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
    parts += [rect(34, 242, 12, 12, COLOURS[0]), text(52, 252, "c_skip(t), the factor of x"),
              rect(234, 242, 12, 12, COLOURS[1]), text(252, 252, "c_out(t), the factor of attention")]
    return page(266, parts, "coefficients of the three schedules over t")


# Activations of x -> QKV -> attention -> skip in units of B L C elements, as
# test/Analysis/report-traffic.mlir has them from the IR.
TRAFFIC = [("two passes", [("x", 1), ("q, k, v", 3), ("q, k, v", 3), ("o", 1), ("o", 1), ("x", 1), ("out", 1)]),
           ("one pass", [("x", 1), ("q, k, v", 3), ("q, k, v", 3), ("x", 1), ("out", 1)]),
           ("one pass, x cached", [("x", 1), ("q, k, v", 3), ("q, k, v", 3), ("out", 1)])]
KINDS = {"x": "#2a9d6f", "q, k, v": "#93a1b5", "o": "#e0812b", "out": "#0f6fc6"}


def draw_traffic():
    parts, unit = [], 42
    for row, (name, pieces) in enumerate(TRAFFIC):
        y, x = 16 + row * 40, 140
        parts.append(text(130, y + 16, name, "end"))
        for kind, units in pieces:
            parts.append(rect(x, y, units * unit - 2, 24, KINDS[kind]))
            if units * unit > 24:
                parts.append(text(x + units * unit / 2 - 1, y + 16, kind, "middle", "#ffffff", 11))
            x += units * unit
        parts.append(text(x + 4, y + 16, str(sum(units for _, units in pieces)), weight="bold"))
    parts.append(text(140, 148, "units of B \u00b7 L \u00b7 C elements read or written; weights and coefficients left out",
                      colour=DIM))
    return page(160, parts, "traffic of one pass and of two")


def read_measured():
    """(shape, rcm, cuDNN, FlashAttention-2) in ms, from the README's table."""
    rows = []
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for row in re.findall(r"^\| ([\w.]+(?: \(D 64\))?) \| ([0-9.]+)[^|]* \| ([0-9.]+) \| ([0-9.]+) \|$",
                          readme, re.MULTILINE):
        rows.append((row[0], *map(float, row[1:])))
    return rows


def draw_h200(rows):
    parts = [text(8, 18, "time with the skip on one H200, cuDNN + skip = 1; shorter is better",
                  weight="bold")]
    scale, height = 180, 44 + len(rows) * 46
    parts.append(line(158 + scale, 30, 158 + scale, height - 12))
    for index, (name, ours, cudnn, flash) in enumerate(rows):
        y = 36 + index * 46
        parts.append(text(150, y + 20, name, "end"))
        for part, (label, value) in enumerate((("rcm", ours), ("cuDNN", cudnn), ("FA2", flash))):
            length = value / cudnn * scale
            parts.append(rect(158, y + part * 12, length, 10, COLOURS[part]))
            parts.append(text(164 + length, y + part * 12 + 9, f"{label} {value:g} ms", size=10))
    return page(height, parts, "measured times on one H200")


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    rows = read_measured()
    if not rows:
        sys.exit("error: expected a table of measurements in README.md, found none")
    for name, drawing in (("coefficients", draw_coefficients()), ("traffic", draw_traffic()),
                          ("h200", draw_h200(rows))):
        (folder / f"{name}.svg").write_text(drawing, encoding="utf-8")


if __name__ == "__main__":
    main()

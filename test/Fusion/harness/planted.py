"""Broken matchers. The driver must find each. MATCHER_BUGS are mistakes that the
matcher makes when asked to (the passes' option planted-bug); PLANTED imitates
others by changing fused modules."""
import re

SKIP = re.compile(r"rcm\.attention(_skip)? .*")


def no_scale(text):
    """The factor of the scores is lost."""
    return re.sub(r"(rcm\.attention(?:_skip)? )scale\([^)]*\)", r"\1scale(1.0)", text)


def no_causal(text):
    """The causal mask is lost."""
    return re.sub(r"(rcm\.attention(?:_skip)? scale\([^)]*\)) causal(?: offset\([^)]*\))?",
                  r"\1", text)


def wrong_map(text):
    """A coefficient's map is chosen by sizes: the first dimension of the
    result that fits is taken."""
    maps = dict(re.findall(r"^(#map\d*) = affine_map<\([^)]*\) -> \(([^)]*)\)>", text, re.M))
    spaces = dict(re.findall(r"^(#map\d*) = affine_map<(\([^)]*\)) ->", text, re.M))

    def change(match):
        line = match.group(0)
        listed = re.search(r"indexing_maps = \[([^\]]*)\]", line)
        out = re.search(r"outs\([^:]* : tensor<([^>]*)>", line)
        coefficient = re.search(r"coefficients\([^:]* : tensor<(\d+)xf\d+>", line)
        if not match.group(1) or not listed or not out or not coefficient:
            return line
        names = listed.group(1).split(", ")
        dims = maps[names[-1]].split(", ")
        sizes = out.group(1).split("x")[:-1]
        now, size = maps[names[4]], coefficient.group(1)
        fitting = [d for d, s in zip(dims, sizes) if s == size and d != now]
        if not fitting or now not in dims:
            return line
        names[4] = f"affine_map<{spaces[names[-1]]} -> ({fitting[0]})>"
        return line.replace(listed.group(1), ", ".join(names))
    return SKIP.sub(change, text)


MATCHER_BUGS = {"initial-value-dropped": 1, "unary-ignored": 2, "any-denominator": 3}
PLANTED = {"wrong-map": wrong_map, "no-scale": no_scale, "no-causal": no_causal}

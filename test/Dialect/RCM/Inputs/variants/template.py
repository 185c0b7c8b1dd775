"""The module that every variant changes one thing of.

Attention and skip as generics on [B, H, L, C] with B = H = 2 and all other sizes
4, so that a wrong index is always within bounds and only the maps tell. Each
field of BASE is a piece of text; a variant replaces some of them. Bodies see
their inputs as %in0, %in1, ..., their destination as %acc, and yield %r.
"""

import re

SCORES = "tensor<2x2x4x4xf32>"
ROWS = "tensor<2x2x4xf32>"
FOUR = '"parallel", "parallel", "parallel", "parallel"'
THREE = '"parallel", "parallel", "parallel"'


def generic(result, maps, ins, outs, body, iterators=FOUR, types=None, out_type=SCORES):
    """One linalg.generic as text; a body may be several lines."""
    types = types or [SCORES] * len(ins)
    names = ", ".join(ins)
    read = f"ins({names} : {', '.join(types)}) " if ins else ""
    arguments = [f"%in{i}: {t.split('x')[-1].rstrip('>')}" for i, t in enumerate(types)]
    arguments.append(f"%acc: {out_type.split('x')[-1].rstrip('>')}")
    body = "\n    ".join(line.strip() for line in body.strip().splitlines())
    return (
        f"%{result} = linalg.generic {{indexing_maps = [{', '.join('#' + m for m in maps)}],"
        f" iterator_types = [{iterators}]}}\n"
        f"      {read}outs({outs} : {out_type}) {{\n"
        f"  ^bb0({', '.join(arguments)}):\n    {body}\n"
        f"    linalg.yield %r : {out_type.split('x')[-1].rstrip('>')}\n"
        f"  }} -> {out_type}"
    )


REDUCTION = FOUR.replace('"parallel"', '"reduction"', 4).replace('"reduction"', '"parallel"', 3)
CONTRACTION = FOUR + ', "reduction"'
MULTIPLY_ADD = """%t0 = arith.mulf %in0, %in1 : f32
                  %r = arith.addf %t0, %acc : f32"""
EXPONENTIAL = """%t0 = arith.subf %in0, %in1 : f32
                 %r = math.exp %t0 : f32"""

BASE = {
    # Maps over (b, h, m, n, k), (b, h, m, d, n), (b, h, m, n) and (b, h, m, d).
    "q_map": "b, h, m, k",
    "k_map": "b, h, n, k",
    "p_map": "b, h, m, n",
    "v_map": "b, h, n, d",
    "max_in_map": "b, h, m, n",
    "max_map": "b, h, m",
    "sum_in_map": "b, h, m, n",
    "sum_map": "b, h, m",
    "x_map": "b, h, m, d",
    "o_map": "b, h, m, d",
    "a_map": "b",
    "c_map": "b",
    # Coefficients: %a of the residual and %c of the attention.
    "a_type": "tensor<2xf32>",
    "c_type": "tensor<2xf32>",
    # Operands.
    "q": "%q",
    "k": "%k",
    "p": "%p",
    "x": "%x",
    "o": "%o",
    "max_of": "%u",
    "sum_of": "%e",
    "divisor": "%l",
    "result": "%out",
    # Initial values.
    "s_start": "%zeros",
    "max_start": "%ninf",
    "sum_start": "%zero",
    "o_start": "%zeros",
    # Ops before the scores, before the product with V and before the skip.
    "first": "",
    "before_o": "",
    "between": "",
    "last": "",
    # Bodies.
    "s_body": MULTIPLY_ADD,
    "u_body": "%r = arith.mulf %in0, %scale : f32",
    "max_body": "%r = arith.maximumf %in0, %acc : f32",
    "e_body": EXPONENTIAL,
    "e2_body": EXPONENTIAL,
    "sum_body": "%r = arith.addf %in0, %acc : f32",
    "p_body": "%r = arith.divf %in0, %in1 : f32",
    "o_body": MULTIPLY_ADD,
    "out_body": """%t0 = arith.mulf %in0, %in2 : f32
                   %t1 = arith.mulf %in1, %in3 : f32
                   %r = arith.addf %t0, %t1 : f32""",
}


def write(name, changes):
    """The module of a variant."""
    f = {**BASE, **changes}
    matrix, wide = "(b, h, m, n)", "(b, h, m, n, k)"
    maps = {
        "q": (wide, f["q_map"]),
        "k": (wide, f["k_map"]),
        "s": (wide, "b, h, m, n"),
        "p": ("(b, h, m, d, n)", f["p_map"]),
        "v": ("(b, h, m, d, n)", f["v_map"]),
        "o": ("(b, h, m, d, n)", "b, h, m, d"),
        "id": (matrix, "b, h, m, n"),
        "row": (matrix, "b, h, m"),
        "max_in": (matrix, f["max_in_map"]),
        "max": (matrix, f["max_map"]),
        "sum_in": (matrix, f["sum_in_map"]),
        "sum": (matrix, f["sum_map"]),
        "row3": ("(b, h, m)", "b, h, m"),
        "x": ("(b, h, m, d)", f["x_map"]),
        "att": ("(b, h, m, d)", f["o_map"]),
        "a": ("(b, h, m, d)", f["a_map"]),
        "c": ("(b, h, m, d)", f["c_map"]),
    }
    text = [f"#{key} = affine_map<{loops} -> ({results})>" for key, (loops, results) in maps.items()]
    arguments = [f"%{a}: {SCORES}" for a in ("q", "k", "v", "x", "y")]
    arguments += [f"%given_rows: {ROWS}", "%keep: tensor<2x2x4x4xi1>", "%given: f32", "%shift: index", "%time: tensor<2xf32>"]
    arguments += [f"%a: {f['a_type']}", f"%c: {f['c_type']}"]
    text.append(f"func.func @{name}({', '.join(arguments)}) -> {SCORES} {{")
    constants = {"zero": "0.0", "one": "1.0", "ninf": "0xFF800000", "pinf": "0x7F800000", "nan": "0x7FC00000"}
    constants.update(lowest="-3.4028235e+38", eps="1.0e-6", scale="0.5", log2e="1.4426950408889634")
    lines = [f"%{key} = arith.constant {value} : f32" for key, value in constants.items()]
    lines += [f"%empty = tensor.empty() : {SCORES}", f"%rows = tensor.empty() : {ROWS}"]
    for key, value, init, kind in (
        ("zeros", "%zero", "%empty", SCORES), ("ones", "%one", "%empty", SCORES),
        ("infinities", "%pinf", "%empty", SCORES), ("row_zeros", "%zero", "%rows", ROWS),
        ("max_init", f["max_start"], "%rows", ROWS), ("sum_init", f["sum_start"], "%rows", ROWS),
    ):
        lines.append(f"%{key} = linalg.fill ins({value} : f32) outs({init} : {kind}) -> {kind}")
    i1 = "tensor<2x2x4x4xi1>"
    lines += [
        f["first"],
        generic("s", ["q", "k", "s"], [f["q"], f["k"]], f["s_start"], f["s_body"], CONTRACTION),
        generic("u", ["id", "id", "id"], ["%s", "%keep"], "%empty", f["u_body"], types=[SCORES, i1]),
        generic("m", ["max_in", "row"], [f["max_of"]], "%max_init", f["max_body"], REDUCTION, out_type=ROWS),
        generic("e", ["id", "max", "id"], ["%u", "%m"], "%empty", f["e_body"], types=[SCORES, ROWS]),
        generic("e2", ["id", "max", "id"], ["%u", "%m"], "%empty", f["e2_body"], types=[SCORES, ROWS]),
        generic("l", ["sum_in", "row"], [f["sum_of"]], "%sum_init", f["sum_body"], REDUCTION, out_type=ROWS),
        generic("p", ["id", "sum", "id"], ["%e", f["divisor"]], "%empty", f["p_body"], types=[SCORES, ROWS]),
        f["before_o"],
        generic("o", ["p", "v", "o"], [f["p"], "%v"], f["o_start"], f["o_body"], CONTRACTION),
        f["between"],
        generic("out", ["x", "att", "a", "c", "id"], [f["x"], f["o"], "%a", "%c"], "%empty", f["out_body"],
                types=[SCORES, SCORES, f["a_type"], f["c_type"]]),
        f["last"],
        f"return {f['result']} : {SCORES}",
    ]
    text += ["  " + line for line in lines if line]
    return "\n".join(text) + "\n}\n"


SIZES = re.compile(r"tensor<((?:[24]x)[0-9x]*)([a-z])")


def open_type(text):
    """The text with every size but 1 unknown."""
    return SIZES.sub(lambda m: f"tensor<{re.sub('[24]', '?', m[1])}{m[2]}", text)


def open_sizes(text):
    """A variant's module with every size but 1 read from the queries at run time."""
    lines = []
    for line in text.splitlines():
        empty = re.match(r"(  %\w+ = tensor.empty\()\) : tensor<([0-9x]+)x", line)
        if empty:
            sizes = ", ".join(f"%size{i}" for i, _ in enumerate(empty[2].split("x")))
            line = line.replace(empty[1], empty[1] + sizes)
        splat = re.match(r"  (%\w+) = arith.constant dense<(true|false)> : (tensor<2x2x4xi1>)", line)
        if splat:
            lines += [f"  {splat[1]}_value = arith.constant {splat[2]}",
                      f"  {splat[1]}_empty = tensor.empty(%size0, %size1, %size2) : tensor<?x?x?xi1>"]
            line = (f"  {splat[1]} = linalg.fill ins({splat[1]}_value : i1) outs({splat[1]}_empty : {splat[3]})"
                    f" -> {splat[3]}")
        lines.append(open_type(line))
        if line.startswith("func.func"):
            for i in range(4):
                lines += [f"  %position{i} = arith.constant {i} : index",
                          f"  %size{i} = tensor.dim %q, %position{i} : {open_type(SCORES)}"]
    return "\n".join(lines) + "\n"

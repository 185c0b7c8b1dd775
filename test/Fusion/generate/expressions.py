"""Scalar expressions: the text of a body, and the value over whole arrays.

An expression is a tuple: ("leaf", tensor, axes) reads a tensor at the named
loops, ("const", value), ("scalar", name, element, value) is a value from
outside the body, ("index", loop), ("int", value), and (operation, operands...)
for everything in `BINARY`, `UNARY` and `compare`, `select`, `round`.
"""
import numpy as np

from . import numbers

BINARY = {"add": ("arith.addf", np.add), "sub": ("arith.subf", np.subtract),
          "mul": ("arith.mulf", np.multiply), "div": ("arith.divf", np.divide),
          "max": ("arith.maximumf", np.maximum), "maxnum": ("arith.maxnumf", np.fmax),
          "min": ("arith.minimumf", np.minimum), "pow": ("math.powf", np.power)}
UNARY = {"exp": ("math.exp", np.exp), "exp2": ("math.exp2", np.exp2),
         "log": ("math.log", np.log), "neg": ("arith.negf", np.negative),
         "abs": ("math.absf", np.abs), "tanh": ("math.tanh", np.tanh),
         "sqrt": ("math.sqrt", np.sqrt), "rsqrt": ("math.rsqrt", lambda v: 1 / np.sqrt(v)),
         "sin": ("math.sin", np.sin), "cos": ("math.cos", np.cos)}
FLOAT_COMPARE = {"oeq": np.equal, "ogt": np.greater, "oge": np.greater_equal,
                 "olt": np.less}
INT_COMPARE = {"sle": np.less_equal, "slt": np.less, "sge": np.greater_equal,
               "sgt": np.greater, "eq": np.equal}


def leaf(tensor, axes=None):
    return ("leaf", tensor, tuple(tensor.axes if axes is None else axes))


def const(value):
    return ("const", float(value))


def children(expression):
    return [part for part in expression[1:] if isinstance(part, tuple) and part
            and isinstance(part[0], str)] if expression[0] not in (
                "leaf", "const", "scalar", "index", "int") else []


def leaves(expression):
    """Every leaf, in the order of reading, without repetition."""
    found = []

    def walk(node):
        if node[0] == "leaf":
            if node not in found:
                found.append(node)
        for child in children(node):
            walk(child)
    walk(expression)
    return found


def loops_of(expression):
    """The loops that an expression varies with."""
    names = set()

    def walk(node):
        if node[0] == "leaf":
            names.update(axis for axis in node[2] if axis)
        elif node[0] == "index":
            names.add(node[1])
        for child in children(node):
            walk(child)
    walk(expression)
    return names


def evaluate(expression, read, loop_index, compute):
    """The value. `read(leaf)` gives an array over the loops; constants are
    rounded to the type they are computed in, results never."""
    kind = expression[0]
    if kind == "leaf":
        return read(expression)
    if kind == "const":
        return numbers.rounded(expression[1], compute)
    if kind == "scalar":
        return expression[3]
    if kind == "index":
        return loop_index(expression[1])
    if kind == "int":
        return np.int64(expression[1])
    if kind == "compare":
        table = FLOAT_COMPARE if expression[1] in FLOAT_COMPARE else INT_COMPARE
        return table[expression[1]](*(evaluate(e, read, loop_index, compute)
                                      for e in expression[2:]))
    if kind == "round":
        return evaluate(expression[2], read, loop_index, compute)
    values = [evaluate(e, read, loop_index, compute) for e in expression[1:]]
    if kind == "select":
        return np.where(*values)
    if kind == "fma":
        return values[0] * values[1] + values[2]
    if kind == "addi":
        return values[0] + values[1]
    if kind == "number":
        return np.asarray(values[0], np.int64)
    if kind in ("andi", "ori"):
        return (np.logical_and if kind == "andi" else np.logical_or)(*values)
    if kind == "to_float":
        return np.asarray(values[0], np.float64)
    if kind == "powi":
        return values[0] ** int(values[1])
    return (BINARY.get(kind) or UNARY[kind])[1](*values)


class Body:
    """Prints an expression as operations. `names` maps leaves to (value,
    element); everything of floats is computed in `compute`."""

    def __init__(self, function, names, compute, indent, prefix):
        self.function, self.names, self.compute = function, names, compute
        self.indent, self.prefix = indent, prefix
        self.lines, self.seen = [], {}

    def op(self, text):
        name = f"%{self.prefix}{len(self.lines)}"
        self.lines.append(f"{self.indent}{name} = {text}")
        return name

    def convert(self, value, source, target):
        """Between float types; everything else must agree already."""
        if source == target or not numbers.is_float(source):
            return value
        if numbers.WIDTH[source] == numbers.WIDTH[target]:
            value = self.op(f"arith.extf {value} : {source} to f32")
            source = "f32"
        verb = "extf" if numbers.WIDTH[source] < numbers.WIDTH[target] else "truncf"
        return self.op(f"arith.{verb} {value} : {source} to {target}")

    def emit(self, expression):
        """(value, element). Equal expressions are computed once or twice."""
        if expression not in self.seen or self.function.rng.random() < 0.2:
            self.seen[expression] = self._emit(expression)
        return self.seen[expression]

    def _emit(self, e):
        kind, compute = e[0], self.compute
        if kind == "leaf" or kind == "scalar":
            value, element = self.names[e] if kind == "leaf" else (e[1], e[2])
            wanted = compute if numbers.is_float(element) else element
            return self.convert(value, element, wanted), wanted
        if kind == "const":
            return self.function.constant(e[1], compute), compute
        if kind == "index":
            return self.op(f"linalg.index {self.function.loop_number(e[1])} : index"), "index"
        if kind == "int":
            return self.function.constant(e[1], "index"), "index"
        if kind == "compare":
            return self._compare(e)
        if kind == "round":
            value, _ = self.emit(e[2])
            return self.convert(self.convert(value, compute, e[1]), e[1], compute), compute
        if kind == "powi":
            value, _ = self.emit(e[1])
            power = self.function.constant(e[2][1], "i32")
            return self.op(f"math.fpowi {value}, {power} : {compute}, i32"), compute
        operands = [self.emit(child) for child in e[1:]]
        names, element = [name for name, _ in operands], operands[0][1]
        if kind == "select":
            return self.op(f"arith.select {', '.join(names)} : {operands[1][1]}"), operands[1][1]
        if kind == "addi":
            return self.op(f"arith.addi {', '.join(names)} : {element}"), element
        if kind in ("andi", "ori"):
            return self.op(f"arith.{kind} {', '.join(names)} : i1"), "i1"
        if kind == "number":
            return self.op(f"arith.index_cast {names[0]} : index to i64"), "i64"
        if kind == "to_float":
            return self.op(f"arith.{'uitofp' if element == 'i1' else 'sitofp'} {names[0]} : "
                           f"{element} to {compute}"), compute
        if kind == "fma":
            return self.op(f"math.fma {', '.join(names)} : {compute}"), compute
        spelling = (BINARY.get(kind) or UNARY[kind])[0]
        return self.op(f"{spelling} {', '.join(names)} : {element}"), element

    def _compare(self, e):
        (left, kind), (right, other) = self.emit(e[2]), self.emit(e[3])
        if kind != other and "index" in (kind, other):
            if kind == "index":
                left, kind = self.op(f"arith.index_cast {left} : index to {other}"), other
            else:
                right = self.op(f"arith.index_cast {right} : index to {kind}")
        letter = "f" if e[1] in FLOAT_COMPARE else "i"
        return self.op(f"arith.cmp{letter} {e[1]}, {left}, {right} : {kind}"), "i1"

"""Functions under construction: text, and the value of every tensor in f64.

A tensor has named axes: "b" (batch), "h" (head), "m" (row), "n" (key), "k"
(dimension of Q and K), "d" (dimension of V) and what they are split into or
merged to; "" is an axis of size 1. Names carry meaning, sizes do not: axes of
equal size stay apart.
"""
import numpy as np

from . import numbers
from .expressions import Body, evaluate, leaves


class Tensor:
    def __init__(self, name, axes, element, value, type_text):
        self.name, self.axes, self.element = name, tuple(axes or ()), element
        self.value, self.type = value, type_text


class Function:
    """A function `name` on tensors whose axes have the given sizes."""

    def __init__(self, name, rng, sizes, dynamic=()):
        self.name, self.rng = name, rng
        self.sizes, self.dynamic = dict(sizes), set(dynamic)
        self.sizes[""] = 1
        self.arguments, self.results = [], []
        self.head, self.lines = [], []
        self.indent = "  "
        self.constants, self.dims, self.parts = {}, {}, {}
        self.loops = ()
        self.counter = 0
        self.narrowest = "f64"
        self.helpers = []
        self.notes = []

    # Names, types, constants.

    def fresh(self, stem="v"):
        self.counter += 1
        return f"%{stem}{self.counter}"

    def line(self, text):
        self.lines.append(self.indent + text)

    def result(self, text, stem="v"):
        name = self.fresh(stem)
        self.line(f"{name} = {text}")
        return name

    def note_type(self, element):
        if numbers.is_float(element) and \
                numbers.EPSILON[element] > numbers.EPSILON[self.narrowest]:
            self.narrowest = element

    def constant(self, value, element):
        """A scalar constant, at the head of the function."""
        text = numbers.literal(value, element)
        if (text, element) not in self.constants:
            name = f"%c{len(self.constants)}"
            self.head.append(f"  {name} = arith.constant {text} : {element}" if element != "i1"
                             else f"  {name} = arith.constant {text}")
            self.constants[text, element] = name
        return self.constants[text, element]

    def type(self, axes, element):
        sizes = "".join(("?" if axis in self.dynamic else str(self.sizes[axis])) + "x"
                        for axis in axes)
        return f"tensor<{sizes}{element}>"

    def shape(self, axes):
        return tuple(self.sizes[axis] for axis in axes)

    def tensor(self, name, axes, element, value):
        value = np.asarray(value)
        assert value.shape == self.shape(axes), (value.shape, axes, self.sizes)
        self.note_type(element)
        return Tensor(name, axes, element, value, self.type(axes, element))

    def merge(self, merged, *parts):
        """Declares an axis that is several others, in row-major order."""
        self.parts[merged] = parts
        self.sizes[merged] = int(np.prod([self.sizes[part] for part in parts]))
        if any(part in self.dynamic for part in parts):
            self.dynamic.add(merged)

    def dim(self, axis):
        """The size of a dynamic axis as a value at the head of the function."""
        if axis in self.dims:
            return self.dims[axis]
        name = f"%dim_{axis}"
        if axis not in self.parts:
            raise KeyError(f"no argument has the dynamic axis {axis}")
        sizes = [self.dim(part) if part in self.dynamic
                 else self.constant(self.sizes[part], "index") for part in self.parts[axis]]
        value = sizes[0]
        for i, size in enumerate(sizes[1:]):
            last = i == len(sizes) - 2
            target = name if last else f"{name}_{i}"
            self.head.append(f"  {target} = arith.muli {value}, {size} : index")
            value = target
        self.dims[axis] = name
        return name

    # Arguments and results.

    def argument(self, name, axes, element, value=None, scale=1.0):
        """A tensor argument, of random numbers unless a value is given."""
        if value is None:
            value = self.rng.standard_normal(self.shape(axes)) * scale
        value = np.asarray(value)
        if numbers.is_float(element):
            value = numbers.rounded(value, element)
        tensor = self.tensor(f"%{name}", axes, element, value)
        self.arguments.append(tensor)
        for i, axis in enumerate(axes):
            if axis in self.dynamic and axis not in self.dims:
                position = self.constant(i, "index")
                self.head.append(f"  %dim_{axis} = tensor.dim {tensor.name}, {position} : "
                                 f"{tensor.type}")
                self.dims[axis] = f"%dim_{axis}"
        return tensor

    def scalar_argument(self, name, element, value):
        value = float(numbers.rounded(value, element))
        self.arguments.append(Tensor(f"%{name}", None, element, np.float64(value), element))
        return ("scalar", f"%{name}", element, value)

    def give(self, tensor):
        self.results.append(tensor)

    # Operations that only move elements.

    def empty(self, axes, element):
        sizes = ", ".join(self.dim(axis) for axis in axes if axis in self.dynamic)
        return self.result(f"tensor.empty({sizes}) : {self.type(axes, element)}", "e")

    def fill(self, value, axes, element):
        """A destination that holds one number."""
        rounded = float(numbers.rounded(value, element)) if numbers.is_float(element) else value
        kind = self.type(axes, element)
        if not self.dynamic.intersection(axes) and self.rng.random() < 0.15:
            number = numbers.literal(rounded, element)
            name = self.result(f"arith.constant dense<{number}> : {kind}")
        else:
            scalar = self.constant(rounded, element)
            empty = self.empty(axes, element)
            name = self.result(f"linalg.fill ins({scalar} : {element}) outs({empty} : {kind}) "
                               f"-> {kind}")
        return self.tensor(name, axes, element, np.full(self.shape(axes), rounded))

    def reshape(self, tensor, axes):
        """collapse_shape or expand_shape to other axes, some of which are
        merged from or parts of the old ones; "" comes and goes."""
        few, many = sorted((tensor.axes, tuple(axes)), key=len)
        groups = self._groups(few, many)
        if groups is None or tensor.axes == tuple(axes):
            raise ValueError(f"cannot reshape {tensor.axes} to {axes}")
        target = self.type(axes, tensor.element)
        text = "[" + ", ".join(str(list(group)) for group in groups) + "]"
        if len(axes) < len(tensor.axes):
            verb, shape = "collapse_shape", ""
        else:
            sizes = [self.dim(a) if a in self.dynamic else str(self.sizes[a]) for a in axes]
            verb, shape = "expand_shape", f" output_shape [{', '.join(sizes)}]"
        name = self.result(f"tensor.{verb} {tensor.name} {text}{shape} : {tensor.type} "
                           f"into {target}")
        return self.tensor(name, axes, tensor.element, tensor.value.reshape(self.shape(axes)))

    def _groups(self, few, many):
        """Which of `many` each of `few` consists of; axes of size 1 belong to
        what stands before them."""
        groups, at = [], 0
        for axis in few:
            whole = axis in many or axis not in self.parts
            want, start = [axis] if whole else list(self.parts[axis]), at
            while at < len(many) and (want or many[at] == ""):
                if many[at] != "":
                    if not want or many[at] != want.pop(0):
                        return None
                at += 1
            if want:
                return None
            groups.append(range(start, at))
        return groups if at == len(many) else None

    def cast_noise(self, tensor):
        """A cast to an open type and back, as exporters leave behind."""
        if not tensor.axes:
            return tensor
        loose = "tensor<" + "?x" * len(tensor.axes) + tensor.element + ">"
        if loose == tensor.type:
            return tensor
        name = self.result(f"tensor.cast {tensor.name} : {tensor.type} to {loose}")
        name = self.result(f"tensor.cast {name} : {loose} to {tensor.type}")
        return self.tensor(name, tensor.axes, tensor.element, tensor.value)

    # The structured op that everything can be written as.

    def map(self, loops, axes):
        results = ", ".join(axis or "0" for axis in axes)
        return f"affine_map<({', '.join(loops)}) -> ({results})>"

    def loop_number(self, loop):
        return self.loops.index(loop)

    def read(self, expression, loops):
        """The value of a leaf as an array over the loops."""
        _, tensor, axes = expression
        value = tensor.value
        keep = [i for i, axis in enumerate(axes) if axis]
        value = value.reshape([value.shape[i] for i in keep])
        axes = [axes[i] for i in keep]
        order = sorted(range(len(axes)), key=lambda i: loops.index(axes[i]))
        value = value.transpose(order)
        present = set(axes)
        index = tuple(slice(None) if loop in present else None for loop in loops)
        return value[index]

    def value_of(self, expression, loops, compute):
        def loop_index(loop):
            at = loops.index(loop)
            shape = [1] * len(loops)
            shape[at] = self.sizes[loop]
            return np.arange(self.sizes[loop]).reshape(shape)
        with np.errstate(all="ignore"):
            value = evaluate(expression, lambda e: self.read(e, loops), loop_index, compute)
        return np.broadcast_to(value, tuple(self.sizes[loop] for loop in loops))

    def generic(self, loops, reductions, expression, out_axes, init, element, compute,
                combine=None, in_place=None, swap=False):
        """Prints a linalg.generic and returns its name. `combine` (acc, value)
        makes a reduction; `in_place` is a leaf that is read from `init`."""
        self.loops = loops
        inputs = [e for e in leaves(expression) if e != in_place]
        names, block = {}, []
        for i, e in enumerate(inputs):
            names[e] = (f"%in_{i}", e[1].element)
            block.append(f"%in_{i}: {e[1].element}")
        block.append(f"%acc: {element}")
        if in_place:
            names[in_place] = ("%acc", element)
        indent = self.indent + "  "
        body = Body(self, names, compute, indent, "y_")
        value, kind = body.emit(expression)
        if combine:
            acc = body.convert("%acc", element, kind)
            pair = (acc, value) if swap else (value, acc)
            value = body.op(f"{combine} {pair[0]}, {pair[1]} : {kind}")
        value = body.convert(value, kind, element)
        maps = [self.map(loops, e[2]) for e in inputs] + [self.map(loops, out_axes)]
        kinds = ", ".join('"reduction"' if loop in reductions else '"parallel"' for loop in loops)
        ins = "" if not inputs else (
            f" ins({', '.join(e[1].name for e in inputs)} : "
            f"{', '.join(e[1].type for e in inputs)})")
        out = self.type(out_axes, element)
        name = self.fresh()
        self.line(f"{name} = linalg.generic {{indexing_maps = [{', '.join(maps)}], "
                  f"iterator_types = [{kinds}]}}{ins} outs({init} : {out}) {{")
        self.line(f"^bb0({', '.join(block)}):")
        self.lines += body.lines
        self.line(f"  linalg.yield {value} : {element}")
        self.line(f"}} -> {out}")
        return name

    def scalar(self, expression, compute):
        """The expression as scalar operations outside any body."""
        self.note_type(compute)
        self.counter += 1
        body = Body(self, {}, compute, self.indent, f"s{self.counter}_")
        value, _ = body.emit(expression)
        self.lines += body.lines
        return ("scalar", value, compute, float(self.value_of(expression, [], compute)))

    def extract(self, tensor):
        """The element of a tensor of size 1 as a scalar."""
        at = ", ".join(self.constant(0, "index") for _ in tensor.axes)
        name = self.result(f"tensor.extract {tensor.name}[{at}] : {tensor.type}")
        return ("scalar", name, tensor.element, float(tensor.value.reshape(())))

    def renamed(self, tensor, axes):
        """The same tensor with other names for axes of the same sizes."""
        return Tensor(tensor.name, axes, tensor.element, tensor.value, tensor.type)

    def repeat(self, count, start, body):
        """An scf.for of `count` trips around body(tensor) -> tensor."""
        zero, one, end = (self.constant(i, "index") for i in (0, 1, count))
        name, carried = self.fresh(), self.fresh("it")
        self.line(f"{name} = scf.for %trip_{self.counter} = {zero} to {end} step {one} "
                  f"iter_args({carried} = {start.name}) -> ({start.type}) {{")
        state, counter, value = self.rng.bit_generator.state, self.counter, start.value
        lines, self.indent = None, self.indent + "  "
        before, outer = self.lines, self.indent
        for _ in range(count):
            # The same draws again: the text is the same, the values go on.
            self.rng.bit_generator.state, self.counter = state, counter
            self.lines = []
            out = body(Tensor(carried, start.axes, start.element, value, start.type))
            value, lines = out.value, lines or self.lines
        self.lines, self.indent = before + lines, outer
        self.line(f"scf.yield {out.name} : {out.type}")
        self.indent = self.indent[:-2]
        self.line("}")
        return Tensor(name, out.axes, out.element, value, out.type)

    def text(self):
        """The function, and the helpers that it calls."""
        arguments = ", ".join(f"{a.name}: {a.type}" for a in self.arguments)
        kinds = ", ".join(r.type for r in self.results)
        names = ", ".join(r.name for r in self.results)
        kinds = f"({kinds})" if len(self.results) != 1 else kinds
        types = ", ".join(r.type for r in self.results)
        return "\n".join([*self.helpers, f"func.func @{self.name}({arguments}) -> {kinds} {{",
                          *self.head, *self.lines, f"  return {names} : {types}", "}"]) + "\n"

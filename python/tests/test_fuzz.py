"""2,000 random bad calls from a seed: each raises an exception of the package's
kinds with a message that says what was expected, and the interpreter lives on."""
import os
import random
import tempfile
import unittest

import numpy as np

import rcm

SHAPE = (2, 4, 5, 8)
BAD_OBJECTS = (None, "x", [], {}, object(), b"", float("nan"), -1, np, (1, 2), slice(None),
               SHAPE, np.dtype("f4"), lambda: 0)
BAD_DTYPES = ("i4", "u1", "c8", "?", "O", "U3", ">f4", "M8[s]", "V6")
BAD_SHAPES = ((2, 4, 5, 9), (2, 5, 4, 8), (0, 4, 5, 8), (2, 4), (), (2,), (2, 3, 5, 8),
              (2, 4, 5, 8, 1), (2, 4, 5, 0))


def good():
    return [np.ones(SHAPE, "f4") for _ in range(4)] + [0.5]


def misaligned():
    return np.zeros(4 * np.prod(SHAPE) + 4, "u1")[1:-3].view("f4").reshape(SHAPE)


def frozen():
    array = np.ones(SHAPE, "f4")
    array.flags.writeable = False
    return array


def bad_array(rng, position):
    """Something that cannot stand for argument `position` (q, k, v or x)."""
    # Keys may have another length than the queries, but not another than values.
    return rng.choice((
        lambda: rng.choice(BAD_OBJECTS),
        lambda: np.zeros(SHAPE, rng.choice(BAD_DTYPES)),
        lambda: np.zeros(rng.choice(BAD_SHAPES), "f4"),
        lambda: memoryview(bytes(16)),
        misaligned,
    ))()


def bad_time(rng):
    return rng.choice((None, "soon", b"1", [], [0.5, 0.5], {}, object(), 1j, np.ones(1, "f4"),
                       np.ones(3, "f4"), np.ones((2, 1), "f4"), np.ones(2, "i8"), np.ones(2, "f2"),
                       10 ** 400))


def bad_keyword(rng, arguments):
    nan, inf = float("nan"), float("inf")
    name = rng.choice(("schedule", "sigma_data", "scale", "causal", "layout", "recipe", "out",
                       "no_such_keyword"))
    values = {
        "schedule": ("sde", "", None, 3, b"edm", []),
        "sigma_data": (nan, inf, -inf, 0, -1, None, "1", [], np.ones(2), 1j),
        "scale": (nan, inf, "0.5", b"1", [], {}, np.ones(2), 1j, object()),
        "causal": ("yes", None, 2, [], 0.5, np.ones(2)),
        "layout": ("BHDL", "", None, 3, [], b"BHLD"),
        "recipe": ("int8-e4m3", "", 3, [], b"none", np.ones(2)),
        "out": ("x", 3, [], np.ones(SHAPE, "i4"), np.ones((2, 4, 5), "f4"), frozen(), misaligned(),
                arguments[rng.randrange(3)] if isinstance(arguments[0], np.ndarray) else "x"),
        "no_such_keyword": (1,),
    }[name]
    return name, rng.choice(values)


class Fuzz(unittest.TestCase):
    def expect(self, function, *arguments, otherwise=(), **named):
        try:
            function(*arguments, **named)
        except (TypeError, ValueError, rcm.Error) as error:
            # Python itself words what is wrong with the call's form.
            if "unexpected keyword" not in str(error):
                self.assertRegex(str(error), "expect|missing|error:")
            return
        self.fail(f"no exception for {arguments} {named}")

    def warm(self):
        """Calls that are right, so that those which follow could take the short way."""
        q, k, v, x, t = good()
        for _ in range(2):
            for out in (None, np.ones(SHAPE, "f4")):
                rcm.attention(q, k, v, out=out)
                for time in (t, np.ones(2, "f4"), np.array(0.5)):
                    rcm.attention_skip(q, k, v, x, time, out=out)

    def test_attention_skip(self):
        self.warm()
        rng = random.Random(1)
        for _ in range(900):
            arguments = good()
            named = {}
            for _ in range(rng.randint(1, 3)):
                kind = rng.randrange(3)
                if kind == 0:
                    position = rng.randrange(4)
                    arguments[position] = bad_array(rng, position)
                elif kind == 1:
                    arguments[4] = bad_time(rng)
                else:
                    name, value = bad_keyword(rng, arguments)
                    named[name] = value
            self.expect(rcm.attention_skip, *arguments, **named)

    def test_attention(self):
        self.warm()
        rng = random.Random(2)
        for _ in range(300):
            arguments = good()[:3]
            position = rng.randrange(3)
            arguments[position] = bad_array(rng, position)
            self.expect(rcm.attention, *arguments)

    def test_kernel(self):
        kernel = rcm.compile("func.func @f(%a: tensor<4x?xf32>, %n: i64, %m: memref<2xf64>) -> "
                             "tensor<4x?xf32> {\n return %a : tensor<4x?xf32>\n}")
        rng = random.Random(3)
        bad = (lambda: rng.choice((*BAD_OBJECTS, np.ones((4, 6), "f4")[:, ::2], np.ones(4, "f4"),
                                   np.ones((4, 2), "f8"), np.ones((3, 2), "f4"))),
               lambda: rng.choice((None, "1", b"1", [], 1 << 63, -(1 << 64), float("nan"), 1j,
                                   float("inf"))),
               lambda: rng.choice((*BAD_OBJECTS, np.ones(3, "f8"), np.ones(2, "f4"),
                                   np.ones(4, "f8")[::2], bytes(16), memoryview(bytes(16)))))
        for _ in range(400):
            arguments = [np.ones((4, 3), "f4"), 1, np.ones(2, "f8")]
            position = rng.randrange(3)
            arguments[position] = bad[position]()
            if rng.random() < 0.1:
                arguments = arguments[:rng.randrange(3)]
            elif rng.random() < 0.1:
                arguments.append(1)
            self.expect(kernel, *arguments)

    def test_objects(self):
        rng = random.Random(4)
        with tempfile.TemporaryDirectory() as folder:
            with open(rcm.prebuild(folder, dtype="float32", dim=16, recipe="none"), "rb") as file:
                whole = file.read()
            path = os.path.join(folder, "bad.rcmobj")
            for _ in range(250):
                data = bytearray(whole[:rng.randrange(len(whole))] if rng.random() < 0.5 else whole)
                # At least one byte is another one, or the end is missing.
                for _ in range(rng.randint(1, 4) if len(data) else 0):
                    data[rng.randrange(len(data))] ^= rng.randint(1, 255)
                if data == whole:
                    data.pop()
                with open(path, "wb") as file:
                    file.write(data)
                self.expect(rcm.load, path)

    def test_texts(self):
        text = ("func.func @f(%q: tensor<4x8xf32>, %o: tensor<4x8xf32>) -> tensor<4x8xf32> {\n"
                "  %0 = rcm.attention scale(0.25)\n"
                "      ins(%q, %q, %q : tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>)\n"
                "      outs(%o : tensor<4x8xf32>) -> tensor<4x8xf32>\n"
                "  return %0 : tensor<4x8xf32>\n}\n")
        rng = random.Random(5)
        for _ in range(150):
            # A text that ends early never closes its function.
            cut = text[:rng.randrange(12, len(text) - 2)]
            noise = "".join(rng.choice("%@(){}<>x0 \0\n\u00e9\"") for _ in range(rng.randrange(4)))
            self.expect(rcm.compile, "\n" + cut + noise + rng.choice(("(", "\0", "%")))


if __name__ == "__main__":
    unittest.main()

"""Writes what an exporter printed as test data: one MLIR file with a function
per module, and a JSON file with arguments and the framework's results."""
import json
import re
import textwrap

ATTENTION_PIPELINES = (
    "iree-linalg-ext-decompose-aggregated-ops{filter-ops=iree_linalg_ext.attention}",
    "iree-linalg-ext-convert-attention-to-online-attention,iree-linalg-ext-decompose-attention")


def plain_function(text, name):
    """A function of IREE's input form as a func.func of tensors. Nothing but
    the way in and out is changed."""
    lines, arguments, names, result = [], [], {}, None
    for line in inline_maps(text).splitlines():
        argument = re.match(r"\s*(%\w+) = hal\.tensor\.import .*?(%arg\d+) .*-> (tensor<[^>]*>)",
                            line)
        barrier = re.match(r"\s*(%\w+)(?::\d+)? = hal\.tensor\.barrier join\((%[\w#]+) ", line)
        leaves = re.match(r"\s*%\w+ = hal\.tensor\.export (%[\w#]+) .*: (tensor<[^>]*>)", line)
        if argument:
            arguments.append(f"{argument.group(1)}: {argument.group(3)}")
        elif barrier:
            names[barrier.group(1)] = barrier.group(2)
        elif leaves:
            result = (names.get(leaves.group(1), leaves.group(1)), leaves.group(2))
        else:
            lines.append(line)
    body, inside = [], False
    for line in lines:
        if re.match(r"\s*util\.func public @main\$async", line):
            inside = True
        elif inside and re.match(r"\s*util\.return", line):
            break
        elif inside:
            body.append(line)
    text = textwrap.dedent("\n".join(body))
    return (f"func.func @{name}({', '.join(arguments)}) -> {result[1]} {{\n"
            + textwrap.indent(text, "  ") + f"\n  return {result[0]} : {result[1]}\n}}\n")


def inline_maps(text):
    """Maps and constants written out, so that functions can stand side by
    side."""
    # A blob starts with its alignment, four bytes.
    blobs = dict(re.findall(r'^\s*([\w.]+): "0x[0-9A-F]{8}([0-9A-F]*)"', text, re.M | re.I))
    text = re.sub(r"dense_resource<([\w.]+)>", lambda m: f'dense<"0x{blobs[m.group(1)]}">', text)
    maps = dict(re.findall(r"^(#\w+) = (affine_map<.*>)$", text, re.M))
    text = re.sub(r"^#.*\n", "", text, flags=re.M)
    return re.sub(r"#map\w*", lambda m: maps.get(m.group(0), m.group(0)), text)


def short_maps(text):
    """The opposite: each map once, at the head of the file."""
    names = {}
    text = re.sub(r"affine_map<[^>]*->[^>]*>",
                  lambda m: names.setdefault(m.group(0), f"#map{len(names)}"), text)
    return "".join(f"{name} = {value}\n" for value, name in names.items()) + text


class Recording:
    def __init__(self, tools):
        self.tools, self.functions, self.entries, self.notes = tools, [], {}, []

    def add(self, name, text, arguments, result, fuses, reason=None):
        """`arguments` are {"shape", "element", "formula", ...}."""
        self.functions.append(text)
        self.entries[name] = {"arguments": arguments, "result": result, "fuses": fuses}
        if reason:
            self.entries[name]["reason"] = reason

    def write(self, path):
        with open(path + ".mlir", "w", encoding="utf-8") as out:
            for line in [f"Recorded from {self.tools}.", *self.notes]:
                out.write(f"// {line}\n")
            text = "".join("\n" + function for function in self.functions)
            out.write(short_maps(text))
        with open(path + ".json", "w", encoding="utf-8") as out:
            out.write('{"tools": ' + json.dumps(self.tools) + ',\n "functions": {\n')
            out.write(",\n".join(f"  {json.dumps(name)}: {json.dumps(entry)}"
                                 for name, entry in self.entries.items()))
            out.write("\n}}\n")

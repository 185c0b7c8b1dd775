"""Writes what an exporter printed as test data: one MLIR file with a function
per module, and a JSON file with arguments and the framework's results."""
import json
import os
import re
import subprocess
import sys
import textwrap

ATTENTION_PIPELINES = {
    "_aggregated": "iree-linalg-ext-decompose-aggregated-ops"
                   "{filter-ops=iree_linalg_ext.attention}",
    "_online": "iree-linalg-ext-convert-attention-to-online-attention,"
               "iree-linalg-ext-decompose-attention"}


def plain_function(text, name):
    """A function of IREE's input form as a func.func of tensors. Nothing but
    the way in and out is changed."""
    lines, arguments, names, result = [], [], {}, None
    direct = re.search(r"util\.func public @main\((.*?)\) -> (tensor<[^>]*>) \{", text)
    if direct:
        arguments.append(direct.group(1))
        result = (re.search(r"util\.return (%[\w#]+) : ", text).group(1), direct.group(2))
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
        if re.match(r"\s*util\.func public @main\b", line):
            inside = True
        elif inside and re.match(r"\s*util\.return", line):
            break
        elif inside:
            body.append(line)
    text = textwrap.dedent("\n".join(body))
    if "util." in text or "iree" in text:
        raise ValueError(f"{name}: expected linalg alone, got " +
                         re.search(r"(util|iree\w*)\.\w+", text).group(0))
    return (f"func.func @{name}({', '.join(arguments)}) -> {result[1]} {{\n"
            + textwrap.indent(text, "  ") + f"\n  return {result[0]} : {result[1]}\n}}\n")


def inline_maps(text):
    """Maps and constants written out, so that functions can stand side by
    side."""
    # A blob starts with its alignment, four bytes.
    blobs = dict(re.findall(r'^\s*([\w.]+): "0x[0-9A-F]{8}([0-9A-F]*)"', text, re.M | re.I))
    text = re.sub(r"dense_resource<([\w.]+)>", lambda m: f'dense<"0x{blobs[m.group(1)]}">', text)
    text = text.split("\n{-#")[0] + "\n"
    maps = dict(re.findall(r"^(#\w+) = (affine_map<.*>)$", text, re.M))
    text = re.sub(r"^#.*\n", "", text, flags=re.M)
    return re.sub(r"#map\w*", lambda m: maps.get(m.group(0), m.group(0)), text)


def short_maps(text):
    """The opposite: each map once, at the head of the file."""
    names = {}
    text = re.sub(r"affine_map<[^>]*->[^>]*>",
                  lambda m: names.setdefault(m.group(0), f"#map{len(names)}"), text)
    return "".join(f"{name} = {value}\n" for value, name in names.items()) + text


class ToolFailure(Exception):
    pass


def run(tool, *arguments, text):
    """What a program beside this interpreter makes of the text."""
    path = os.path.join(os.path.dirname(sys.executable), tool)
    done = subprocess.run([path, "-", *arguments], input=text, text=True, check=False,
                          capture_output=True)
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if "error:" in line]
        raise ToolFailure(re.sub(r"^.*?error: ", "", (errors or ["?"])[0])[:160])
    return done.stdout


class Recording:
    """`other` is an earlier recording: functions that are the same there are
    left out, with a note."""

    def __init__(self, tools, other=None):
        self.tools, self.functions, self.entries, self.notes = tools, [], {}, []
        self.same, self.other = {}, other and os.path.basename(other)
        if other:
            with open(other, encoding="utf-8") as file:
                text = inline_maps(file.read())
            self.same = dict(re.findall(r"^(?=func\.func @(\w+)\()(.*?^}\n)", text,
                                        re.M | re.S))

    def add(self, name, text, arguments, result, reason=None):
        """`arguments` are {"shape", "element", "formula", ...}; with a reason,
        fusion must refuse and give it."""
        if name not in self.same or self.same[name] != text:
            self.functions.append(text)
            self.entries[name] = {"arguments": arguments, "result": result,
                                  "fuses": reason is None}
            if reason:
                self.entries[name]["reason"] = reason
        else:
            self.notes.append(f"{name}: as in {self.other}.")

    def refused(self, name, error):
        """The exporter cannot export this module; the file says so."""
        self.notes.append(f"{name}: not exported: {error}.")
        print(f"{name}: {error}", file=sys.stderr)

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

"""Programs that modules go through, each run in a process of its own."""
import os
import re
import shutil
import subprocess

LIMIT_S = 300  # for one program on one batch

FUSION = ("rcm-fuse-attention-skip", "rcm-fuse-attention")
# From linalg and rcm on tensors to the LLVM dialect, without optimization and
# without freeing: executed code gets its memory from an arena.
LOWERING = (
    "builtin.module(convert-rcm-to-linalg,rcm-decompose-softmax,"
    "convert-elementwise-to-linalg,one-shot-bufferize{bufferize-function-boundaries "
    "function-boundary-type-conversion=identity-layout-map},"
    "func.func(llvm-request-c-wrappers,convert-linalg-to-loops),"
    "expand-strided-metadata,lower-affine,convert-scf-to-cf,"
    "func.func(convert-math-to-llvm),convert-math-to-libm,convert-to-llvm,"
    "reconcile-unrealized-casts)")


class ToolError(Exception):
    """A program failed. `crashed` tells a crash from a refusal."""

    def __init__(self, program, code, message):
        super().__init__(message)
        self.crashed = code < 0 or code > 128 or "PLEASE submit a bug report" in message
        self.first = next((line for line in message.splitlines() if "error:" in line),
                          message[:300] or f"{program} ended with {code}")


def find(name, folder=None):
    for candidate in ([os.path.join(folder, name)] if folder else [name, name + "-22"]):
        path = shutil.which(candidate)
        if path:
            return path
    raise SystemExit(f"error: expected {name} in {folder or 'PATH'}, found none")


class Tools:
    def __init__(self, bin_dir=None, planted_bug=0):
        option = f"=planted-bug={planted_bug}" if planted_bug else ""
        self.fusion = [f"--{name}{option}" for name in FUSION]
        self.opt = find("rcm-opt", bin_dir)
        self.translate = find("mlir-translate")
        self.llc = find("llc")
        self.linker = find("ld")
        self.libraries = os.path.join(
            os.path.dirname(os.path.dirname(os.path.realpath(self.translate))), "lib")

    def run(self, command, text=b""):
        try:
            done = subprocess.run(command, input=text, capture_output=True, timeout=LIMIT_S,
                                  check=False)
        except subprocess.TimeoutExpired:
            raise ToolError(command[0], -1, f"{command[0]} ran longer than {LIMIT_S} s") from None
        if done.returncode:
            raise ToolError(command[0], done.returncode,
                            done.stderr.decode(errors="replace")[:20000])
        return done.stdout, done.stderr.decode(errors="replace")

    def passes(self, text, arguments):
        """The module after passes, and what was said on the way."""
        out, said = self.run([self.opt, "-", "--mlir-disable-threading", *arguments],
                             text.encode())
        return out.decode(), said

    def fuse(self, text, extra=()):
        return self.passes(text, [*self.fusion, "--remarks-filter=rcm-fuse.*", *extra])

    def compile(self, text, library):
        """Makes a shared library of every function of the module."""
        # What comes in has been verified; checking after each pass costs a third.
        lowered, _ = self.run([self.opt, "-", "--mlir-disable-threading", "--emit-bytecode",
                               "--verify-each=0", f"--pass-pipeline={LOWERING}"],
                              text.encode())
        code, _ = self.run([self.translate, "--mlir-to-llvmir", "-"], lowered)
        self.run([self.llc, "-O0", "-relocation-model=pic", "-filetype=obj", *self.features(),
                  "-o", library + ".o", "-"], with_arena(code.decode()).encode())
        # What converts to and from f16 and bf16 is called, not compiled in.
        self.run([self.linker, "-shared", "-o", library, library + ".o", "-L", self.libraries,
                  "-rpath", self.libraries, "-lmlir_float16_utils"])

    @staticmethod
    def features():
        """Conversions of f16 in hardware where there are any."""
        try:
            with open("/proc/cpuinfo", encoding="utf-8") as info:
                return ["-mattr=+f16c"] if " f16c " in info.read() else []
        except OSError:
            return []


ARENA_BYTES = 1 << 25
ARENA = f"""
@arena_memory = internal global [{ARENA_BYTES} x i8] zeroinitializer, align 64
@arena_top = global i64 0
define internal ptr @arena_get(i64 %size) {{
  %top = load i64, ptr @arena_top
  %padded = add i64 %size, 63
  %rounded = and i64 %padded, -64
  %next = add i64 %top, %rounded
  %fits = icmp ule i64 %next, {ARENA_BYTES}
  br i1 %fits, label %yes, label %no
yes:
  store i64 %next, ptr @arena_top
  %at = getelementptr i8, ptr @arena_memory, i64 %top
  ret ptr %at
no:
  call void @llvm.trap()
  unreachable
}}
declare void @llvm.trap()
"""


def with_arena(code):
    """LLVM IR whose allocations come from memory that is reset by the caller."""
    code = re.sub(r"^declare .*@malloc\(i64.*\n", "", code, flags=re.M)
    return code.replace("@malloc(", "@arena_get(") + ARENA


FUNCTION = re.compile(r"^( *)func\.func (?:private )?@(\w+)")


def split(text):
    """{function: lines} of a printed module, and the lines before it."""
    before, functions, name, indent = [], {}, None, ""
    for line in text.splitlines():
        match = FUNCTION.match(line)
        if match and name is None:
            indent, name = match.groups()
            functions[name] = []
        if name is not None:
            functions[name].append(line)
            if line == indent + "}":
                name = None
        elif not functions and not line.startswith("module"):
            before.append(line)
    return before, functions


def reasons(said, text):
    """{function: reasons of `missed` remarks} from the lines they point to."""
    starts = []
    for number, line in enumerate(text.splitlines(), 1):
        match = FUNCTION.match(line)
        if match:
            starts.append((number, match.group(2)))
    found = {}
    for number, reason in re.findall(
            r':(\d+):\d+: remark: \[Missed\] not-fused \|.*Remark="([a-z-]+)', said):
        owner = None
        for start, name in starts:
            if start <= int(number):
                owner = name
        found.setdefault(owner, []).append(reason)
    return found

# The suite's configuration. Features a test may require:
#   ptxas       a CUDA Toolkit new enough to assemble sm_90a kernels
#   nvidia-gpu  a GPU of compute capability 9.0 (and RCM_TEST_GPU not 0)
#   chromium    a headless browser, which looks at the pages of rcm-bench
#   sanitizer   an ASan build; `UNSUPPORTED: sanitizer` leaves a test out there
import os
import shutil

import lit.formats

config.name = "rcm"
config.test_format = lit.formats.ShTest(execute_external=True)
config.suffixes = [".mlir", ".test", ".c"]
config.excludes = ["Inputs", "outside", "sanitizer", "unit", "lit.cfg.py", "CMakeLists.txt"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.rcm_binary_dir, "test")

bin_dir = os.path.join(config.rcm_binary_dir, "bin")
folders = [bin_dir, config.llvm_tools_dir, os.environ.get("PATH", "")]
python = config.python
if config.sanitized:
    # Stock programs that load our libraries run through stand-ins.
    stand_ins = os.path.join(config.test_exec_root, "sanitizer")
    folders.insert(0, os.path.join(stand_ins, "bin"))
    python = os.path.join(stand_ins, "preload") + " " + python
    options = os.path.join(config.test_source_root, "sanitizer")
    with open(os.path.join(options, "options")) as lines:
        for line in lines:
            if line.strip() and not line.startswith("#"):
                name, value = line.strip().split("=", 1)
                config.environment[name] = value.replace("%S", options)
config.environment["PATH"] = os.pathsep.join(folders)
for name in ("HOME", "RCM_TEST_GPU", "LD_LIBRARY_PATH"):
    if name in os.environ:
        config.environment[name] = os.environ[name]

config.substitutions += [
    ("%rcm_src", config.rcm_source_dir),
    ("%rcm_bin", config.rcm_binary_dir),
    ("%rcm_lib", os.path.join(config.rcm_binary_dir, "lib")),
    ("%python", python),
    ("%mlir_include", config.mlir_include_dir),
    ("%llvm_lib", config.llvm_library_dir),
    ("%openmp", config.openmp),
    ("%ptxas", config.ptxas or "ptxas"),
]
if config.ptxas:
    config.available_features.add("ptxas")
if config.sanitized:
    config.available_features.add("sanitizer")
if os.environ.get("RCM_TEST_GPU", "1") != "0" and shutil.which("nvidia-smi"):
    config.available_features.add("nvidia-gpu")
if shutil.which("chromium") or shutil.which("chromium-browser"):
    config.available_features.add("chromium")

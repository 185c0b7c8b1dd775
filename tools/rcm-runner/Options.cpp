//===- Options.cpp - command line of rcm-runner ---------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Options.h"

#include "rcm/Reference/Generators.h"
#include "support/Timing.h"

#include <algorithm>
#include <cstdio>

using namespace rcm::tools;

static const std::vector<OptionInfo> kOptions = {
    {"function", "NAME", "function to run; default: the only public one"},
    {"args", "GENERATOR",
     "what fills float arguments; default: normal. An argument\n"
     "named t or time gets uniform:0:2, integers get 0"},
    {"arg", "KEY=VALUE",
     "one argument, by name or index. VALUE is a generator,\n"
     "FILE.npy, a number, or comma-separated numbers",
     true},
    {"shape", "KEY=AxBxC", "sizes of an argument whose type leaves them open",
     true},
    {"output", "[INDEX=]FILE.npy",
     "writes a result; without it a summary is printed", true},
    {"compare", "",
     "runs the module as written, fused, and in f64 on the same\n"
     "inputs, and prints a table; fails if a tolerance is broken"},
    {"target", "cpu|gpu|auto",
     "where to run; default: auto, a GPU that fits if there is one"},
    {"guard", "",
     "on a GPU: NaNs before and behind every argument in memory,\n"
     "which must neither be read nor written"},
    {"sweep", "NAME",
     "checks many calls of the objects' entries in one process:\n"
     "queries, keys (lengths 0 to 300), wan (video lengths, +-1),\n"
     "random (sizes, strides, data), repeat (same bits), large\n"
     "(offsets beyond 2^31 elements)"},
    {"cases", "N",
     "calls of --sweep=random, launches per shape of\n"
     "--sweep=repeat; default: 1000"},
    {"emit", "nvvm|ptx|cubin|object",
     "compiles all functions, or that of --function, for a GPU\n"
     "instead of running one; needs no GPU, but cubin needs ptxas"},
    {"o", "FILE",
     "where --emit writes; default: standard output for text,\n"
     "otherwise the module's name with .cubin or .rcmobj"},
    {"chip", "NAME", "the GPU to compile for; default: sm_90a"},
    {"recipe", "NAME",
     "number formats of attention on a GPU: none (f32), bf16, f16,\n"
     "int8-e4m3 or auto (docs/CostModel.md); default: by the element\n"
     "types, and said"},
    {"tuning-table", "FILE",
     "measured schedules of rcm-bench --tune; none: rules only;\n"
     "default: the compiler's own table"},
    {"ptxas", "PATH", "the assembler; default: the first ptxas on PATH"},
    {"pipeline", "PASSES",
     "passes to the LLVM dialect; default:\n"
     "rcm-fuse-attention-skip,rcm-to-cpu"},
    {"repeat", "N", "timed runs; default: 1, with --compare 3"},
    {"warmup", "N", "runs before them; default: 0, with --compare 1"},
    {"seed", "N", "seed of the generators; default: 0"},
    {"tolerance", "X",
     "largest |difference| allowed, relative to max(1, max |value|);\n"
     "default: 1e-12 (f64), 1e-5 (f32), 2e-3 (f16), 1.6e-2 (bf16)"},
    {"json", "FILE", "writes the results of --compare; - is standard output"},
    {"memory-limit", "BYTES",
     "most temporaries of a run, such as 512M or 8G;\n"
     "default: half of the RAM"},
    {"help", "", "prints this text"},
    {"version", "", "prints the version"},
};

static void printHelp() {
  std::printf("rcm-runner: runs a function of an MLIR module or an entry of a "
              "kernel object\n\n"
              "usage: rcm-runner FILE.mlir|FILE.rcmobj [options]\n\n%s\n"
              "Generators: %s\n\n"
              "Examples:\n"
              "  rcm-runner attention.mlir --compare\n"
              "  rcm-runner attention.mlir --arg q=q.npy --arg t=0.0,0.7 "
              "--output out.npy\n"
              "  rcm-runner attention.mlir --emit=object -o attention.rcmobj\n"
              "  rcm-runner attention.rcmobj --shape q=1x12x4096x128 ... "
              "--compare\n",
              describeOptions(kOptions).c_str(),
              std::string(rcm::reference::generatorSyntax()).c_str());
}

/// Splits KEY=VALUE options.
static Result<std::vector<Assignment>> parseAssignments(const CommandLine &line,
                                                        std::string_view name) {
  std::vector<Assignment> list;
  for (const std::string &text : line.getAll(name)) {
    size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
      return Error{"expected `--" + std::string(name) +
                   "` to be KEY=VALUE, got '" + text + "'"};
    list.push_back({text.substr(0, equals), text.substr(equals + 1)});
  }
  return list;
}

static std::vector<Assignment> parseOutputs(const CommandLine &line) {
  std::vector<Assignment> list;
  for (const std::string &text : line.getAll("output")) {
    size_t equals = text.find('=');
    // Paths may hold '='; only digits before it are an index.
    bool indexed = equals != std::string::npos && equals > 0 &&
                   text.find_first_not_of("0123456789") == equals;
    if (indexed)
      list.push_back({text.substr(0, equals), text.substr(equals + 1)});
    else
      list.push_back({"", text});
  }
  return list;
}

static Result<void> parseTarget(const CommandLine &line,
                                RunnerOptions &options) {
  std::string target = line.get("target", "auto");
  if (target != "cpu" && target != "auto" && target != "gpu")
    return Error{"expected `--target` to be cpu, gpu or auto, got '" + target +
                 "'"};
  options.target = target == "cpu"   ? Target::CPU
                   : target == "gpu" ? Target::GPU
                                     : Target::Auto;
  options.targetIsGiven = line.has("target");
  options.gpuCompile.chip = line.get("chip", options.gpuCompile.chip);
  options.gpuCompile.recipe = line.get("recipe");
  options.gpuCompile.tuningTable = line.get("tuning-table");
  options.gpuCompile.ptxas = line.get("ptxas");
  options.outputFile = line.get("o");
  options.guard = line.has("guard");
  options.sweep = line.get("sweep");
  static const std::string kSweeps[] = {"queries", "keys",   "wan",
                                        "random",  "repeat", "large"};
  if (line.has("sweep") &&
      std::find(std::begin(kSweeps), std::end(kSweeps), options.sweep) ==
          std::end(kSweeps))
    return Error{"expected `--sweep` to be queries, keys, wan, random, repeat "
                 "or large, got '" +
                 options.sweep + "'"};
  if (line.has("emit")) {
    options.emit = parseGPUFormat(line.get("emit"));
    if (!options.emit)
      return Error{"expected `--emit` to be nvvm, ptx, cubin or object, got '" +
                   line.get("emit") + "'"};
    for (const char *name : {"compare", "output", "json"})
      if (line.has(name))
        return Error{std::string("expected `--emit` or `--") + name +
                     "`, got both"};
  } else if (line.has("o")) {
    return Error{"expected `-o` together with `--emit`, got it alone"};
  }
  return {};
}

static Result<void> parseNumbers(const CommandLine &line,
                                 RunnerOptions &options) {
  // More runs than anyone waits for.
  constexpr int64_t kMostRuns = 1000000;
  auto repeat =
      line.getInteger("repeat", options.compare ? 3 : 1, 1, kMostRuns);
  auto warmup =
      line.getInteger("warmup", options.compare ? 1 : 0, 0, kMostRuns);
  auto seed = line.getInteger("seed", 0, 0, INT64_MAX);
  auto cases = line.getInteger("cases", options.cases, 1, kMostRuns);
  for (const auto *value : {&repeat, &warmup, &seed, &cases})
    if (!*value)
      return Error{value->error()};
  options.repeat = *repeat;
  options.warmup = *warmup;
  options.seed = *seed;
  options.cases = *cases;
  if (line.has("tolerance")) {
    Result<double> tolerance = parseNumber(line.get("tolerance"));
    if (!tolerance || !(*tolerance >= 0))
      return Error{"expected `--tolerance` to be a number >= 0, got '" +
                   line.get("tolerance") + "'"};
    options.tolerance = *tolerance;
  }
  options.memoryLimit = static_cast<uint64_t>(memoryBytes() / 2);
  if (line.has("memory-limit")) {
    Result<uint64_t> limit = parseBytes(line.get("memory-limit"));
    if (!limit)
      return Error{"`--memory-limit`: " + limit.error()};
    options.memoryLimit = *limit;
  }
  return {};
}

Result<std::optional<RunnerOptions>> rcm::tools::parseOptions(int argc,
                                                              char **argv) {
  Result<CommandLine> line = CommandLine::parse(argc, argv, kOptions);
  if (!line)
    return Error{line.error()};
  if (line->has("help")) {
    printHelp();
    return std::optional<RunnerOptions>();
  }
  if (line->has("version")) {
    std::printf("rcm-runner %s\n", RCM_PROJECT_VERSION);
    return std::optional<RunnerOptions>();
  }
  if (line->positional().size() != 1 &&
      !(line->has("sweep") && !line->positional().empty()))
    return Error{"expected one FILE.mlir, got " +
                 std::to_string(line->positional().size()) +
                 "; see rcm-runner --help"};
  RunnerOptions options;
  options.file = line->positional()[0];
  options.files = line->positional();
  options.function = line->get("function");
  options.defaultGenerator = line->get("args", options.defaultGenerator);
  options.compare = line->has("compare");
  options.pipeline = line->get("pipeline", kFusedPipeline);
  options.pipelineIsGiven = line->has("pipeline");
  options.json = line->get("json");
  options.outputs = parseOutputs(*line);
  if (auto target = parseTarget(*line, options); !target)
    return Error{target.error()};
  if (auto numbers = parseNumbers(*line, options); !numbers)
    return Error{numbers.error()};
  auto arguments = parseAssignments(*line, "arg");
  auto shapes = parseAssignments(*line, "shape");
  if (!arguments || !shapes)
    return Error{!arguments ? arguments.error() : shapes.error()};
  options.arguments = std::move(*arguments);
  options.shapes = std::move(*shapes);
  if (!options.json.empty() && !options.compare)
    return Error{"expected `--json` together with `--compare`, got it alone"};
  if (!options.outputs.empty() && options.compare)
    return Error{"expected `--output` or `--compare`, got both"};
  return std::optional<RunnerOptions>(std::move(options));
}

//===- Options.cpp - command line of rcm-bench ----------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Options.h"

#include "rcm/Reference/Recipe.h"

#include <algorithm>
#include <cstdio>

using namespace rcm::tools;
using rcm::reference::ElementType;

static const std::vector<OptionInfo> kOptions = {
    {"shape", "NAME",
     "a shape by name, or B,Hq,Hkv,Lq,Lk,D, or all;\n"
     "default: proposal_medium, on a GPU all",
     true},
    {"mode", "MODE",
     "attention, skip, two-pass (attention to memory, then the\n"
     "skip) or fused; default: fused",
     true},
    {"dtype", "TYPE",
     "f16, bf16, f32 or f64; default: f32, on a GPU bf16"},
    {"causal", "", "key n is visible to query m if n <= m"},
    {"target", "cpu|gpu", "where to run; default: cpu"},
    {"recipe", "NAME",
     "number formats on a GPU: none, bf16, f16, int8-e4m3 or auto;\n"
     "default: int8-e4m3 for f16 and bf16, none for f32"},
    {"tuning-table", "FILE",
     "measured schedules of --tune to compile with; none: rules\n"
     "only; default: the compiler's own table"},
    {"objects", "FOLDER",
     "takes kernels from here and needs no compiler"},
    {"emit-objects", "FOLDER",
     "compiles the kernels of all cases into a folder instead of\n"
     "timing them; needs no GPU"},
    {"counters", "",
     "on a GPU: also the bytes that the hardware counted, one\n"
     "launch under Nsight Compute (ncu) where it is found"},
    {"sustained", "",
     "on a GPU: also the time of one of many launches in a row"},
    {"once", "", "on a GPU: one launch without a clock, for profilers"},
    {"tune", "",
     "on a GPU: measures the candidate schedules of every shape and\n"
     "writes the fastest to --table; with --emit-objects compiles\n"
     "the candidates instead (docs/Tuning.md)"},
    {"table", "FILE", "the tuning table that --tune or --merge writes"},
    {"merge", "FILE",
     "adds the entries of a tuning table to --table; newer ones win",
     true},
    {"seconds", "X",
     "with --tune: time per shape after the first launches; default: 10"},
    {"orders", "N",
     "with --tune: other orders of the instructions of the usual\n"
     "schedule to try; default: 12"},
    {"rival", "NAME",
     "also times something else in the same run: openblas (sgemm\n"
     "of 2048^3), stock (the unfused module as upstream's passes\n"
     "lower it), torch (PyTorch on the CPU)",
     true},
    {"repeat", "N", "timed runs; default: 10, on a GPU 30"},
    {"warmup", "N", "runs before them; default: 2, on a GPU 3"},
    {"seed", "N", "seed of the data; default: 0"},
    {"json", "FILE", "writes the results; - is standard output"},
    {"errors", "", "also compares a few rows of every result with f64"},
    {"traffic", "", "adds the bytes that every case should move to the JSON"},
    {"report", "FILE.html",
     "draws the results as one self-contained page; implies --errors\n"
     "and --traffic"},
    {"from", "FILE.json",
     "with --report: draws these files (of --json, and of\n"
     "rcm-opt --rcm-report-traffic=format=json) and runs nothing",
     true},
    {"roof-tflops", "X", "with --report: the arithmetic roof of the device"},
    {"roof-gbytes", "X", "with --report: the memory roof, GB/s"},
    {"help", "", "prints this text"},
    {"version", "", "prints the version"},
};

static void printHelp() {
  std::printf("rcm-bench: times attention with and without the skip\n\n"
              "usage: rcm-bench [options]\n\n%s\n"
              "Shapes: %s\n\n"
              "The number of threads is OMP_NUM_THREADS, or all.\n"
              "torch runs in $RCM_TORCH_PYTHON, or in /usr/bin/python3.\n",
              describeOptions(kOptions).c_str(), knownShapes().c_str());
}

static Result<void> parseCases(const CommandLine &line, BenchOptions &options) {
  Case base;
  base.causal = line.has("causal");
  bool forGPU = options.onGPU || !options.emitObjects.empty();
  std::string dtype = line.get("dtype", forGPU ? "bf16" : "f32");
  std::optional<ElementType> type = rcm::reference::parseElementType(dtype);
  if (!type || !isFloat(*type))
    return Error{"expected `--dtype` to be f16, bf16, f32 or f64, got '" +
                 dtype + "'"};
  base.type = *type;
  std::vector<std::string> shapes = line.getAll("shape"),
                           modes = line.getAll("mode");
  if (shapes.empty())
    shapes = {forGPU ? "all" : "proposal_medium"};
  if (std::find(shapes.begin(), shapes.end(), "all") != shapes.end()) {
    shapes.clear();
    for (const Shape &shape : namedShapes())
      shapes.push_back(shape.name);
  }
  if (modes.empty())
    modes = {"fused"};
  for (const std::string &shapeName : shapes)
    for (const std::string &modeName : modes) {
      Result<Shape> shape = parseShape(shapeName);
      if (!shape)
        return Error{shape.error()};
      Result<Mode> mode = parseMode(modeName);
      if (!mode)
        return Error{mode.error()};
      base.shape = *shape;
      base.mode = *mode;
      options.cases.push_back(base);
    }
  return {};
}

static Result<void> parseReport(const CommandLine &line,
                                BenchOptions &options) {
  ReportOptions &report = options.report;
  report.page = line.get("report");
  report.from = line.getAll("from");
  options.errors = line.has("errors") || !report.page.empty();
  options.traffic = line.has("traffic") || !report.page.empty();
  for (const char *name : {"from", "roof-tflops", "roof-gbytes"})
    if (line.has(name) && report.page.empty())
      return Error{std::string("expected `--report` with `--") + name +
                   "`, got none"};
  auto parseRoof = [&](const char *name, double &roof) -> Result<void> {
    if (!line.has(name))
      return {};
    Result<double> value = parseNumber(line.get(name));
    if (!value || !(*value > 0))
      return Error{std::string("expected `--") + name +
                   "` to be a positive number, got '" + line.get(name) + "'"};
    roof = *value;
    return {};
  };
  if (auto roof = parseRoof("roof-tflops", report.roofTeraflops); !roof)
    return roof;
  return parseRoof("roof-gbytes", report.roofGigabytesPerSecond);
}

static Result<void> parseTarget(const CommandLine &line,
                                BenchOptions &options) {
  std::string target = line.get("target", "cpu");
  if (target != "cpu" && target != "gpu")
    return Error{"expected `--target` to be cpu or gpu, got '" + target + "'"};
  options.onGPU = target == "gpu";
  options.objects = line.get("objects");
  options.emitObjects = line.get("emit-objects");
  options.tuningTable = line.get("tuning-table");
  options.counters = line.has("counters");
  options.sustained = line.has("sustained");
  options.once = line.has("once");
  for (const char *name : {"objects", "counters", "sustained", "once"})
    if (line.has(name) && !options.onGPU)
      return Error{std::string("expected `--") + name +
                   "` together with `--target=gpu`, got it alone"};
  if (line.has("tuning-table") &&
      (line.has("objects") || line.has("tune") ||
       (!options.onGPU && options.emitObjects.empty())))
    return Error{"expected `--tuning-table` where kernels are compiled by "
                 "their shapes (`--emit-objects`, or `--target=gpu` without "
                 "`--objects`), got it elsewhere"};
  if (line.has("recipe") && !options.onGPU && options.emitObjects.empty())
    return Error{"expected `--recipe` together with `--target=gpu` or "
                 "`--emit-objects`, got it alone"};
  if (options.onGPU && line.has("rival"))
    return Error{"expected rivals on the CPU only, got `--rival` with "
                 "`--target=gpu`; python/benchmark/peers.py times those of "
                 "GPUs"};
  return {};
}

static Result<void> parseTune(const CommandLine &line, BenchOptions &options) {
  TuneOptions &tune = options.tune;
  tune.enabled = line.has("tune");
  tune.table = line.get("table");
  tune.merge = line.getAll("merge");
  bool compilesOnly = tune.enabled && !options.emitObjects.empty();
  bool writes = (tune.enabled && !compilesOnly) || !tune.merge.empty();
  if (writes && tune.table.empty())
    return Error{"expected `--table` to name the file to write, got none"};
  if (!writes && line.has("table"))
    return Error{"expected `--table` together with `--tune` or `--merge`, got "
                 "it alone"};
  if (tune.enabled && !options.onGPU && !compilesOnly)
    return Error{"expected `--tune` together with `--target=gpu` or "
                 "`--emit-objects`, got it alone"};
  if (line.has("seconds")) {
    Result<double> value = parseNumber(line.get("seconds"));
    if (!tune.enabled || !value || !(*value >= 0))
      return Error{"expected `--seconds` to be a number of at least 0, "
                   "together with `--tune`, got '" +
                   line.get("seconds") + "'"};
    tune.seconds = *value;
  }
  if (line.has("orders") && !tune.enabled)
    return Error{"expected `--orders` together with `--tune`, got it alone"};
  constexpr int64_t kMostOrders = 1000;
  Result<int64_t> orders =
      line.getInteger("orders", tune.orders, 0, kMostOrders);
  if (!orders)
    return Error{orders.error()};
  tune.orders = *orders;
  if (!tune.enabled)
    return {};
  using rcm::reference::toString;
  std::string half(toString(options.cases.front().type));
  if (half != "bf16" && half != "f16")
    return Error{"expected `--dtype` with `--tune` to be bf16 or f16, got '" +
                 half + "'"};
  if (options.recipe != "int8-e4m3" && options.recipe != half &&
      options.recipe != "auto")
    return Error{"expected `--recipe` with `--tune` to be int8-e4m3, " + half +
                 " or auto, got '" + options.recipe + "'"};
  for (const Case &benchmark : options.cases)
    if (benchmark.mode != Mode::Fused)
      return Error{"expected `--mode` with `--tune` to be fused, got '" +
                   rcm::tools::toString(benchmark.mode) + "'"};
  return {};
}

static Result<void> parseRecipeName(const CommandLine &line,
                                    BenchOptions &options) {
  using namespace rcm::reference;
  ElementType type = options.cases.front().type;
  options.recipe =
      line.get("recipe", rcm::reference::toString(defaultRecipe(type)));
  if (options.recipe != "auto" && !parseRecipe(options.recipe))
    return Error{"expected `--recipe` to be none, bf16, f16, int8-f16, "
                 "int8-e4m3 or auto, got '" +
                 options.recipe + "'"};
  bool forGPU = options.onGPU || !options.emitObjects.empty();
  if (forGPU && type == ElementType::F64)
    return Error{"expected `--dtype` to be f16, bf16 or f32 on a GPU, got "
                 "'f64'"};
  return {};
}

Result<std::optional<BenchOptions>> rcm::tools::parseOptions(int argc,
                                                             char **argv) {
  Result<CommandLine> line = CommandLine::parse(argc, argv, kOptions);
  if (!line)
    return Error{line.error()};
  if (line->has("help")) {
    printHelp();
    return std::optional<BenchOptions>();
  }
  if (line->has("version")) {
    std::printf("rcm-bench %s\n", RCM_PROJECT_VERSION);
    return std::optional<BenchOptions>();
  }
  if (!line->positional().empty())
    return Error{"expected only options, got '" + line->positional()[0] +
                 "'; see rcm-bench --help"};
  BenchOptions options;
  if (auto target = parseTarget(*line, options); !target)
    return Error{target.error()};
  if (auto cases = parseCases(*line, options); !cases)
    return Error{cases.error()};
  if (auto recipe = parseRecipeName(*line, options); !recipe)
    return Error{recipe.error()};
  if (auto tune = parseTune(*line, options); !tune)
    return Error{tune.error()};
  options.rivals = line->getAll("rival");
  for (const std::string &rival : options.rivals)
    if (rival != "openblas" && rival != "stock" && rival != "torch")
      return Error{"expected `--rival` to be openblas, stock or torch, got '" +
                   rival + "'"};
  // More runs than anyone waits for.
  constexpr int64_t kMostRuns = 1000000;
  auto repeat =
      line->getInteger("repeat", options.onGPU ? 30 : 10, 1, kMostRuns);
  auto warmup = line->getInteger("warmup", options.onGPU ? 3 : 2, 0, kMostRuns);
  auto seed = line->getInteger("seed", 0, 0, INT64_MAX);
  for (const auto *value : {&repeat, &warmup, &seed})
    if (!*value)
      return Error{value->error()};
  options.repeat = *repeat;
  options.warmup = *warmup;
  options.seed = *seed;
  options.json = line->get("json");
  if (auto report = parseReport(*line, options); !report)
    return Error{report.error()};
  return std::optional<BenchOptions>(std::move(options));
}

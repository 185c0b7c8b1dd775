//===- main.cpp - rcm-runner: runs functions and entries ------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Emit.h"
#include "GPUCompare.h"
#include "Report.h"
#include "Sweep.h"

#include "support/JSON.h"

#include <cstdio>

using namespace rcm::tools;

static void printRemarks(const std::vector<std::string> &remarks) {
  for (const std::string &remark : remarks)
    std::fprintf(stderr, "remark: %s\n", remark.c_str());
}

static Result<void> report(const RunResult &run, const RunnerOptions &options) {
  if (!options.outputs.empty())
    return writeOutputs(run, options);
  printSummary(run, options);
  return {};
}

/// True if all tolerances hold.
static Result<bool> reportComparison(const std::string &function,
                                     const Comparison &comparison,
                                     const RunnerOptions &options) {
  if (!options.json.empty())
    if (auto written = writeFile(
            options.json, comparisonToJSON(function, comparison, options));
        !written)
      return Error{written.error()};
  if (options.json != "-")
    printComparison(function, comparison, options);
  for (const std::string &failure : comparison.failures)
    std::fprintf(stderr, "error: %s\n", failure.c_str());
  return comparison.failures.empty();
}

static Result<bool> runOnCPU(Compiler &compiler, const RunnerOptions &options) {
  Result<Job> job = prepareJob(compiler, options);
  if (!job)
    return Error{job.error()};
  if (options.compare) {
    Result<Comparison> comparison = compareVariants(*job, options);
    if (!comparison)
      return Error{comparison.error()};
    return reportComparison(job->function, *comparison, options);
  }
  Result<RunResult> run =
      runVariant(*job, job->module, options.pipeline, job->inputs, options);
  if (!run)
    return Error{run.error()};
  printRemarks(job->compiler.takeRemarks());
  if (auto done = report(*run, options); !done)
    return Error{done.error()};
  return true;
}

/// Runs an entry. `compiler` is null for objects that were compiled before.
static Result<bool> runEntry(KernelObject object, Compiler *compiler,
                             const RunnerOptions &options) {
  Result<GPUJob> job = prepareGPUJob(std::move(object), options);
  if (!job)
    return Error{job.error()};
  if (!options.compare) {
    Result<RunResult> run = runOnGPU(*job, options);
    if (!run)
      return Error{run.error()};
    if (auto done = report(*run, options); !done)
      return Error{done.error()};
    return true;
  }
  std::optional<Job> module;
  if (compiler && !job->attention) {
    Result<Job> prepared = prepareJob(*compiler, options);
    if (!prepared)
      return Error{prepared.error()};
    module.emplace(std::move(*prepared));
  }
  Result<Comparison> comparison =
      compareOnGPU(*job, module ? &*module : nullptr, options);
  if (!comparison)
    return Error{comparison.error()};
  return reportComparison(job->function, *comparison, options);
}

static Result<bool> runModuleOnGPU(Compiler &compiler,
                                   const RunnerOptions &options) {
  Result<Module> module = compiler.parseFile(options.file);
  if (!module)
    return Error{module.error()};
  if (!options.function.empty())
    if (auto alone = isolate(compiler, *module, options.function); !alone)
      return Error{alone.error()};
  Result<std::string> bytes = compileForGPU(
      compiler, *module, GPUFormat::Object, options.gpuCompile);
  printRemarks(compiler.takeRemarks());
  if (!bytes)
    return Error{bytes.error()};
  Result<KernelObject> object = KernelObject::load(*bytes);
  if (!object)
    return Error{object.error()};
  return runEntry(std::move(*object), &compiler, options);
}

/// The GPU to use, if there is one and the options let it be used; says which
/// it is.
static Result<std::optional<GPU>> chooseGPU(const RunnerOptions &options,
                                            bool isObject) {
  if (options.target == Target::CPU || options.pipelineIsGiven) {
    if (isObject || options.target == Target::GPU)
      return Error{isObject ? "expected `--target` to be gpu for a kernel "
                              "object, got cpu"
                            : "expected `--pipeline` with `--target=cpu`, got "
                              "gpu"};
    return std::optional<GPU>();
  }
  Result<GPU> gpu = GPU::open();
  bool needed = isObject || options.target == Target::GPU;
  if (!gpu && needed)
    return Error{gpu.error()};
  // Code for sm_90a runs on compute capability 9.0 only; the runtime refuses
  // other devices by name, and auto takes the CPU instead.
  bool fits = gpu && gpu->info.computeCapabilityMajor == 9 &&
              gpu->info.computeCapabilityMinor == 0;
  if (!fits && !needed) {
    if (gpu || options.targetIsGiven)
      std::fprintf(stderr,
                   "running on the CPU: expected a GPU of compute capability "
                   "9.0, got %s\n",
                   gpu ? gpu->text().c_str() : "none");
    return std::optional<GPU>();
  }
  std::fprintf(stderr, "running on %s, driver for %s\n", gpu->text().c_str(),
               gpu->driverText().c_str());
  return std::optional<GPU>(*gpu);
}

static bool isObjectFile(const std::string &path) {
  static constexpr std::string_view kEnding = ".rcmobj";
  return path.size() > kEnding.size() &&
         path.compare(path.size() - kEnding.size(), kEnding.size(), kEnding) ==
             0;
}

static Result<bool> runFile(const RunnerOptions &options) {
  bool isObject = isObjectFile(options.file);
  if (!options.sweep.empty()) {
    if (Result<std::optional<GPU>> gpu = chooseGPU(options, true); !gpu)
      return Error{gpu.error()};
    return runSweep(options.files, options);
  }
  if (options.emit && isObject)
    return Error{"expected a module for `--emit`, got " + options.file};
  std::optional<KernelObject> object;
  if (isObject) {
    // A file that is wrong is wrong without a GPU too.
    Result<KernelObject> opened = KernelObject::open(options.file);
    if (!opened)
      return Error{opened.error()};
    object.emplace(std::move(*opened));
  }
  std::optional<GPU> gpu;
  if (!options.emit) {
    Result<std::optional<GPU>> chosen = chooseGPU(options, isObject);
    if (!chosen)
      return Error{chosen.error()};
    gpu = *chosen;
  }
  if (object)
    return runEntry(std::move(*object), nullptr, options);
  Result<std::unique_ptr<Compiler>> compiler = Compiler::create();
  if (!compiler)
    return Error{compiler.error()};
  if (gpu)
    return runModuleOnGPU(**compiler, options);
  if (!options.emit)
    return runOnCPU(**compiler, options);
  if (auto emitted = emitModule(**compiler, options); !emitted)
    return Error{emitted.error()};
  return true;
}

static Result<bool> run(int argc, char **argv) {
  Result<std::optional<RunnerOptions>> options = parseOptions(argc, argv);
  if (!options)
    return Error{options.error()};
  if (!*options)
    return true;
  return runFile(**options);
}

int main(int argc, char **argv) {
  Result<bool> passed = run(argc, argv);
  if (!passed) {
    std::fprintf(stderr, "error: %s\n", passed.error().c_str());
    return 1;
  }
  return *passed ? 0 : 1;
}

//===- main.cpp - rcm-runner: runs functions of modules -------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Emit.h"
#include "Report.h"

#include "support/JSON.h"

#include <cstdio>

using namespace rcm::tools;

static Result<void> runOnce(Job &job, const RunnerOptions &options) {
  Result<RunResult> run =
      runVariant(job, job.module, options.pipeline, job.inputs, options);
  if (!run)
    return Error{run.error()};
  for (const std::string &remark : job.compiler.takeRemarks())
    std::fprintf(stderr, "remark: %s\n", remark.c_str());
  if (!options.outputs.empty())
    return writeOutputs(*run, options);
  printSummary(*run, options);
  return {};
}

/// True if all tolerances hold.
static Result<bool> runComparison(Job &job, const RunnerOptions &options) {
  Result<Comparison> comparison = compareVariants(job, options);
  if (!comparison)
    return Error{comparison.error()};
  if (!options.json.empty())
    if (auto written = writeFile(options.json,
                                 comparisonToJSON(job, *comparison, options));
        !written)
      return Error{written.error()};
  if (options.json != "-")
    printComparison(job, *comparison, options);
  for (const std::string &failure : comparison->failures)
    std::fprintf(stderr, "error: %s\n", failure.c_str());
  return comparison->failures.empty();
}

static Result<bool> run(int argc, char **argv) {
  Result<std::optional<RunnerOptions>> options = parseOptions(argc, argv);
  if (!options)
    return Error{options.error()};
  if (!*options)
    return true;
  Result<std::unique_ptr<Compiler>> compiler = Compiler::create();
  if (!compiler)
    return Error{compiler.error()};
  if ((*options)->emit) {
    if (auto emitted = emitModule(**compiler, **options); !emitted)
      return Error{emitted.error()};
    return true;
  }
  Result<Job> job = prepareJob(**compiler, **options);
  if (!job)
    return Error{job.error()};
  if ((*options)->compare)
    return runComparison(*job, **options);
  if (auto done = runOnce(*job, **options); !done)
    return Error{done.error()};
  return true;
}

int main(int argc, char **argv) {
  Result<bool> passed = run(argc, argv);
  if (!passed) {
    std::fprintf(stderr, "error: %s\n", passed.error().c_str());
    return 1;
  }
  return *passed ? 0 : 1;
}

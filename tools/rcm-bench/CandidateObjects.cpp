//===- CandidateObjects.cpp - compiles and opens candidates ---------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Candidates.h"

#include "support/GPUCompile.h"
#include "support/JSON.h"

#include "rcm/Runtime/KernelObject.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <mutex>
#include <set>
#include <thread>

using namespace rcm::tools;

/// More compilers at a time take memory and no longer help.
static constexpr unsigned kMostThreads = 16;

/// Candidates of all cases, each once.
static std::vector<Candidate> allCandidates(const BenchOptions &options) {
  std::vector<Candidate> list;
  std::set<std::string> seen;
  for (const Case &benchmark : options.cases)
    for (const std::string &recipe : tunedRecipes(options))
      for (Candidate &candidate :
           candidatesOf(benchmark, recipe, options.tune.orders))
        if (seen.insert(candidate.name()).second)
          list.push_back(std::move(candidate));
  return list;
}

static bool holdsCubin(const std::string &bytes) {
  rcm::object::KernelObject object;
  std::string error;
  return rcm::object::decode(bytes.data(), bytes.size(), object, error) ==
             rcm::object::DecodeResult::Success &&
         !object.cubin.empty();
}

static Result<std::string> compileCandidate(Compiler &compiler,
                                            const Candidate &candidate) {
  Case benchmark;
  benchmark.shape = {"open",    kOpenSize, kOpenSize,      kOpenSize,
                     kOpenSize, kOpenSize, candidate.depth};
  benchmark.type = candidate.type;
  benchmark.causal = candidate.causal;
  Result<Module> module = compiler.parse(
      moduleText(benchmark, candidate.schedule), "candidate");
  if (!module)
    return Error{module.error()};
  GPUCompileOptions gpu;
  gpu.recipe = candidate.recipe;
  Result<std::string> bytes =
      compileForGPU(compiler, *module, GPUFormat::Object, gpu);
  compiler.takeRemarks();
  return bytes;
}

namespace {

/// Compiles a list on several threads, each with a compiler of its own.
class CandidateCompiler {
public:
  /// Receives what compiled, one call at a time.
  using Receiver =
      std::function<Result<void>(const Candidate &, const std::string &bytes)>;

  CandidateCompiler(std::vector<Candidate> list, Receiver receive)
      : list(std::move(list)), receive(std::move(receive)) {}
  Result<void> run();

private:
  void work();
  void finish(const Candidate &candidate, const Result<std::string> &bytes);
  void fail(const std::string &text);

  const std::vector<Candidate> list;
  Receiver receive;
  std::atomic<size_t> next{0};
  std::mutex mutex; // guards what follows, and stderr
  size_t done = 0;
  std::string failure;
};

} // namespace

void CandidateCompiler::fail(const std::string &text) {
  if (failure.empty())
    failure = text;
  next = list.size();
}

void CandidateCompiler::finish(const Candidate &candidate,
                               const Result<std::string> &bytes) {
  std::lock_guard<std::mutex> lock(mutex);
  std::fprintf(stderr, "[%zu/%zu] %s%s%s\n", ++done, list.size(),
               candidate.name().c_str(), bytes ? "" : ": left out: ",
               bytes ? "" : bytes.error().c_str());
  if (!bytes)
    return;
  if (!holdsCubin(*bytes))
    return fail("expected ptxas on PATH, which tells spills and serialised "
                "matrix products, got none");
  if (auto received = receive(candidate, *bytes); !received)
    fail(received.error());
}

void CandidateCompiler::work() {
  Result<std::unique_ptr<Compiler>> compiler = Compiler::create();
  if (!compiler) {
    std::lock_guard<std::mutex> lock(mutex);
    return fail(compiler.error());
  }
  for (size_t index; (index = next++) < list.size();)
    finish(list[index], compileCandidate(**compiler, list[index]));
}

Result<void> CandidateCompiler::run() {
  unsigned wanted = std::clamp(std::thread::hardware_concurrency(), 1u,
                               kMostThreads);
  std::vector<std::thread> threads;
  for (unsigned number = 0; number < wanted; ++number)
    threads.emplace_back([this] { work(); });
  for (std::thread &thread : threads)
    thread.join();
  if (!failure.empty())
    return Error{failure};
  return {};
}

/// Every case and recipe must have something to measure.
static Result<void> checkCovered(const BenchOptions &options,
                                 const std::set<std::string> &names,
                                 const std::string &place) {
  for (const Case &benchmark : options.cases)
    for (const std::string &recipe : tunedRecipes(options)) {
      std::vector<Candidate> list =
          candidatesOf(benchmark, recipe, options.tune.orders);
      if (std::none_of(list.begin(), list.end(), [&](const Candidate &one) {
            return names.count(one.name());
          }))
        return Error{benchmark.shape.name + ": expected a candidate of the "
                     "recipe " + recipe + " like " +
                     list.front().name() + ", got none" + place};
    }
  return {};
}

Result<void> rcm::tools::emitCandidates(const BenchOptions &options) {
  std::error_code error;
  std::filesystem::create_directories(options.emitObjects, error);
  if (error)
    return Error{options.emitObjects + ": expected a folder, got '" +
                 error.message() + "'"};
  std::set<std::string> names;
  CandidateCompiler compiler(
      allCandidates(options),
      [&](const Candidate &candidate, const std::string &bytes) {
        names.insert(candidate.name());
        return writeFile(options.emitObjects + "/" + candidate.name() +
                             ".rcmobj",
                         bytes);
      });
  if (auto compiled = compiler.run(); !compiled)
    return compiled;
  return checkCovered(options, names, "");
}

Result<CandidateObjects>
rcm::tools::loadCandidates(const BenchOptions &options) {
  CandidateObjects objects;
  std::set<std::string> names;
  auto keep = [&](const Candidate &candidate,
                  Result<KernelObject> object) -> Result<void> {
    if (!object)
      return Error{object.error()};
    names.insert(candidate.name());
    objects.emplace(candidate.name(), std::move(*object));
    return {};
  };
  if (options.objects.empty()) {
    CandidateCompiler compiler(
        allCandidates(options),
        [&](const Candidate &candidate, const std::string &bytes) {
          return keep(candidate, KernelObject::load(bytes));
        });
    if (auto compiled = compiler.run(); !compiled)
      return Error{compiled.error()};
  } else {
    for (const Candidate &candidate : allCandidates(options)) {
      std::string path =
          options.objects + "/" + candidate.name() + ".rcmobj";
      // What was refused when compiling is not there.
      if (!std::filesystem::exists(path))
        continue;
      if (auto kept = keep(candidate, KernelObject::open(path)); !kept)
        return Error{kept.error()};
    }
  }
  std::string place = options.objects.empty() ? "" : " in " + options.objects;
  if (auto covered = checkCovered(options, names, place); !covered)
    return Error{covered.error()};
  return objects;
}

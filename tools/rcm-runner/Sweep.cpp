//===- Sweep.cpp - many sizes, layouts and data in one process ------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Sweep.h"

#include "GPUCheck.h"

#include "rcm/Reference/Random.h"

#include <chrono>
#include <cstdio>
#include <cstring>

using namespace rcm::tools;
using namespace rcm::reference;

/// What the CPU may spend on one case; below a second on sixteen cores.
static constexpr double kAffordable = 4e9;
/// NaNs around every argument.
static constexpr uint64_t kGuardBytes = 1024;
/// Failures that are told one by one.
static constexpr size_t kMostMessages = 20;
static constexpr int64_t kLongest = 300;

namespace {

/// What became of a case.
enum class Outcome { Passed, Failed, Refused };

struct Totals {
  size_t passed = 0, failed = 0, refused = 0;
};

class Sweep {
public:
  Sweep(std::vector<GPUJob> jobs, const RunnerOptions &options)
      : jobs(std::move(jobs)), options(options) {}

  Result<bool> run();

private:
  void queries();
  void keys();
  void wan();
  void random();
  void repeat();
  void large();

  void runCase(GPUJob &job, SweepCase sweepCase, int64_t repeats = 1);
  Result<Outcome> tryCase(GPUJob &job, SweepCase &sweepCase, int64_t repeats);
  Result<Outcome> launchCase(GPUJob &job, SweepCase &sweepCase,
                             EntryCall &call, int64_t repeats);
  bool repeatsEqual(GPUJob &job, EntryCall &call, int64_t repeats,
                    std::string &failure);
  void fail(const GPUJob &job, const SweepCase &sweepCase,
            const std::string &text);
  void showProgress();

  std::vector<GPUJob> jobs;
  const RunnerOptions &options;
  std::optional<GPUStream> stream;
  Totals totals;
  bool isBroken = false;
  std::chrono::steady_clock::time_point said = std::chrono::steady_clock::now();
};

SweepCase makeCase(int64_t heads, int64_t queries, int64_t keys,
                   uint64_t seed) {
  SweepCase sweepCase;
  sweepCase.shape = {1, heads, 1, queries, keys, 64, 64};
  sweepCase.seed = seed;
  return sweepCase;
}

} // namespace

void Sweep::fail(const GPUJob &job, const SweepCase &sweepCase,
                 const std::string &text) {
  if (++totals.failed <= kMostMessages)
    std::fprintf(stderr, "failed: %s (%s): %s\n", job.name.c_str(),
                 sweepCase.text().c_str(), text.c_str());
}

void Sweep::showProgress() {
  constexpr auto kEvery = std::chrono::seconds(10);
  auto now = std::chrono::steady_clock::now();
  if (now - said < kEvery)
    return;
  said = now;
  std::fprintf(stderr, "%s: %zu passed, %zu failed\n", options.sweep.c_str(),
               totals.passed, totals.failed);
}

/// Later launches on poisoned memory give the same bits.
bool Sweep::repeatsEqual(GPUJob &job, EntryCall &call, int64_t repeats,
                         std::string &failure) {
  size_t out = job.outputs.front();
  Result<Array> first = job.arguments[out].clone();
  if (!first) {
    failure = first.error();
    return false;
  }
  for (int64_t count = 1; count < repeats; ++count) {
    for (auto step : {+[](EntryCall &c, const GPUStream &s, size_t o) {
                        return c.poison(s, o);
                      },
                      +[](EntryCall &c, const GPUStream &s, size_t) {
                        return c.launch(s);
                      },
                      +[](EntryCall &c, const GPUStream &s, size_t o) {
                        return c.download(s, o);
                      }})
      if (auto done = step(call, *stream, out); !done) {
        failure = done.error();
        return false;
      }
    if (std::memcmp(job.arguments[out].data(), first->data(),
                    static_cast<size_t>(first->storageBytes())) != 0) {
      failure = "expected the same bits in every launch, got others in launch " +
                std::to_string(count);
      return false;
    }
  }
  return true;
}

Result<Outcome> Sweep::launchCase(GPUJob &job, SweepCase &sweepCase,
                                  EntryCall &call, int64_t repeats) {
  size_t out = job.outputs.front();
  if (auto done = call.upload(*stream); !done)
    return Error{done.error()};
  if (auto done = call.launch(*stream); !done) {
    // Strides are drawn without regard to what an entry asks of them.
    if ((sweepCase.randomStrides || sweepCase.misalignment) &&
        check(rcmDeviceSynchronize()))
      return Outcome::Refused;
    return Error{done.error()};
  }
  if (auto done = call.download(*stream, out); !done)
    return Error{done.error()};
  std::string failure;
  if (auto done = call.checkGuards(*stream); !done)
    failure = done.error();
  if (failure.empty() && !sweepCase.hugeStride &&
      !gapsAreUntouched(job.arguments[out]))
    failure = "expected bytes between elements to stay as they were";
  Result<GPUCheck> checked =
      checkAttention(job, job.arguments[out], kAffordable);
  if (!checked)
    return Error{checked.error()};
  if (failure.empty() && !checked->failures.empty())
    failure = checked->failures.front();
  if (failure.empty())
    repeatsEqual(job, call, repeats, failure);
  if (failure.empty())
    return Outcome::Passed;
  return Error{failure};
}

Result<Outcome> Sweep::tryCase(GPUJob &job, SweepCase &sweepCase,
                               int64_t repeats) {
  if (auto made = makeArguments(job, sweepCase); !made)
    return Error{made.error()};
  CallOptions callOptions;
  callOptions.guardBytes = kGuardBytes;
  callOptions.poisonScratch = true;
  callOptions.misalignment = sweepCase.misalignment;
  Result<std::unique_ptr<EntryCall>> call =
      EntryCall::create(job.entry, job.arguments, callOptions);
  if (!call)
    return Error{call.error()};
  return launchCase(job, sweepCase, **call, repeats);
}

void Sweep::runCase(GPUJob &job, SweepCase sweepCase, int64_t repeats) {
  if (isBroken)
    return;
  Result<Outcome> outcome = tryCase(job, sweepCase, repeats);
  bool isRefused = outcome && *outcome == Outcome::Refused;
  totals.refused += isRefused;
  if (isRefused && sweepCase.randomStrides) {
    sweepCase.randomStrides = false;
    outcome = tryCase(job, sweepCase, repeats);
  }
  if (outcome && *outcome == Outcome::Refused) {
    sweepCase.misalignment = 0;
    outcome = tryCase(job, sweepCase, repeats);
  }
  if (!outcome) {
    fail(job, sweepCase, outcome.error());
    // After a fault in a kernel no call of the driver works any more.
    if (auto works = check(rcmDeviceSynchronize()); !works) {
      isBroken = true;
      std::fprintf(stderr, "stopped, the device does not answer: %s\n",
                   works.error().c_str());
    }
  } else {
    ++totals.passed;
  }
  showProgress();
}

void Sweep::queries() {
  for (GPUJob &job : jobs)
    for (int64_t queries = 1; queries <= kLongest; ++queries)
      for (int64_t keys : {77, 128, 300})
        runCase(job, makeCase(2, queries, keys, options.seed));
}

void Sweep::keys() {
  for (GPUJob &job : jobs)
    for (int64_t keys = 0; keys <= kLongest; ++keys)
      for (int64_t queries : {1, 64, 193})
        runCase(job, makeCase(2, queries, keys, options.seed));
}

void Sweep::wan() {
  for (GPUJob &job : jobs)
    for (int64_t length : {25200, 32760, 33600, 56700, 75600})
      for (int64_t off : {-1, 0, 1}) {
        SweepCase sweepCase =
            makeCase(1, length + off, length + off, options.seed);
        sweepCase.generator = "video";
        runCase(job, sweepCase);
      }
}

void Sweep::random() {
  static const char *const kGenerators[] = {"normal",        "video",
                                            "outlier",       "sink",
                                            "constant-rows", "tiny"};
  static const char *const kPlanted[] = {"q", "k", "v"};
  for (int64_t number = 0; number < options.cases; ++number) {
    GPUJob &job = jobs[static_cast<size_t>(number) % jobs.size()];
    // One stream per case: --seed and --cases=1 repeat any of them.
    RandomStream draws(static_cast<uint64_t>(options.seed + number), 0);
    uint64_t next = 0;
    auto below = [&](int64_t count) {
      return static_cast<int64_t>(draws.uniform(next++) *
                                  static_cast<double>(count));
    };
    SweepCase sweepCase;
    int64_t keyHeads = 1 + below(3);
    // Mostly short; now and then some tiles.
    int64_t longest = below(8) ? 200 : 1500;
    sweepCase.shape = {1 + below(3),       keyHeads * (1 + below(3)),
                       keyHeads,           1 + below(longest),
                       below(longest + 1), 1 + below(256),
                       1 + below(256)};
    sweepCase.generator = kGenerators[below(6)];
    sweepCase.seed = static_cast<uint64_t>(options.seed + number);
    sweepCase.randomStrides = below(4) != 0;
    sweepCase.misalignment = static_cast<uint64_t>(below(3));
    if (below(16) == 0)
      sweepCase.planted = kPlanted[below(3)];
    runCase(job, sweepCase);
  }
}

void Sweep::repeat() {
  static const int64_t kShapes[][3] = {
      {2, 300, 300}, {4, 1024, 777}, {8, 2048, 512}, {1, 33, 4000},
      {4, 4096, 4096}};
  for (GPUJob &job : jobs)
    for (const auto &[heads, queries, keys] : kShapes)
      runCase(job, makeCase(heads, queries, keys, options.seed), options.cases);
}

/// Offsets beyond 2^31 elements, of which few are used.
void Sweep::large() {
  for (GPUJob &job : jobs) {
    SweepCase sweepCase = makeCase(1, 130, 200, options.seed);
    sweepCase.shape.batch = 2;
    sweepCase.hugeStride = (int64_t(1) << 31) + 1024;
    runCase(job, sweepCase);
  }
}

Result<bool> Sweep::run() {
  static const std::pair<const char *, void (Sweep::*)()> kSweeps[] = {
      {"queries", &Sweep::queries}, {"keys", &Sweep::keys},
      {"wan", &Sweep::wan},         {"random", &Sweep::random},
      {"repeat", &Sweep::repeat},   {"large", &Sweep::large}};
  Result<GPUStream> created = GPUStream::create();
  if (!created)
    return Error{created.error()};
  stream.emplace(std::move(*created));
  for (auto [name, body] : kSweeps)
    if (options.sweep == name)
      (this->*body)();
  std::printf("%s: %zu passed, %zu failed, %zu refused as drawn and run plainly\n",
              options.sweep.c_str(), totals.passed, totals.failed,
              totals.refused);
  return totals.failed == 0 && totals.passed > 0 && !isBroken;
}

Result<bool> rcm::tools::runSweep(const std::vector<std::string> &files,
                                  const RunnerOptions &options) {
  std::vector<GPUJob> jobs;
  for (const std::string &file : files) {
    Result<KernelObject> object = KernelObject::open(file);
    if (!object)
      return Error{object.error()};
    Result<GPUJob> job = openEntry(std::move(*object), options.function);
    if (!job)
      return Error{job.error()};
    if (!job->attention)
      return Error{file + ": expected an entry that says which attention it "
                          "computes, got one that does not"};
    job->name = file.substr(file.rfind('/') + 1);
    jobs.push_back(std::move(*job));
  }
  return Sweep(std::move(jobs), options).run();
}

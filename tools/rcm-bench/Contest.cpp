//===- Contest.cpp - candidates of one shape against each other -----------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Contest.h"

#include "Errors.h"

#include "rcm/Reference/Random.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <tuple>

using namespace rcm::tools;
using namespace rcm::reference;

/// Rows of the output that are compared with f64, over all heads.
static constexpr int64_t kCheckedRows = 128;
/// Relative L1 that is too far from f64: on normal data 8-bit products are
/// within 0.05 (docs/KernelDiary.md), products of 16 bits within 0.005; four
/// times that would be an error of the kernel.
static constexpr double kInt8Error = 0.1, kHalfError = 0.02;
/// Schedules of one recipe round alike: twice the least error of all is wrong
/// too.
static constexpr double kErrorRatio = 2;
/// Slower than the fastest of its recipe by so much: out after the first
/// samples, which clocks and caches blur, and after a few rounds.
static constexpr double kFirstRatio = 1.25, kRoundRatio = 1.1;
static constexpr int64_t kFewestRounds = 3;
/// Times closer than this are the same: another run orders them otherwise.
static constexpr double kSameRatio = 1.01;
/// Places of the operands in the entry.
static constexpr size_t kAlpha = 4, kBeta = 5, kOut = 6;

//===----------------------------------------------------------------------===//
// Data
//===----------------------------------------------------------------------===//

/// Normal draws. Attention is of the size 1 / sqrt(keys), and alpha makes the
/// residual as small, so that an error of either shows; without keys both are
/// nothing.
Result<void> Contest::makeData() {
  const Shape &s = benchmark.shape;
  std::vector<int64_t> query = {s.batch, s.queryHeads, s.queries, s.depth},
                       key = {s.batch, s.keyHeads, s.keys, s.depth},
                       one = {s.batch};
  for (const auto &shape : {query, key, key, query, one, one, query}) {
    ElementType type = shape.size() == 1 ? ElementType::F32 : benchmark.type;
    Result<Array> array = Array::create(type, shape);
    if (!array)
      return Error{array.error()};
    size_t index = arrays.size();
    arrays.push_back(std::move(*array));
    if (index < kAlpha)
      fillNormal(arrays[index], static_cast<uint64_t>(options.seed), index);
  }
  double alpha = s.keys ? 1 / std::sqrt(static_cast<double>(s.keys)) : 0;
  for (int64_t index = 0; index < s.batch; ++index) {
    arrays[kAlpha].set(index, alpha);
    arrays[kBeta].set(index, 1);
  }
  return {};
}

Result<void> Contest::computeReference() {
  const Shape &s = benchmark.shape;
  int64_t perHead = std::clamp<int64_t>(
      kCheckedRows / (s.batch * s.queryHeads), 2, 16);
  rows = spreadRows(s.queries, perHead);
  CaseArrays view{&arrays[0],      &arrays[1],     &arrays[2],  &arrays[3],
                  &arrays[kAlpha], &arrays[kBeta], &arrays[kOut]};
  Result<AttentionProblem> problem = problemOf(benchmark, view);
  if (!problem)
    return Error{problem.error()};
  Result<AttentionResult> result = referenceAttention(*problem, rows);
  if (!result)
    return Error{result.error()};
  expected = std::move(result->out);
  return {};
}

/// How far the rows on the device are from f64; infinite if some were not
/// written.
Result<double> Contest::rowError(const Contender &contender) const {
  const Shape &s = benchmark.shape;
  Result<Array> row = Array::create(benchmark.type, {s.depth});
  if (!row)
    return Error{row.error()};
  auto bytes = static_cast<uint64_t>(row->storageBytes());
  const auto *memory =
      static_cast<const char *>(contender.call->address(kOut));
  std::vector<double> actual;
  for (int64_t head = 0; head < s.batch * s.queryHeads; ++head)
    for (int64_t index : rows) {
      auto place = static_cast<uint64_t>(head * s.queries + index);
      if (auto copied = check(rcmCopyDeviceToHost(
              row->data(), memory + place * bytes, bytes,
              clock.stream().get()));
          !copied)
        return Error{copied.error()};
      if (auto done = clock.stream().synchronize(); !done)
        return Error{done.error()};
      for (int64_t column = 0; column < s.depth; ++column)
        actual.push_back(row->get(column));
    }
  Metrics metrics = compare(actual, expected);
  return metrics.sameNonFinite() ? metrics.relativeL1 : INFINITY;
}

//===----------------------------------------------------------------------===//
// Contenders
//===----------------------------------------------------------------------===//

Result<void> Contest::open(const CandidateObjects &objects) {
  for (const std::string &recipe : tunedRecipes(options))
    for (Candidate &candidate :
         candidatesOf(benchmark, recipe, options.tune.orders)) {
      auto object = objects.find(candidate.name());
      if (object == objects.end())
        continue;
      Result<const rcmEntry *> entry = object->second.find("run");
      if (!entry)
        return Error{candidate.name() + ": " + entry.error()};
      CallOptions call;
      if (!contenders.empty())
        call.lender = contenders.front().call.get();
      Result<std::unique_ptr<EntryCall>> created =
          EntryCall::create(*entry, arrays, call);
      if (!created)
        return Error{candidate.name() + ": " + created.error()};
      contenders.emplace_back();
      contenders.back().candidate = std::move(candidate);
      contenders.back().call = std::move(*created);
    }
  return contenders.front().call->upload(clock.stream());
}

Result<double> Contest::sample(Contender &contender) {
  Result<double> time = clock.sample(*contender.call, kOut, [&] {
    return contender.call->launch(clock.stream());
  });
  if (!time)
    return Error{contender.candidate.name() + ": " + time.error()};
  return time;
}

/// The best of a number among the contenders of a recipe that still run.
static double bestOf(const std::vector<Contender> &list,
                     const std::string &recipe,
                     const std::function<double(const Contender &)> &number) {
  double best = INFINITY;
  for (const Contender &one : list)
    if (one.out.empty() && one.candidate.recipe == recipe)
      best = std::min(best, number(one));
  return best;
}

void Contest::rejectWrong() {
  auto errorOf = [](const Contender &one) { return one.error; };
  for (const std::string &recipe : tunedRecipes(options)) {
    double least = bestOf(contenders, recipe, errorOf);
    double most = std::min(recipe == "int8-e4m3" ? kInt8Error : kHalfError,
                           kErrorRatio * least);
    for (Contender &one : contenders)
      if (one.candidate.recipe == recipe && !(one.error <= most)) {
        char text[100];
        std::snprintf(text, sizeof(text),
                      "wrong: relative L1 %.3g against f64, expected %.3g",
                      one.error, most);
        one.out = text;
        std::fprintf(stderr, "  %s is %s\n", one.candidate.name().c_str(),
                     text);
      }
  }
}

/// By the best sample of each: few samples have no median worth the name.
void Contest::rejectSlow(double factor) {
  auto bestSample = [](const Contender &one) {
    return summarize(one.milliseconds).minimum;
  };
  for (const std::string &recipe : tunedRecipes(options)) {
    double best = bestOf(contenders, recipe, bestSample);
    for (Contender &one : contenders)
      if (one.out.empty() && one.candidate.recipe == recipe &&
          bestSample(one) > factor * best)
        one.out = "slow";
  }
}

//===----------------------------------------------------------------------===//
// Rounds
//===----------------------------------------------------------------------===//

/// A launch of each, which loads its code, and the check; then a sample of
/// each, which only tells what is far too slow.
Result<void> Contest::warmUp() {
  for (Contender &one : contenders) {
    // A kernel that never ends is the last one named.
    std::fprintf(stderr, "  first launch of %s\n",
                 one.candidate.name().c_str());
    Result<double> time = sample(one);
    if (!time)
      return Error{time.error()};
    Result<double> error = rowError(one);
    if (!error)
      return Error{one.candidate.name() + ": " + error.error()};
    one.milliseconds = {*time};
    one.error = *error;
  }
  rejectWrong();
  for (Contender &one : contenders) {
    if (!one.out.empty())
      continue;
    Result<double> time = sample(one);
    if (!time)
      return Error{time.error()};
    one.milliseconds = {std::min(*time, one.milliseconds.front())};
  }
  rejectSlow(kFirstRatio);
  for (Contender &one : contenders)
    if (one.out.empty())
      one.milliseconds.clear();
  return {};
}

/// One sample of each, in another order each time: what ran before a sample
/// decides its clocks.
Result<void> Contest::round(size_t number) {
  std::vector<size_t> places(contenders.size());
  std::iota(places.begin(), places.end(), 0);
  RandomStream random(static_cast<uint64_t>(options.seed), number);
  for (size_t left = places.size(); left > 1; --left) {
    auto place = static_cast<size_t>(random.uniform(left) *
                                     static_cast<double>(left));
    std::swap(places[left - 1], places[place]);
  }
  for (size_t place : places) {
    Contender &one = contenders[place];
    if (!one.out.empty())
      continue;
    Result<double> time = sample(one);
    if (!time)
      return Error{time.error()};
    one.milliseconds.push_back(*time);
  }
  return {};
}

Result<void> Contest::rounds() {
  auto start = std::chrono::steady_clock::now();
  auto elapsed = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() -
                                         start)
        .count();
  };
  for (int64_t number = 0; number < options.repeat; ++number) {
    if (number >= kFewestRounds && elapsed() > options.tune.seconds)
      break;
    if (auto done = round(static_cast<size_t>(number)); !done)
      return done;
    if (number + 1 == kFewestRounds)
      rejectSlow(kRoundRatio);
  }
  return {};
}

//===----------------------------------------------------------------------===//
// The winners
//===----------------------------------------------------------------------===//

/// Sets the ratios. Those that still run have a sample of every round.
void Contest::compareRounds() {
  for (const std::string &recipe : tunedRecipes(options)) {
    const Contender *first = nullptr;
    for (Contender &one : contenders) {
      if (!one.out.empty() || one.candidate.recipe != recipe)
        continue;
      if (!first)
        first = &one;
      std::vector<double> ratios;
      for (size_t index = 0; index < one.milliseconds.size(); ++index)
        ratios.push_back(one.milliseconds[index] / first->milliseconds[index]);
      one.ratio = summarize(std::move(ratios)).median;
    }
  }
}

/// Null if nobody of the recipe is left.
Contender *Contest::chooseWinner(const std::string &recipe) {
  double least = bestOf(contenders, recipe,
                        [](const Contender &one) { return one.ratio; });
  for (Contender &one : contenders)
    if (one.out.empty() && one.candidate.recipe == recipe &&
        one.ratio <= kSameRatio * least)
      return &one;
  return nullptr;
}

/// What is wrong with the last launch of a candidate that won; empty if all
/// elements were written and the rows are those of its first launch.
Result<std::string> Contest::findFault(const Contender &contender) {
  Result<double> error = rowError(contender);
  if (!error)
    return Error{error.error()};
  if (*error != contender.error)
    return std::string("wrong: two launches gave different rows");
  if (auto copied = contender.call->download(clock.stream(), kOut); !copied)
    return Error{copied.error()};
  return std::string(holdsPoison(arrays[kOut])
                         ? "wrong: elements of the output were not written"
                         : "");
}

Result<void> Contest::checkWinners() {
  for (const std::string &recipe : tunedRecipes(options))
    while (Contender *winner = chooseWinner(recipe)) {
      if (auto time = sample(*winner); !time)
        return Error{time.error()};
      Result<std::string> fault = findFault(*winner);
      if (!fault)
        return Error{winner->candidate.name() + ": " + fault.error()};
      winner->wins = fault->empty();
      if (winner->wins)
        break;
      winner->out = *fault;
      std::fprintf(stderr, "  %s is %s\n", winner->candidate.name().c_str(),
                   fault->c_str());
    }
  return {};
}

void Contest::sort() {
  auto key = [](const Contender &one) {
    return std::make_tuple(!one.out.empty(), one.candidate.recipe == "int8-e4m3",
                           one.out.empty() ? one.ratio : one.median());
  };
  std::stable_sort(contenders.begin(), contenders.end(),
                   [&](const Contender &one, const Contender &two) {
                     return key(one) < key(two);
                   });
}

Result<void> Contest::run(const CandidateObjects &objects) {
  using Step = std::function<Result<void>()>;
  for (const Step &step : {Step([&] { return makeData(); }),
                           Step([&] { return computeReference(); }),
                           Step([&] { return open(objects); }),
                           Step([&] { return warmUp(); }),
                           Step([&] { return rounds(); })})
    if (auto done = step(); !done)
      return done;
  compareRounds();
  auto checked = checkWinners();
  sort();
  return checked;
}

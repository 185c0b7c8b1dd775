//===- Candidates.cpp - schedules worth measuring -------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Candidates.h"

using namespace rcm::tools;
using rcm::reference::ElementType;

/// Query rows of one warpgroup.
static constexpr int64_t kGroupRows = 64;
/// Keys up to which the matrix unit may sum 8-bit products alone, and the key
/// tiles after which sums are promoted above (docs/Kernels.md, "Sums").
static constexpr int64_t kDirectKeys = 4096;
static constexpr int64_t kPromotionTiles = 32;

std::string Candidate::name() const {
  return "tune.d" + std::to_string(depth) + (causal ? "-causal." : ".") +
         std::string(rcm::reference::toString(type)) + "." + recipe + "." +
         label;
}

std::vector<std::string> rcm::tools::tunedRecipes(const BenchOptions &options) {
  if (options.recipe != "auto")
    return {options.recipe};
  ElementType type = options.cases.front().type;
  return {"int8-e4m3", std::string(rcm::reference::toString(type))};
}

/// "consumer_warpgroups = 3, query_tile = 192, ...", the first four fields.
static std::string tiles(int64_t groups, int64_t keyTile, int64_t stages) {
  return "consumer_warpgroups = " + std::to_string(groups) +
         ", query_tile = " + std::to_string(kGroupRows * groups) +
         ", key_tile = " + std::to_string(keyTile) +
         ", stages = " + std::to_string(stages);
}

static std::string tilesLabel(int64_t groups, int64_t keyTile, int64_t stages) {
  return "c" + std::to_string(groups) + "-k" + std::to_string(keyTile) + "-s" +
         std::to_string(stages);
}

/// The last candidate with its instructions in other orders.
static void addOrders(int64_t orders, std::vector<Candidate> &list) {
  const Candidate given = list.back();
  for (int64_t order = 1; order <= orders; ++order) {
    list.push_back(given);
    list.back().schedule += ", order = " + std::to_string(order);
    list.back().label += "-o" + std::to_string(order);
  }
}

/// What changes numbers stays as the accuracy table was checked with: scales
/// per thread, the rescale threshold, how often sums are promoted.
static void addInt8(const Case &benchmark, Candidate candidate, int64_t orders,
                    std::vector<Candidate> &list) {
  bool direct = benchmark.shape.keys <= kDirectKeys;
  std::string sums =
      direct ? "accumulation = direct, promotion_tiles = 1"
             : "accumulation = promoted, promotion_tiles = " +
                   std::to_string(kPromotionTiles);
  for (int64_t groups : {3, 2, 1})
    for (int64_t stages : {4, 3, 2})
      for (const char *conversion : {"lazy", "eager"}) {
        candidate.schedule = tiles(groups, 128, stages) + ", " + sums +
                             ", conversion = " + conversion +
                             ", row_sum = matrix, scales = thread, "
                             "rescale_threshold = 2.0 : f64, "
                             "recipe = int8_e4m3";
        candidate.label = tilesLabel(groups, 128, stages) +
                          (direct ? "-direct-" : "-promoted-") + conversion;
        list.push_back(candidate);
        if (list.size() == 1) // what the rules choose where there are many rows
          addOrders(orders, list);
      }
}

static void addHalf(Candidate candidate, int64_t orders,
                    std::vector<Candidate> &list) {
  // The rules' warpgroups, keys and stages where there are many rows.
  std::string usual = tilesLabel(candidate.depth <= 64 ? 2 : 3, 128, 2);
  for (int64_t groups : {3, 2, 1})
    for (int64_t keyTile : {128, 64})
      for (int64_t stages : {4, 3, 2}) {
        candidate.schedule = tiles(groups, keyTile, stages) +
                             ", accumulation = direct, promotion_tiles = 1, "
                             "conversion = eager, row_sum = add, scales = "
                             "warp, rescale_threshold = 8.0 : f64, recipe = " +
                             candidate.recipe;
        candidate.label = tilesLabel(groups, keyTile, stages);
        list.push_back(candidate);
        if (candidate.label == usual)
          addOrders(orders, list);
      }
}

std::vector<Candidate> rcm::tools::candidatesOf(const Case &benchmark,
                                                const std::string &recipe,
                                                int64_t orders) {
  std::vector<Candidate> list;
  Candidate candidate{recipe, benchmark.type, benchmark.shape.depth,
                      benchmark.causal, "", ""};
  if (recipe == "int8-e4m3")
    addInt8(benchmark, candidate, orders, list);
  else
    addHalf(candidate, orders, list);
  return list;
}

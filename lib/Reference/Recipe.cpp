//===- Recipe.cpp - Recipe options ----------------------------------------===//

#include "rcm/Reference/Recipe.h"

#include <cmath>

namespace rcm::reference {
namespace {

constexpr std::string_view kNames[] = {"none", "bf16", "f16", "int8-f16",
                                       "int8-e4m3"};

/// log2 of the largest e4m3 value, 448: P may not exceed it.
const double kLargestOffset = std::log2(448.0);

/// Number as a message shows it.
std::string show(double value) {
  std::string text = std::to_string(value);
  text.erase(text.find_last_not_of('0') + 1);
  return text.back() == '.' ? text + "0" : text;
}

} // namespace

std::string_view toString(Recipe recipe) {
  return kNames[static_cast<int>(recipe)];
}

std::optional<Recipe> parseRecipe(std::string_view text) {
  for (int i = 0; i < 5; ++i)
    if (kNames[i] == text)
      return static_cast<Recipe>(i);
  return std::nullopt;
}

Recipe defaultRecipe(ElementType type) {
  return type == ElementType::F16 || type == ElementType::BF16
             ? Recipe::Int8E4M3
             : Recipe::None;
}

RecipeOptions RecipeOptions::sageAttention() {
  RecipeOptions options;
  options.accumulation = Accumulation::Promoted;
  options.promotionTiles = 1;
  options.rowSum = RowSum::Add;
  options.rescaleThreshold = 0.0f;
  options.probabilityOffset = static_cast<float>(kLargestOffset);
  options.reverseKeys = false;
  options.queryGroup = 16;
  options.queryPerThread = options.keyPerThread = true;
  options.smoothV = false;
  return options;
}

Accumulator accumulatorOf(const RecipeOptions &options) {
  if (options.accumulator)
    return *options.accumulator;
  return options.recipe == Recipe::Int8E4M3 ? Accumulator::Narrow
                                            : Accumulator::F32;
}

float probabilityOffset(const RecipeOptions &options) {
  // 8.8 is 448 with a margin for the error of the GPU's exp2.
  constexpr float kE4M3Offset = 8.8f;
  if (options.probabilityOffset)
    return *options.probabilityOffset;
  return options.recipe == Recipe::Int8E4M3
             ? kE4M3Offset - options.rescaleThreshold
             : 0.0f;
}

Result<void> verify(const RecipeOptions &options) {
  const std::pair<const char *, int64_t> sizes[] = {
      {"key tile", options.keyTile},
      {"query group", options.queryGroup},
      {"key group", options.keyGroup},
      {"promotion interval", options.promotionTiles}};
  for (auto [name, size] : sizes)
    if (size < 1)
      return Error{std::string("expected ") + name + " of at least 1, got " +
                   std::to_string(size)};
  constexpr int64_t kGroupRows = 64;
  if (options.queryTile < 0 || options.queryTile % kGroupRows)
    return Error{"expected a query tile of a multiple of 64, got " +
                 std::to_string(options.queryTile)};
  // Beyond 2^64 sums of f32 could overflow.
  constexpr float kLargestThreshold = 64.0f;
  if (!(options.rescaleThreshold >= 0 &&
        options.rescaleThreshold <= kLargestThreshold))
    return Error{"expected a rescale threshold from 0 to 64, got " +
                 show(options.rescaleThreshold)};
  float offset = probabilityOffset(options);
  if (options.recipe == Recipe::Int8E4M3 &&
      !(offset + options.rescaleThreshold <=
        static_cast<float>(kLargestOffset)))
    return Error{"expected probability offset + rescale threshold of at most "
                 "log2(448), got " +
                 show(offset) + " + " + show(options.rescaleThreshold)};
  if (options.recipe != Recipe::Int8E4M3 &&
      options.accumulator == Accumulator::Narrow)
    return Error{"expected recipe int8-e4m3 for the narrow accumulator, got " +
                 std::string(toString(options.recipe))};
  return {};
}

} // namespace rcm::reference

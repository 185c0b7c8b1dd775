//===- ReferenceTestUtils.h - Problems that own their data ----------------===//

#ifndef RCM_TEST_UNIT_REFERENCETESTUTILS_H
#define RCM_TEST_UNIT_REFERENCETESTUTILS_H

#include "rcm/Reference/Metrics.h"
#include "rcm/Reference/Recipe.h"

#include "gtest/gtest.h"

namespace rcm::reference {

/// Generated inputs and the problem over them.
struct Case {
  AttentionInputs inputs;
  AttentionProblem problem;
};

inline Case makeCase(const AttentionShape &shape, const char *generator,
                     ElementType type = ElementType::BF16, uint64_t seed = 1) {
  Case result;
  Result<GeneratorSpec> spec = parseGenerator(generator);
  EXPECT_TRUE(spec) << spec.error();
  Result<AttentionInputs> inputs = generateAttention(*spec, type, shape, seed);
  EXPECT_TRUE(inputs) << inputs.error();
  result.inputs = std::move(*inputs);
  result.problem = makeProblem(shape, result.inputs);
  return result;
}

inline AttentionResult emulated(const AttentionProblem &problem,
                                const RecipeOptions &options,
                                const std::vector<int64_t> &rows = {}) {
  Result<AttentionResult> result = emulateAttention(problem, options, rows);
  EXPECT_TRUE(result) << result.error();
  return result ? *result : AttentionResult();
}

inline AttentionResult exact(const AttentionProblem &problem,
                             const std::vector<int64_t> &rows = {}) {
  Result<AttentionResult> result = referenceAttention(problem, rows);
  EXPECT_TRUE(result) << result.error();
  return result ? *result : AttentionResult();
}

/// The emulation against f64.
inline Metrics measure(const AttentionProblem &problem,
                       const RecipeOptions &options,
                       const std::vector<int64_t> &rows = {}) {
  return compare(emulated(problem, options, rows).out,
                 exact(problem, rows).out);
}

inline RecipeOptions optionsFor(Recipe recipe) {
  RecipeOptions options;
  options.recipe = recipe;
  return options;
}

inline constexpr Recipe kAllRecipes[] = {Recipe::None, Recipe::BF16, Recipe::F16,
                                  Recipe::Int8F16, Recipe::Int8E4M3};

/// The relative L2 that each recipe keeps on any few normal rows.
inline double looseBound(Recipe recipe) {
  switch (recipe) {
  case Recipe::None:
    return 1e-5;
  case Recipe::BF16:
    return 0.02;
  case Recipe::F16:
    return 0.003;
  case Recipe::Int8F16:
    return 0.06;
  case Recipe::Int8E4M3:
    return 0.12;
  }
  return 0;
}

} // namespace rcm::reference

#endif // RCM_TEST_UNIT_REFERENCETESTUTILS_H

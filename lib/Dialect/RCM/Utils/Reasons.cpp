//===- Reasons.cpp - why a fusion was refused
//-----------------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/Utils/Reasons.h"

#include "llvm/Support/ErrorHandling.h"

using namespace rcm::match;

namespace {
struct ReasonEntry {
  Reason reason;
  const char *name;
  const char *text;
};
} // namespace

static constexpr ReasonEntry kReasons[] = {
    {Reason::NotAttention, "not-attention",
     "nothing here looks like attention"},
    {Reason::NoDenominator, "no-denominator",
     "the exponentials are not divided by the sum of the same exponentials "
     "over the same keys"},
    {Reason::ProbabilitiesModified, "probabilities-modified",
     "the probabilities are changed between the softmax and the values"},
    {Reason::ValueModified, "value-modified",
     "the values are changed inside the contraction"},
    {Reason::ValueWithoutKeys, "value-without-keys",
     "what the probabilities are multiplied with does not depend on the key"},
    {Reason::ScoresNotContraction, "scores-not-contraction",
     "the softmax does not run over products of queries and keys"},
    {Reason::ScoresModified, "scores-modified",
     "the scores pass through a function that is not scale and bias"},
    {Reason::ScaleNotConstant, "scale-not-constant",
     "the factor of the scores is not a constant"},
    {Reason::ShiftNotFinite, "shift-not-finite",
     "all scores of a row are shifted by an infinity or a NaN"},
    {Reason::MaskNotInfinite, "mask-not-infinite",
     "masked scores are replaced by a finite value"},
    {Reason::ContractionModified, "contraction-modified",
     "the contraction does more than multiply and add elements of two tensors"},
    {Reason::NotFloat, "not-float",
     "an operand does not hold f16, bf16, f32 or f64"},
    {Reason::NoSkip, "no-skip", "nothing is added to the attention"},
    {Reason::ProjectionBetween, "projection-between",
     "a linear map stands between attention and skip, which belongs to that "
     "matrix product"},
    {Reason::SkipNotLinear, "skip-not-linear",
     "the result is not linear in the attention"},
    {Reason::SkipMixesElements, "skip-mixes-elements",
     "the result reads the attention at two different positions"},
    {Reason::SkipReadsAttention, "skip-reads-attention",
     "a coefficient or the tensor that is added is computed from the attention "
     "itself"},
    {Reason::SideEffectsBetween, "side-effects-between",
     "a memory that an operand is read from may be written before the "
     "attention is complete"},
    {Reason::ResidualNotFullRank, "residual-not-full-rank",
     "what is added to the attention is not a coefficient times a tensor of "
     "its size"},
    {Reason::CoefficientNotRowwise, "coefficient-not-computable",
     "a coefficient is not an expression of tensors and scalars"},
    {Reason::UnsupportedLayout, "unsupported-layout",
     "the dimensions do not group into batch, heads, rows and channels without "
     "a copy"},
    {Reason::RoundingKept, "rounding-kept",
     "an intermediate is rounded to a narrower type, which "
     "keep-intermediate-rounding keeps"},
    {Reason::TooLarge, "too-large",
     "the expression is larger than the matcher looks at"},
    {Reason::SeveralResults, "several-results",
     "the op that sums over the keys computes something else as well"},
};

static const ReasonEntry &getEntry(Reason reason) {
  for (const ReasonEntry &entry : kReasons)
    if (entry.reason == reason)
      return entry;
  llvm_unreachable("reason without an entry");
}

llvm::StringRef rcm::match::getReasonName(Reason reason) {
  return getEntry(reason).name;
}

llvm::StringRef rcm::match::getReasonText(Reason reason) {
  return getEntry(reason).text;
}

//===- ReshapePlan.cpp - tensors as views with one dimension per logical one
//----------------------------------------------------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/Utils/Layout.h"

using namespace mlir;
using namespace rcm;
using namespace rcm::match;

static Digits withoutUnits(const VarTable &vars, ArrayRef<VarId> digits) {
  Digits kept = vars.resolve(digits);
  llvm::erase_if(kept, [&](VarId var) { return vars.getExtent(var) == 1; });
  return kept;
}

/// Gives dimensions of size 1 to logical dimensions of extent 1 that are not
/// there yet: first by variable, then in order.
static void assignUnitDims(const VarTable &vars, const IndexTuple &index,
                           const PlanRequest &request,
                           SmallVectorImpl<SmallVector<PlannedDim>> &fine) {
  SmallVector<unsigned> open;
  for (const auto &[dim, numeral] : request.allowed)
    if (!numeral.empty() && withoutUnits(vars, numeral).empty())
      open.push_back(dim);
  auto getNumeral = [&](unsigned dim) {
    return llvm::find_if(request.allowed,
                         [&](auto &entry) { return entry.first == dim; })
        ->second;
  };
  for (bool byVariable : {true, false})
    for (auto [position, dims] : llvm::enumerate(fine)) {
      if (dims.size() != 1 || dims[0].dim || !dims[0].digits.empty())
        continue;
      Digits digits = vars.resolve(index[position]);
      auto *found = llvm::find_if(open, [&](unsigned dim) {
        return !byVariable ||
               (!digits.empty() && digits == vars.resolve(getNumeral(dim)));
      });
      if (found == open.end() || (!byVariable && request.keepsUnitDims))
        continue;
      dims[0].dim = *found;
      open.erase(found);
    }
}

/// Marks the digits of `flat` with the logical dimensions whose whole numeral
/// they spell.
static bool markDims(const VarTable &vars, const PlanRequest &request,
                     MutableArrayRef<PlannedDim *> flat,
                     SmallVectorImpl<bool> &startsGroup) {
  for (size_t i = 0; i < flat.size();) {
    if (flat[i]->digits.empty()) { // size 1
      startsGroup[i++] = true;
      continue;
    }
    bool isMarked = false;
    for (const auto &[dim, numeral] : request.allowed) {
      Digits wanted = withoutUnits(vars, numeral);
      if (wanted.empty() || wanted.front() != flat[i]->digits.front())
        continue;
      size_t next = i, matched = 0;
      while (next < flat.size() && matched < wanted.size()) {
        // Dimensions of size 1 in between join the group.
        if (!flat[next]->digits.empty()) {
          if (flat[next]->digits.front() != wanted[matched])
            break;
          ++matched;
        } else if (flat[next]->dim) {
          break;
        }
        ++next;
      }
      if (matched != wanted.size())
        continue;
      startsGroup[i] = true;
      for (; i < next; ++i)
        flat[i]->dim = dim;
      isMarked = true;
      break;
    }
    if (!isMarked)
      return false;
  }
  return true;
}

std::optional<ReshapePlan> rcm::match::planReshape(const VarTable &vars,
                                                   const IndexTuple &index,
                                                   const PlanRequest &request) {
  ReshapePlan plan;
  for (const Digits &written : index) {
    SmallVector<PlannedDim> dims;
    for (VarId var : withoutUnits(vars, written))
      dims.push_back({std::nullopt, {var}});
    if (dims.empty())
      dims.push_back({});
    plan.fine.push_back(dims);
  }
  assignUnitDims(vars, index, request, plan.fine);
  SmallVector<PlannedDim *> flat;
  for (SmallVector<PlannedDim> &dims : plan.fine)
    for (PlannedDim &dim : dims)
      flat.push_back(&dim);
  SmallVector<bool> startsGroup(flat.size(), false);
  if (!markDims(vars, request, flat, startsGroup))
    return std::nullopt;
  for (auto [position, dim] : llvm::enumerate(flat)) {
    bool isDropped = !dim->dim && !request.keepsUnitDims;
    bool joins = !startsGroup[position] || (isDropped && !plan.result.empty());
    // Leading dimensions to drop are joined by what follows them.
    bool joinsDropped = startsGroup[position] && !isDropped &&
                        !request.keepsUnitDims && plan.result.size() == 1 &&
                        !plan.result[0].dim;
    if (joins || joinsDropped) {
      ++plan.groupSizes.back();
      if (joinsDropped)
        plan.result.back().dim = dim->dim;
      llvm::append_range(plan.result.back().digits, dim->digits);
      continue;
    }
    plan.result.push_back(*dim);
    plan.groupSizes.push_back(1);
  }
  // The same logical dimension twice is a diagonal.
  for (size_t i = 0; i < plan.result.size(); ++i)
    for (size_t j = 0; j < i; ++j)
      if (plan.result[i].dim && plan.result[i].dim == plan.result[j].dim)
        return std::nullopt;
  for (unsigned dim : request.required) {
    bool isThere = llvm::any_of(plan.result, [&](const PlannedDim &planned) {
      return planned.dim == dim;
    });
    if (isThere)
      continue;
    const auto *entry = llvm::find_if(
        request.allowed, [&](auto &allowed) { return allowed.first == dim; });
    if (entry == request.allowed.end() ||
        !withoutUnits(vars, entry->second).empty() || plan.fine.empty())
      return std::nullopt;
    plan.fine.back().push_back({dim, {}});
    plan.result.push_back({dim, {}});
    plan.groupSizes.push_back(1);
  }
  plan.isIdentity =
      llvm::all_of(plan.fine, [](auto &dims) { return dims.size() == 1; }) &&
      llvm::all_of(plan.groupSizes, [](unsigned size) { return size == 1; });
  if (!request.keepsUnitDims)
    for (const PlannedDim &planned : plan.result)
      if (!planned.dim)
        return std::nullopt;
  return plan;
}

//===- Layout.cpp - variables as the dimensions of attention
//--------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/Utils/Layout.h"

#include <limits>

using namespace mlir;
using namespace rcm;
using namespace rcm::match;

//===----------------------------------------------------------------------===//
// Which variable is which dimension
//===----------------------------------------------------------------------===//

namespace {
/// The variables of a match, sorted by who reads them.
class LayoutAssigner {
public:
  LayoutAssigner(ExprReader &reader, Algebra &algebra, const SkipMatch &match)
      : vars(reader.vars), match(match) {
    const AttentionMatch &attention = match.attention;
    for (const Digits &digits : match.outIndex)
      llvm::append_range(out, vars.resolve(digits));
    algebra.collectVars(attention.query, query);
    algebra.collectVars(attention.key, key);
    algebra.collectVars(attention.value, value);
    for (const Term &term : attention.bias)
      for (const Factor &factor : term.factors)
        algebra.collectVars(factor.e, bias);
    if (attention.causalRow)
      causalRow = vars.resolve(attention.causalRow->digits);
    keyRows = vars.resolve(attention.keyRows);
    keyDims = vars.resolve(attention.keyDims);
  }

  std::optional<Layout> assign();

private:
  bool isUnit(VarId var) const { return vars.getExtent(var) == 1; }
  bool isIn(const Digits &digits, VarId var) const {
    return llvm::is_contained(digits, var);
  }
  /// Only variables of the result, and the bound ones that belong there.
  bool checkReads() const;
  bool splitsHead(VarId var) const;
  Digits pickValueDim() const;
  Digits pickQueryRow() const;
  bool assignBatchAndHead(Layout &layout, Digits rest) const;

  VarTable &vars;
  const SkipMatch &match;
  Digits out, query, key, value, bias, causalRow, keyRows, keyDims;
};
} // namespace

bool LayoutAssigner::checkReads() const {
  auto within = [&](const Digits &used,
                    std::initializer_list<const Digits *> sets) {
    return llvm::all_of(used, [&](VarId var) {
      return isUnit(var) || llvm::any_of(sets, [&](const Digits *set) {
               return isIn(*set, var);
             });
    });
  };
  return within(query, {&out, &keyDims}) &&
         within(key, {&out, &keyDims, &keyRows}) &&
         within(value, {&out, &keyRows}) && within(bias, {&out, &keyRows}) &&
         within(causalRow, {&out});
}

/// The digits of `index`'s dimension that holds `var`, which satisfy `accept`.
static Digits takeNeighbours(const VarTable &vars, const Expr *leaf, VarId var,
                             llvm::function_ref<bool(VarId)> accept) {
  for (const Digits &written : leaf->index) {
    Digits digits = vars.resolve(written);
    if (!llvm::is_contained(digits, var))
      continue;
    llvm::erase_if(digits, [&](VarId other) { return !accept(other); });
    return digits;
  }
  return {var};
}

/// The result's variables that only the values bring.
Digits LayoutAssigner::pickValueDim() const {
  auto isCandidate = [&](VarId var) {
    return isIn(out, var) && isIn(value, var) && !isIn(query, var) &&
           !isIn(key, var) && !isIn(bias, var) && !isIn(causalRow, var);
  };
  Digits candidates = value;
  llvm::erase_if(candidates, [&](VarId var) { return !isCandidate(var); });
  if (candidates.empty())
    return {};
  return takeNeighbours(vars, match.attention.value, candidates.back(),
                        isCandidate);
}

/// True if a dimension of the queries or of the result holds `var` beside a
/// variable that keys or values know: a query head of a group, not a row.
bool LayoutAssigner::splitsHead(VarId var) const {
  auto isShared = [&](VarId other) {
    return !isUnit(other) && (isIn(key, other) || isIn(value, other));
  };
  auto splits = [&](const IndexTuple &index) {
    return llvm::any_of(index, [&](const Digits &written) {
      Digits digits = vars.resolve(written);
      return isIn(digits, var) && llvm::any_of(digits, isShared);
    });
  };
  return splits(match.attention.query->index) || splits(match.outIndex);
}

/// Rows are what only the queries bring. Of several, the mask tells, else what
/// is no part of a head, else the longest is taken, else the innermost.
Digits LayoutAssigner::pickQueryRow() const {
  auto isCandidate = [&](VarId var) {
    return isIn(out, var) && isIn(query, var) && !isIn(key, var) &&
           !isIn(value, var);
  };
  if (!causalRow.empty())
    return causalRow;
  std::optional<VarId> best;
  auto rank = [&](VarId var) {
    int64_t extent = vars.getExtent(var);
    return std::pair(!splitsHead(var),
                     ShapedType::isDynamic(extent)
                         ? std::numeric_limits<int64_t>::max()
                         : extent);
  };
  for (VarId var : query)
    if (isCandidate(var) && (!best || rank(var) >= rank(*best)))
      best = var;
  if (!best)
    return {};
  return takeNeighbours(vars, match.attention.query, *best, isCandidate);
}

/// What is left are batches and heads, in the order of the result.
bool LayoutAssigner::assignBatchAndHead(Layout &layout, Digits rest) const {
  if (rest.size() > 2)
    llvm::erase_if(rest,
                   [&](VarId var) { return isUnit(var) && rest.size() > 2; });
  auto isShared = [&](VarId var) { return isIn(key, var) || isIn(value, var); };
  if (rest.size() > 2) {
    // The last two are grouped queries if keys and values know only the first.
    VarId last = rest.back(), before = rest[rest.size() - 2];
    bool isGrouped = !isShared(last) && isShared(before);
    size_t numHeads = isGrouped ? 2 : 1;
    layout.dims[kHead].assign(rest.end() - numHeads, rest.end());
    layout.keyHead = {layout.dims[kHead].front()};
    layout.dims[kBatch].assign(rest.begin(), rest.end() - numHeads);
    return true;
  }
  if (!rest.empty())
    layout.dims[kBatch] = {rest[0]};
  if (rest.size() > 1)
    layout.dims[kHead] = layout.keyHead = {rest[1]};
  // Keys and values of one head for all: a dimension of size 1 is that head.
  auto hasUnitDim = [](const Expr *leaf) {
    return llvm::any_of(leaf->index,
                        [](const Digits &digits) { return digits.empty(); });
  };
  if (rest.size() > 1 && !isShared(rest[1]) && !isUnit(rest[1]) &&
      hasUnitDim(match.attention.key) && hasUnitDim(match.attention.value))
    layout.keyHead = {vars.add(1)};
  return true;
}

std::optional<Layout> LayoutAssigner::assign() {
  if (!checkReads())
    return std::nullopt;
  Layout layout;
  layout.dims[kKeyRow] = keyRows;
  layout.dims[kKeyDim] = keyDims;
  layout.dims[kValueDim] = pickValueDim();
  layout.dims[kQueryRow] = pickQueryRow();
  Digits rest;
  for (VarId var : out)
    if (!isIn(layout.dims[kValueDim], var) &&
        !isIn(layout.dims[kQueryRow], var))
      rest.push_back(var);
  // Rows or channels of which there is only one may not show in the maps.
  for (AttentionDim dim : {kValueDim, kQueryRow}) {
    if (!layout.dims[dim].empty())
      continue;
    VarId chosen = 0;
    bool isFound = false;
    for (VarId var : rest)
      if (isUnit(var)) {
        chosen = var;
        isFound = true;
      }
    llvm::erase_if(rest, [&](VarId var) { return isFound && var == chosen; });
    layout.dims[dim] = {isFound ? chosen : vars.add(1)};
  }
  for (AttentionDim dim : {kKeyRow, kKeyDim})
    if (layout.dims[dim].empty())
      layout.dims[dim] = {vars.add(1)};
  if (!assignBatchAndHead(layout, rest))
    return std::nullopt;
  // The ops know of no keys, but not of no rows, heads or channels.
  for (auto [dim, digits] : llvm::enumerate(layout.dims))
    for (VarId var : vars.resolve(digits))
      if (vars.getExtent(var) == 0 && dim != kKeyRow)
        return std::nullopt;
  return layout;
}

std::optional<Layout> rcm::match::assignLayout(ExprReader &reader,
                                               Algebra &algebra,
                                               const SkipMatch &match) {
  return LayoutAssigner(reader, algebra, match).assign();
}

//===----------------------------------------------------------------------===//
// Reshapes
//===----------------------------------------------------------------------===//

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

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

  SmallVector<Layout> assign();

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
  bool isShared(VarId var) const { return isIn(key, var) || isIn(value, var); }
  Digits findGroupedHead(const Digits &rest) const;
  Layout withHead(Layout layout, const Digits &rest, const Digits &head) const;
  void assignBatchAndHead(const Layout &layout, Digits rest,
                          SmallVectorImpl<Layout> &layouts);

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
  auto splits = [&](const IndexTuple &index) {
    return llvm::any_of(index, [&](const Digits &written) {
      Digits digits = vars.resolve(written);
      return isIn(digits, var) && llvm::any_of(digits, [&](VarId other) {
               return !isUnit(other) && isShared(other);
             });
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

/// The digits of the dimension of queries or result that holds a query head of
/// a group beside its key head; empty if no dimension does.
Digits LayoutAssigner::findGroupedHead(const Digits &rest) const {
  const IndexTuple *indices[] = {&match.outIndex,
                                 &match.attention.query->index};
  for (const IndexTuple *index : indices)
    for (const Digits &written : *index) {
      Digits digits = vars.resolve(written);
      llvm::erase_if(digits, [&](VarId var) {
        return isUnit(var) || !isIn(rest, var);
      });
      if (digits.size() > 1 && isShared(digits.front()) &&
          !isShared(digits.back()))
        return digits;
    }
  return {};
}

/// `head` as the heads, of which keys and values know the leading ones.
Layout LayoutAssigner::withHead(Layout layout, const Digits &rest,
                                const Digits &head) const {
  layout.dims[kHead] = layout.keyHead = head;
  while (layout.keyHead.size() > 1 && !isShared(layout.keyHead.back()))
    layout.keyHead.pop_back();
  for (VarId var : rest)
    if (!isIn(head, var))
      layout.dims[kBatch].push_back(var);
  return layout;
}

/// What is left are batches and heads, in the order of the result.
void LayoutAssigner::assignBatchAndHead(const Layout &layout, Digits rest,
                                        SmallVectorImpl<Layout> &layouts) {
  if (rest.size() > 2)
    llvm::erase_if(rest,
                   [&](VarId var) { return isUnit(var) && rest.size() > 2; });
  // Grouped queries: the group with the nearest digit that keys know, or all.
  if (Digits grouped = findGroupedHead(rest); !grouped.empty()) {
    Digits nearest;
    for (VarId var : llvm::reverse(grouped)) {
      nearest.insert(nearest.begin(), var);
      if (isShared(var))
        break;
    }
    layouts.push_back(withHead(layout, rest, nearest));
    layouts.push_back(withHead(layout, rest, grouped));
  }
  if (rest.size() > 2) {
    VarId last = rest.back(), before = rest[rest.size() - 2];
    // The last two are grouped queries if keys and values know only the first.
    if (!isShared(last) && isShared(before))
      layouts.push_back(withHead(layout, rest, {before, last}));
    layouts.push_back(withHead(layout, rest, {last}));
    // Batch and heads the other way round, or several heads.
    layouts.push_back(withHead(layout, rest, {rest.front()}));
    layouts.push_back(
        withHead(layout, rest, Digits(rest.begin() + 1, rest.end())));
    return;
  }
  // A number of key heads that is only known at run time might be one of groups
  // to whoever lowers the op: if there is a choice, it becomes the batch.
  auto isOpen = [&](VarId var) {
    return ShapedType::isDynamic(vars.getExtent(var));
  };
  if (rest.size() > 1 && isOpen(rest[1]) && !isOpen(rest[0]))
    std::swap(rest[0], rest[1]);
  Layout simple = layout;
  if (!rest.empty())
    simple.dims[kBatch] = {rest[0]};
  if (rest.size() > 1)
    simple.dims[kHead] = simple.keyHead = {rest[1]};
  // Keys and values of one head for all: a dimension of size 1 is that head.
  auto hasUnitDim = [&](const Expr *leaf) {
    return llvm::any_of(leaf->index, [&](const Digits &digits) {
      return llvm::all_of(vars.resolve(digits), [&](VarId var) {
        return isUnit(var) && var != rest[0];
      });
    });
  };
  if (rest.size() > 1 && !isShared(rest[1]) && !isUnit(rest[1]) &&
      hasUnitDim(match.attention.key) && hasUnitDim(match.attention.value))
    simple.keyHead = {vars.add(1)};
  layouts.push_back(simple);
}

SmallVector<Layout> LayoutAssigner::assign() {
  if (!checkReads())
    return {};
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
  // The ops know of no keys, but not of no rows, heads or channels.
  for (const Digits *digits : {&out, &keyDims})
    for (VarId var : *digits)
      if (vars.getExtent(var) == 0)
        return {};
  SmallVector<Layout> layouts;
  assignBatchAndHead(layout, rest, layouts);
  return layouts;
}

SmallVector<Layout> rcm::match::assignLayouts(ExprReader &reader,
                                              Algebra &algebra,
                                              const SkipMatch &match) {
  return LayoutAssigner(reader, algebra, match).assign();
}

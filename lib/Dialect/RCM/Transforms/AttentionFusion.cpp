//===- AttentionFusion.cpp - the two fusion passes' common part -----------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/Transforms/AttentionFusion.h"

#include "rcm/Dialect/RCM/Utils/FusionBuilder.h"
#include "rcm/Dialect/RCM/Utils/FusionChecks.h"
#include "rcm/Dialect/RCM/Utils/Rounding.h"

#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace rcm;
using namespace rcm::match;

namespace {

/// A match with everything it refers to.
struct Candidate {
  ExprReader reader;
  std::unique_ptr<SkipMatcher> matcher;
  SkipMatch match;
};

/// Attentions that may be fused for one sum over the keys.
constexpr unsigned kMaxResults = 16;
/// Times that a function is gone through.
constexpr unsigned kMaxSweeps = 4;
/// How many ops after the attention are searched for a skip.
constexpr size_t kMaxUsers = 48;

/// Fuses in one function.
class FunctionFuser {
public:
  FunctionFuser(Operation *function, const AttentionFusionOptions &options)
      : facts(function), options(options) {}

  void run() {
    // What is fused may make a coefficient of an earlier attention a tensor.
    for (unsigned i = 0; i < kMaxSweeps && sweep(/*withRemarks=*/i == 0); ++i)
      continue;
  }

private:
  using CandidatePtr = std::unique_ptr<Candidate>;

  /// Looks at every sum over keys; true if something was fused.
  bool sweep(bool withRemarks) {
    bool isChanged = false;
    for (linalg::LinalgOp anchor : facts.anchors) {
      // Several results may be computed from one sum over the keys.
      bool withRemark = withRemarks;
      for (unsigned i = 0; i < kMaxResults && !erased.contains(anchor); ++i) {
        if (!fuseAnchor(anchor, withRemark))
          break;
        isChanged = true;
        withRemark = false;
      }
    }
    return isChanged;
  }
  bool fuseAnchor(linalg::LinalgOp anchor, bool withRemark);
  CandidatePtr tryMatch(linalg::LinalgOp anchor, Value result);
  CandidatePtr search(linalg::LinalgOp anchor, CandidatePtr plain);
  bool isWanted(const SkipMatch &match) const {
    return options.withSkip ? match.residual != nullptr : match.isPlain();
  }
  void explain(Refusal first, Operation *projection, linalg::LinalgOp anchor);
  /// The users that a skip may run through, in the order of the block.
  SmallVector<Operation *> collectUsers(linalg::LinalgOp anchor);
  bool rewrite(Candidate &candidate);
  bool rewriteNearest(linalg::LinalgOp anchor, const Candidate &farthest);
  bool checkRounding(const SkipMatch &match);
  void eraseDead(Operation *op);
  void remarkMissed(linalg::LinalgOp anchor, Refusal refusal);
  void remarkPassed(Location loc, Candidate &candidate, const Layout &layout,
                    FusionBuilder &builder);

  FunctionFacts facts;
  const AttentionFusionOptions &options;
  DenseSet<Operation *> erased;
  DenseSet<Value> derived;
  /// The first user of the anchor that is what is looked for.
  Value nearest;
  Refusal refusal;
};

} // namespace

/// The op that computes attention's consumers, linear but not elementwise.
static Operation *findProjection(ArrayRef<Operation *> users,
                                 linalg::LinalgOp anchor) {
  auto check = [](Operation *op) -> Operation * {
    for (Operation *user : op->getUsers())
      if (auto linalgOp = dyn_cast<linalg::LinalgOp>(user))
        if (linalgOp.getNumParallelLoops() != linalgOp.getNumLoops())
          return user;
    return nullptr;
  };
  Operation *found = check(anchor);
  for (size_t i = 0; !found && i < users.size(); ++i)
    found = check(users[i]);
  return found;
}

SmallVector<Operation *> FunctionFuser::collectUsers(linalg::LinalgOp anchor) {
  SmallVector<Operation *> users;
  llvm::SmallPtrSet<Operation *, 16> seen;
  SmallVector<Operation *> worklist = {anchor};
  while (!worklist.empty() && users.size() < kMaxUsers) {
    Operation *op = worklist.pop_back_val();
    for (Operation *user : op->getUsers()) {
      if (user->getBlock() != anchor->getBlock() ||
          !isElementwiseOrView(user) || !seen.insert(user).second)
        continue;
      users.push_back(user);
      worklist.push_back(user);
    }
  }
  llvm::sort(users, [&](Operation *a, Operation *b) {
    return facts.comesBefore(a, b);
  });
  return users;
}

FunctionFuser::CandidatePtr FunctionFuser::tryMatch(linalg::LinalgOp anchor,
                                                    Value result) {
  auto candidate = std::make_unique<Candidate>();
  candidate->reader.plantedBug = static_cast<PlantedBug>(options.plantedBug);
  candidate->matcher =
      std::make_unique<SkipMatcher>(candidate->reader, facts, anchor, derived);
  FailureOr<SkipMatch> match = candidate->matcher->match(result);
  if (failed(match)) {
    refusal = candidate->matcher->getRefusal();
    return nullptr;
  }
  if (failed(checkSkipInputs(*match, facts, anchor, refusal)))
    return nullptr;
  candidate->match = *match;
  return candidate;
}

/// A factor that the next attention's skip multiplies with would hide it.
static bool hasSchedule(Candidate &candidate) {
  const SkipMatch &match = candidate.match;
  if (!match.residual)
    return false;
  Algebra &algebra = candidate.matcher->getAlgebra();
  Type f64 = Float64Type::get(match.result.getContext());
  return matchSchedule(candidate.reader, algebra,
                       algebra.build(match.alpha, f64),
                       algebra.build(match.beta, f64))
      .has_value();
}

/// The nearest user that is what is looked for, followed as long as its only
/// reader is one too (a cast, a transpose, a further term of the same tensor).
FunctionFuser::CandidatePtr FunctionFuser::search(linalg::LinalgOp anchor,
                                                  CandidatePtr best) {
  SmallVector<Operation *> users = collectUsers(anchor);
  Refusal first;
  // What `best` was before it was last multiplied with something.
  CandidatePtr unscaled;
  for (Operation *user : users) {
    if (!llvm::any_of(user->getOperands(),
                      [&](Value value) { return derived.contains(value); }))
      continue;
    derived.insert(user->result_begin(), user->result_end());
    Value result = getOnlyResult(user);
    if (!result)
      continue;
    // Another way from the attention, which may join later.
    if (best && !llvm::is_contained(user->getOperands(), best->match.result))
      continue;
    bool follows =
        !best || llvm::all_of(best->match.result.getUsers(),
                              [&](Operation *op) { return op == user; });
    if (best && !follows)
      break;
    CandidatePtr next = tryMatch(anchor, result);
    bool extends = next && isWanted(next->match);
    if (extends && best) {
      // Attention that comes in on two ways would be computed for each.
      bool joins = llvm::count_if(user->getOperands(), [&](Value value) {
                     return derived.contains(value);
                   }) > 1;
      extends = joins || (best->match.hasSameResidual(next->match) &&
                          (!hasSchedule(*best) || hasSchedule(*next)));
    }
    if (extends) {
      if (best && best->match.isScaled(next->match))
        unscaled = std::move(best);
      else if (best && best->match.alpha.size() != next->match.alpha.size())
        unscaled = nullptr;
      if (!best)
        nearest = result;
      best = std::move(next);
      continue;
    }
    // The factor was the next skip's, which would lose its coefficient.
    if (unscaled && next)
      best = std::move(unscaled);
    if (best)
      break;
    if (!next && first.reason == Reason::NotAttention)
      first = refusal;
  }
  if (!best)
    explain(first, findProjection(users, anchor), anchor);
  return best;
}

/// Says in `refusal` why no user of the anchor is what is looked for; `first`
/// is what the first of them was refused for.
void FunctionFuser::explain(Refusal first, Operation *projection,
                            linalg::LinalgOp anchor) {
  bool isUnnormalized = first.reason == Reason::NoDenominator ||
                        first.reason == Reason::NotAttention;
  if (first.reason != Reason::NotAttention && !(isUnnormalized && projection))
    refusal = first;
  else if (projection && options.withSkip &&
           refusal.reason != Reason::NoDenominator)
    refusal = {Reason::ProjectionBetween, projection};
  else if (refusal.reason != Reason::NoDenominator)
    refusal = {Reason::NoSkip, anchor};
}

/// What follows the skip, a transpose say, may have a layout that the op cannot
/// give; then it stays as it is. `farthest` was refused.
bool FunctionFuser::rewriteNearest(linalg::LinalgOp anchor,
                                   const Candidate &farthest) {
  if (refusal.reason != Reason::UnsupportedLayout || !nearest ||
      nearest == farthest.match.result)
    return false;
  Refusal first = refusal;
  CandidatePtr candidate = tryMatch(anchor, nearest);
  if (candidate && isWanted(candidate->match) && rewrite(*candidate))
    return true;
  refusal = first;
  return false;
}

/// True if something was fused. A remark is made for the first try only: that
/// nothing more is found after a success is no news.
bool FunctionFuser::fuseAnchor(linalg::LinalgOp anchor, bool withRemark) {
  if (anchor->getNumResults() != 1) {
    if (withRemark && facts.contractions.contains(anchor->getResult(0)))
      remarkMissed(anchor, {Reason::SeveralResults, anchor});
    return false;
  }
  derived.clear();
  derived.insert(anchor->getResult(0));
  refusal = {};
  CandidatePtr candidate = tryMatch(anchor, anchor->getResult(0));
  // Late division shows in the users only, and so does the residual beside a
  // start that is no residual; every other reason is final.
  if (!candidate && refusal.reason == Reason::NotAttention)
    return false;
  if (candidate || refusal.reason == Reason::NoDenominator ||
      refusal.reason == Reason::ResidualNotFullRank) {
    if (candidate && !isWanted(candidate->match))
      candidate = nullptr;
    candidate = search(anchor, std::move(candidate));
    if (candidate &&
        (rewrite(*candidate) || rewriteNearest(anchor, *candidate)))
      return true;
  }
  if (withRemark)
    remarkMissed(anchor, refusal);
  return false;
}

/// keep-intermediate-rounding: everything between the operands and the result
/// is computed at least in f32.
bool FunctionFuser::checkRounding(const SkipMatch &match) {
  if (!options.keepIntermediateRounding)
    return true;
  if (Operation *rounding = findRounding(match.result, collectInputs(match))) {
    refusal = {Reason::RoundingKept, rounding};
    return false;
  }
  return true;
}

void FunctionFuser::eraseDead(Operation *op) {
  SmallVector<Operation *> worklist = {op};
  while (!worklist.empty()) {
    Operation *dead = worklist.pop_back_val();
    if (erased.contains(dead) || !isOpTriviallyDead(dead))
      continue;
    SmallVector<Operation *> producers;
    for (Value operand : dead->getOperands())
      if (Operation *producer = operand.getDefiningOp())
        producers.push_back(producer);
    // Values captured by the body.
    dead->walk([&](Operation *inner) {
      for (Value operand : inner->getOperands())
        if (Operation *producer = operand.getDefiningOp())
          if (!dead->isProperAncestor(producer) && producer != dead)
            producers.push_back(producer);
    });
    facts.forget(dead);
    erased.insert(dead);
    dead->erase();
    llvm::append_range(worklist, producers);
  }
}

bool FunctionFuser::rewrite(Candidate &candidate) {
  SkipMatch &match = candidate.match;
  if (!checkRounding(match) || failed(checkTypes(match, refusal)) ||
      failed(checkSideEffects(match, facts, refusal)))
    return false;
  Algebra &algebra = candidate.matcher->getAlgebra();
  Operation *last = match.result.getDefiningOp();
  refusal = {Reason::UnsupportedLayout, last};
  for (const Layout &layout :
       assignLayouts(candidate.reader, algebra, match)) {
    OpBuilder builder(last);
    FusionBuilder fusion(builder, last->getLoc(), candidate.reader, algebra,
                         match, layout);
    FailureOr<Value> result = fusion.build();
    if (failed(result)) {
      refusal = fusion.getRefusal();
      continue;
    }
    remarkPassed(last->getLoc(), candidate, layout, fusion);
    facts.numberInserted(last);
    match.result.replaceAllUsesWith(*result);
    eraseDead(last);
    return true;
  }
  return false;
}

//===----------------------------------------------------------------------===//
// Remarks
//===----------------------------------------------------------------------===//

void FunctionFuser::remarkMissed(linalg::LinalgOp anchor, Refusal why) {
  Operation *op = why.op ? why.op : anchor.getOperation();
  // The bodies of named ops have no locations of their own.
  while (isa<UnknownLoc>(op->getLoc()) && op->getParentOp() &&
         !isa<FunctionOpInterface>(op->getParentOp()))
    op = op->getParentOp();
  remark::missed(
      op->getLoc(),
      remark::RemarkOpts::name("not-fused").category(options.remarkCategory))
      << (getReasonName(why.reason) + ": " + getReasonText(why.reason)).str();
}

void FunctionFuser::remarkPassed(Location loc, Candidate &candidate,
                                 const Layout &layout, FusionBuilder &builder) {
  constexpr const char *names[] = {"b", "h", "m", "n", "k", "d"};
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "fused into " << builder.getFusedOp()->getName().getStringRef() << ":";
  for (auto [dim, digits] : llvm::enumerate(layout.dims)) {
    if (digits.empty())
      continue;
    int64_t size = 1;
    for (VarId var : candidate.reader.vars.resolve(digits)) {
      int64_t extent = candidate.reader.vars.getExtent(var);
      bool isKnown =
          !ShapedType::isDynamic(extent) && !ShapedType::isDynamic(size);
      size = isKnown ? size * extent : ShapedType::kDynamic;
    }
    os << " " << names[dim] << "=";
    if (ShapedType::isDynamic(size))
      os << "?";
    else
      os << size;
  }
  os << ", " << candidate.match.attention.query->type;
  if (candidate.match.attention.isCausal)
    os << ", causal";
  if (!candidate.match.attention.bias.empty())
    os << ", bias";
  if (candidate.match.residual)
    os << ", schedule "
       << (builder.getSchedule() ? stringifySkipSchedule(*builder.getSchedule())
                                 : "explicit");
  remark::passed(
      loc, remark::RemarkOpts::name("fused").category(options.remarkCategory))
      << text;
}

void rcm::fuseAttention(Operation *root,
                        const AttentionFusionOptions &options) {
  root->walk<WalkOrder::PreOrder>([&](FunctionOpInterface function) {
    FunctionFuser(function, options).run();
    return WalkResult::skip();
  });
}

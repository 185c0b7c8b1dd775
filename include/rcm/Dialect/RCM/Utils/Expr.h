//===- Expr.h - scalar expressions over tensor elements
//-------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//
//
// What one element of a tensor is, as a tree: constants, elements of other
// tensors (leaves), arithmetic, and reductions over bound variables. A leaf is
// opened (replaced by what computes it) only when a question needs it, so the
// cost of a match does not depend on what lies further up in the module.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCM_UTILS_EXPR_H
#define RCM_DIALECT_RCM_UTILS_EXPR_H

#include "rcm/Dialect/RCM/Utils/Access.h"

#include "mlir/IR/Operation.h"
#include "llvm/Support/Allocator.h"

namespace rcm::match {

enum class ExprKind {
  Constant,    ///< a number; booleans are 0 and 1
  Leaf,        ///< an element of a tensor, or a scalar SSA value (no index)
  Index,       ///< the value of a numeral, as an integer
  Accumulator, ///< the old value inside a reduction's body
  Op,          ///< arithmetic
  Reduce,      ///< a reduction over bound variables, from its identity
};

enum class OpCode {
  Add,
  Sub,
  Mul,
  Div,
  Neg,
  Max,
  MaxNum,
  Min,
  MinNum, // floats and integers
  Exp,
  Exp2,
  Log,
  Sqrt,
  Sin,
  Cos,
  Tanh,
  Abs,
  Pow,
  CopySign,
  Cast,      ///< between float types
  ToFloat,   ///< an integer as a float
  Select,    ///< condition, true value, false value
  CompareLT, ///< a < b, integers or ordered floats
  CompareLE,
  CompareEQ,
  CompareNE,
  And,
  Or,
  Not,
  Unknown, ///< any other op without side effects: its `origin`
};

/// A node; owned by an ExprArena, never changed after it was made except for
/// the memo of an opened leaf.
struct Expr {
  ExprKind kind = ExprKind::Constant;
  OpCode code = OpCode::Unknown;
  double constant = 0.0;
  llvm::SmallVector<Expr *, 2> args; ///< Op: operands; Reduce: the body
  mlir::Value root;                  ///< Leaf
  IndexTuple index;                  ///< Leaf
  Digits digits;                     ///< Index: the numeral; Reduce: bound
  mlir::Type type;                   ///< the scalar type it is held in
  mlir::Operation *origin = nullptr; ///< where it was written

  Expr *opened = nullptr; ///< Leaf: what computes it
  bool wasOpened = false; ///< Leaf: `opened` is valid, null if nothing is known

  bool isOp(OpCode c) const { return kind == ExprKind::Op && code == c; }
  bool isConstant(double value) const {
    return kind == ExprKind::Constant && constant == value;
  }
};

/// Makes nodes, folding constants.
class ExprArena {
public:
  Expr *constant(double value, mlir::Type type);
  Expr *leaf(mlir::Value root, IndexTuple index, mlir::Operation *origin);
  Expr *index(Digits digits, mlir::Type type);
  Expr *accumulator(mlir::Type type);
  /// `origin` may be null for arithmetic that the matcher itself makes.
  Expr *op(OpCode code, llvm::ArrayRef<Expr *> args, mlir::Type type,
           mlir::Operation *origin);
  Expr *reduce(OpCode code, Digits bound, Expr *body, mlir::Type type,
               mlir::Operation *origin);

private:
  Expr *make(ExprKind kind, mlir::Type type, mlir::Operation *origin);
  llvm::SpecificBumpPtrAllocator<Expr> allocator;
};

/// `e` without the float casts around it.
Expr *stripCasts(Expr *e);

/// The value of an operation on constants; nothing for Unknown and for
/// operations on other things than numbers.
std::optional<double> foldOp(OpCode code, llvm::ArrayRef<double> args);

/// True if `value` changes nothing when combined by `code`. The identity of
/// maxnum is NaN, see the MLIR 22 lowering of linalg.softmax. Booleans are 0
/// and 1.
bool isIdentityOf(OpCode code, double value);

} // namespace rcm::match

#endif // RCM_DIALECT_RCM_UTILS_EXPR_H

//===- RCMInterfaces.td - what the two attention ops have in common -------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCM_IR_RCMINTERFACES_TD
#define RCM_DIALECT_RCM_IR_RCMINTERFACES_TD

include "mlir/IR/OpBase.td"

def RCM_AttentionOpInterface : OpInterface<"AttentionOpInterface"> {
  let cppNamespace = "::rcm";
  let description = [{
    Attention with or without a skip. Every map has the domain
    `(b, h, m, n, k, d)`: batch, query head, query row, key, dimension of
    queries and keys, dimension of values (`AttentionDim`).
  }];
  let methods = [
    InterfaceMethod<"Queries, indexed by a subset of {b, h, m, k}.",
      "::mlir::Value", "getQuery">,
    InterfaceMethod<"Keys, indexed by a subset of {b, h, n, k}.",
      "::mlir::Value", "getKey">,
    InterfaceMethod<"Values, indexed by a subset of {b, h, n, d}.",
      "::mlir::Value", "getValue">,
    InterfaceMethod<"The residual x, indexed as the output; null without a skip.",
      "::mlir::Value", "getResidual", (ins), "", "return {};">,
    InterfaceMethod<"The residual's coefficient; null without a skip.",
      "::mlir::Value", "getAlpha", (ins), "", "return {};">,
    InterfaceMethod<"The attention's coefficient; null without a skip.",
      "::mlir::Value", "getBeta", (ins), "", "return {};">,
    InterfaceMethod<"The additive mask, indexed by a subset of {b, h, m, n}; may be null.",
      "::mlir::Value", "getBias">,
    InterfaceMethod<"The destination of the output.",
      "::mlir::Value", "getOut", (ins), "",
      "return $_op.getOuts()[0];">,
    InterfaceMethod<"The destination of the log-sum-exp; may be null.",
      "::mlir::Value", "getLse", (ins), "", [{
        return $_op.getOuts().size() > 1 ? $_op.getOuts()[1] : ::mlir::Value();
      }]>,
    InterfaceMethod<"The factor of the scores before the softmax.",
      "double", "getScaleValue", (ins), "",
      "return $_op.getScale().convertToDouble();">,
    InterfaceMethod<"True if query row m sees only the keys n <= m + offset.",
      "bool", "isCausal", (ins), "", "return $_op.getCausal();">,
    InterfaceMethod<"The offset of the causal mask; null stands for 0.",
      "::mlir::Value", "getCausalOffset">,
    InterfaceMethod<[{
        The maps of the shaped and coefficient operands in operand order: q, k,
        v, [x, alpha, beta], [bias], out, [lse]. Written ones, or the defaults.
      }],
      "::llvm::SmallVector<::mlir::AffineMap>", "getMaps", (ins), "", [{
        return ::rcm::detail::getMapsOrDefaults($_op);
      }]>,
    InterfaceMethod<"The maps as written, or null where the defaults hold.",
      "::mlir::ArrayAttr", "getWrittenMaps", (ins), "",
      "return $_op.getIndexingMapsAttr();">,
  ];
  let extraSharedClassDeclaration = [{
    /// The operands that have an indexing map, in the order of `getMaps`.
    ::llvm::SmallVector<::mlir::Value> getMappedOperands() {
      return ::rcm::detail::getMappedOperands($_op);
    }
    /// The maps of `getMaps` by operand name; null for absent operands.
    ::rcm::AttentionMaps getNamedMaps() {
      return ::rcm::detail::getNamedMaps($_op);
    }
    /// True on tensors, false on memrefs.
    bool hasTensorSemantics() {
      return ::llvm::isa<::mlir::RankedTensorType>($_op.getOut().getType());
    }
  }];
  let verify = "return ::rcm::detail::verifyAttention($_op);";
  let verifyWithRegions = 0;
}

#endif // RCM_DIALECT_RCM_IR_RCMINTERFACES_TD

//===- RCMTileBase.td - Tile dialect, types and enums -------*- tablegen -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCMTILE_IR_RCMTILEBASE_TD
#define RCM_DIALECT_RCMTILE_IR_RCMTILEBASE_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"

def RCMTile_Dialect : Dialect {
  let name = "rcm_tile";
  let cppNamespace = "::rcm::tile";
  let summary = "Tiles of one thread block: fragments in registers, tiles in "
                "shared memory, barriers between warps";
  let description = [{
    The level at which a kernel is written: who loads, who computes, who waits
    for whom. Values that live in registers are fragments, and which thread
    holds which element is part of their type. A matrix product that the
    hardware still works on has an `async` type that only `rcm_tile.wait` turns
    into a fragment, so a forgotten wait does not verify.

    Scalars are 32 bits wide where the machine's are. Control flow is `scf`,
    scalar arithmetic is `arith`, the kernel is a `gpu.func`.
  }];
  let useDefaultTypePrinterParser = 1;
  let useDefaultAttributePrinterParser = 1;
}

//===----------------------------------------------------------------------===//
// Enums
//===----------------------------------------------------------------------===//

class RCMTile_Enum<string name, string summary, list<I32EnumAttrCase> cases>
    : I32EnumAttr<name, summary, cases> {
  let cppNamespace = "::rcm::tile";
  let genSpecializedAttr = 0;
}

/// A matrix family brings its own layouts: new hardware is a new case here and
/// in Layouts.h, not a new dialect.
def RCMTile_Layout : RCMTile_Enum<"Layout", "which thread holds which element", [
  I32EnumAttrCase<"WgmmaAccumulator", 0, "wgmma_accumulator">,
  I32EnumAttrCase<"WgmmaOperandA", 1, "wgmma_operand_a">,
  I32EnumAttrCase<"WgmmaRows", 2, "wgmma_rows">,
  I32EnumAttrCase<"WgmmaLeadRows", 3, "wgmma_lead_rows">,
  I32EnumAttrCase<"WgmmaColumns", 4, "wgmma_columns">,
  I32EnumAttrCase<"RowChunks", 5, "row_chunks">,
  I32EnumAttrCase<"WgmmaRowParts", 6, "wgmma_row_parts">]>;

def RCMTile_IdKind : RCMTile_Enum<"IdKind", "position of a thread", [
  I32EnumAttrCase<"Thread", 0, "thread">,
  I32EnumAttrCase<"Lane", 1, "lane">,
  I32EnumAttrCase<"Warp", 2, "warp">,
  I32EnumAttrCase<"Block", 3, "block">,
  I32EnumAttrCase<"Blocks", 4, "blocks">,
  I32EnumAttrCase<"BlockY", 5, "block_y">,
  I32EnumAttrCase<"BlockZ", 6, "block_z">]>;
def RCMTile_IdKindAttr : EnumAttr<RCMTile_Dialect, RCMTile_IdKind, "id_kind">;

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

class RCMTile_Type<string name, string typeMnemonic>
    : TypeDef<RCMTile_Dialect, name> {
  let mnemonic = typeMnemonic;
}

def RCMTile_Fragment : RCMTile_Type<"Fragment", "fragment"> {
  let summary = "a tile spread over the registers of a warpgroup";
  let description = [{
    `!rcm_tile.fragment<64x128xi32, wgmma_accumulator>`: shape, element type and
    the layout that says which thread holds which element (`Layouts.h`).

    | layout | shape | per thread |
    | --- | --- | --- |
    | `wgmma_accumulator` | 64 x n | n / 2 elements |
    | `wgmma_operand_a` | 64 x 32, 8 bits | 16 elements |
    | `wgmma_operand_a` | 64 x 16 k, 16 bits | 8 k elements, those of the accumulator's columns |
    | `wgmma_rows` | 64 | the two rows of its accumulators, equal in the four threads of a quad |
    | `wgmma_lead_rows` | 64 | the same, valid only in the first thread of a quad |
    | `wgmma_row_parts` | 64 | four parts per row, one in each thread of a quad, whose sum is the row's value |
    | `wgmma_columns` | n | n / 4 elements, equal for all rows |
    | `row_chunks` | 64 x n | 16 bytes per access, consecutive lanes along a row |

    Elements narrower than 32 bits are packed into 32-bit registers.
  }];
  let parameters = (ins ArrayRefParameter<"int64_t">:$shape,
                        "::mlir::Type":$elementType, "Layout":$layout);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let builders = [TypeBuilderWithInferredContext<(ins
      "::llvm::ArrayRef<int64_t>":$shape, "::mlir::Type":$elementType,
      "Layout":$layout), [{
    return $_get(elementType.getContext(), shape, elementType, layout);
  }]>];
  let extraClassDeclaration = [{
    /// Elements that one thread holds.
    int64_t getElementsPerThread() const;
    /// 32-bit registers that one thread holds.
    int64_t getRegisters() const;
    int64_t getRows() const { return getShape().front(); }
    int64_t getColumns() const { return getShape().back(); }
  }];
}

def RCMTile_Async : RCMTile_Type<"Async", "async"> {
  let summary = "a fragment that the matrix unit is still writing";
  let parameters = (ins "FragmentType":$fragment);
  let assemblyFormat = "`<` $fragment `>`";
  let builders = [TypeBuilderWithInferredContext<(ins "FragmentType":$fragment), [{
    return $_get(fragment.getContext(), fragment);
  }]>];
}

def RCMTile_Shared : RCMTile_Type<"Shared", "shared"> {
  let summary = "a tile in shared memory";
  let description = [{
    `!rcm_tile.shared<128x128xi8, 128>`: row-major panels of 128 bytes (64, 32)
    with the copy engine's chunk permutation; 0 means plain rows.
  }];
  let parameters = (ins ArrayRefParameter<"int64_t">:$shape,
                        "::mlir::Type":$elementType, "int64_t":$swizzle);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let builders = [TypeBuilderWithInferredContext<(ins
      "::llvm::ArrayRef<int64_t>":$shape, "::mlir::Type":$elementType,
      "int64_t":$swizzle), [{
    return $_get(elementType.getContext(), shape, elementType, swizzle);
  }]>];
  let extraClassDeclaration = [{
    int64_t getRows() const { return getShape().front(); }
    int64_t getRowBytes() const {
      return getShape().back() * getElementType().getIntOrFloatBitWidth() / 8;
    }
    int64_t getBytes() const {
      return (getShape().size() == 1 ? 1 : getRows()) * getRowBytes();
    }
  }];
}

def RCMTile_Barrier : RCMTile_Type<"Barrier", "barrier"> {
  let summary = "an arrival barrier in shared memory";
}

def RCMTile_TensorMap : RCMTile_Type<"TensorMap", "tensor_map"> {
  let summary = "the copy engine's description of a tensor in global memory";
}

#endif // RCM_DIALECT_RCMTILE_IR_RCMTILEBASE_TD

//===- RCMTileDialect.cpp - Tile dialect and its types
//---------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCMTile/IR/RCMTile.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "rcm/Dialect/RCMTile/IR/Layouts.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace rcm::tile;

#include "rcm/Dialect/RCMTile/IR/RCMTileDialect.cpp.inc"
#include "rcm/Dialect/RCMTile/IR/RCMTileEnums.cpp.inc"

#define GET_TYPEDEF_CLASSES
#include "rcm/Dialect/RCMTile/IR/RCMTileTypes.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "rcm/Dialect/RCMTile/IR/RCMTileAttrs.cpp.inc"

void RCMTileDialect::initialize() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "rcm/Dialect/RCMTile/IR/RCMTileTypes.cpp.inc"
      >();
  addAttributes<
#define GET_ATTRDEF_LIST
#include "rcm/Dialect/RCMTile/IR/RCMTileAttrs.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "rcm/Dialect/RCMTile/IR/RCMTileOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// Fragment
//===----------------------------------------------------------------------===//

/// Parses `<64x128xi32, `: shape and element type of a tile.
static ParseResult parseShaped(AsmParser &parser, SmallVector<int64_t> &shape,
                               Type &element) {
  return failure(parser.parseLess() ||
                 parser.parseDimensionList(shape, /*allowDynamic=*/false) ||
                 parser.parseType(element) || parser.parseComma());
}

static void printShaped(AsmPrinter &printer, ArrayRef<int64_t> shape,
                        Type element) {
  printer << '<';
  for (int64_t extent : shape)
    printer << extent << 'x';
  printer << element << ", ";
}

Type FragmentType::parse(AsmParser &parser) {
  SmallVector<int64_t> shape;
  Type element;
  StringRef keyword;
  SMLoc loc = parser.getCurrentLocation();
  if (parseShaped(parser, shape, element) || parser.parseKeyword(&keyword))
    return {};
  std::optional<Layout> layout = symbolizeLayout(keyword);
  if (!layout) {
    parser.emitError(loc, "expected a fragment layout, got `")
        << keyword << '`';
    return {};
  }
  if (parser.parseGreater())
    return {};
  return getChecked([&] { return parser.emitError(loc); }, parser.getContext(),
                    shape, element, *layout);
}

void FragmentType::print(AsmPrinter &printer) const {
  printShaped(printer, getShape(), getElementType());
  printer << stringifyLayout(getLayout()) << '>';
}

LogicalResult FragmentType::verify(function_ref<InFlightDiagnostic()> emitError,
                                   ArrayRef<int64_t> shape, Type element,
                                   Layout layout) {
  if (!element.isIntOrFloat() || element.getIntOrFloatBitWidth() < 8 ||
      element.getIntOrFloatBitWidth() > 32)
    return emitError() << "expected element type of fragment to be 8 to 32 "
                          "bits wide, got "
                       << element;
  bool vector = layout == Layout::WgmmaRows ||
                layout == Layout::WgmmaLeadRows ||
                layout == Layout::WgmmaRowParts ||
                layout == Layout::WgmmaColumns;
  size_t rank = vector ? 1 : 2;
  if (shape.size() != rank)
    return emitError() << "expected rank of `" << stringifyLayout(layout)
                       << "` fragment to be " << rank << ", got "
                       << shape.size();
  if (layout != Layout::WgmmaColumns && shape[0] != layouts::kGroupRows)
    return emitError() << "expected rows of fragment to be "
                       << layouts::kGroupRows << ", got " << shape[0];
  unsigned bits = element.getIntOrFloatBitWidth();
  bool operand = (bits == 8 && shape.back() == layouts::kStep8) ||
                 (bits == 16 && shape.back() % layouts::kStep16 == 0);
  if (layout == Layout::WgmmaOperandA && !operand)
    return emitError() << "expected `wgmma_operand_a` fragment to be 64x32 of "
                          "8 bits or 64 x a multiple of 16 of 16 bits, got 64x"
                       << shape[1] << " of " << element;
  if (rank == 2 && shape[1] % 8 != 0)
    return emitError() << "expected columns of fragment to be a multiple of 8,"
                          " got "
                       << shape[1];
  return success();
}

int64_t FragmentType::getElementsPerThread() const {
  switch (getLayout()) {
  case Layout::WgmmaRows:
  case Layout::WgmmaLeadRows:
  case Layout::WgmmaRowParts:
    return 2;
  case Layout::WgmmaColumns:
    return getShape()[0] / 4;
  case Layout::WgmmaAccumulator:
  case Layout::WgmmaOperandA:
  case Layout::RowChunks:
    return getShape()[0] * getShape()[1] / layouts::kWarpgroup;
  }
  llvm_unreachable("unknown layout");
}

int64_t FragmentType::getRegisters() const {
  return getElementsPerThread() * getElementType().getIntOrFloatBitWidth() / 32;
}

//===----------------------------------------------------------------------===//
// Shared
//===----------------------------------------------------------------------===//

Type SharedType::parse(AsmParser &parser) {
  SmallVector<int64_t> shape;
  Type element;
  int64_t swizzle;
  SMLoc loc = parser.getCurrentLocation();
  if (parseShaped(parser, shape, element) || parser.parseInteger(swizzle) ||
      parser.parseGreater())
    return {};
  return getChecked([&] { return parser.emitError(loc); }, parser.getContext(),
                    shape, element, swizzle);
}

void SharedType::print(AsmPrinter &printer) const {
  printShaped(printer, getShape(), getElementType());
  printer << getSwizzle() << '>';
}

LogicalResult SharedType::verify(function_ref<InFlightDiagnostic()> emitError,
                                 ArrayRef<int64_t> shape, Type element,
                                 int64_t swizzle) {
  if (!element.isIntOrFloat() || element.getIntOrFloatBitWidth() % 8 != 0)
    return emitError() << "expected element type of shared tile to be whole "
                          "bytes, got "
                       << element;
  if (shape.empty() || shape.size() > 2)
    return emitError() << "expected rank of shared tile to be 1 or 2, got "
                       << shape.size();
  if (swizzle != 0 && swizzle != 32 && swizzle != 64 && swizzle != 128)
    return emitError() << "expected swizzle of shared tile to be 0, 32, 64 or "
                          "128 bytes, got "
                       << swizzle;
  int64_t rowBytes = shape.back() * element.getIntOrFloatBitWidth() / 8;
  if (swizzle != 0 && (shape.size() != 2 || rowBytes % swizzle != 0))
    return emitError() << "expected row bytes of swizzled shared tile to be a "
                          "multiple of "
                       << swizzle << ", got " << rowBytes;
  return success();
}

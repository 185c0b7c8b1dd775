//===- ExternalModels.h - upstream interfaces of the rcm ops ----------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCM_TRANSFORMS_EXTERNALMODELS_H
#define RCM_DIALECT_RCM_TRANSFORMS_EXTERNALMODELS_H

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace rcm {

/// TilingInterface of the attention ops. The loops are the batch, the heads
/// and the query rows that the output has, in the order of its map, all
/// parallel; keys and channels are never tiled. Query heads in groups tile
/// only if every tile provably lies in one group or holds whole groups.
void registerTilingInterfaceExternalModels(mlir::DialectRegistry &registry);

/// BufferizableOpInterface of all ops: destinations are written and not read,
/// operands behind a literal coefficient of 0 are not read, and the residual
/// may be the output's buffer if their maps are equal.
void registerBufferizableOpInterfaceExternalModels(
    mlir::DialectRegistry &registry);

} // namespace rcm

#endif // RCM_DIALECT_RCM_TRANSFORMS_EXTERNALMODELS_H

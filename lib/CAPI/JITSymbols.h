//===- JITSymbols.h - functions that compiled code may call -----*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_CAPI_JITSYMBOLS_H
#define RCM_LIB_CAPI_JITSYMBOLS_H

#include "llvm/ExecutionEngine/Orc/Core.h"
#include "llvm/ExecutionEngine/Orc/Mangling.h"

namespace rcm::capi {

/// Conversions between float types and copies of strided memrefs.
llvm::orc::SymbolMap jitSymbols(llvm::orc::MangleAndInterner interner);

} // namespace rcm::capi

#endif // RCM_LIB_CAPI_JITSYMBOLS_H

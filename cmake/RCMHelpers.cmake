# The one file that knows where LLVM and MLIR are and how they are linked.
#
#   rcm_add_mlir_library(NAME sources... [DEPENDS ...] [LINK ...])
#     a static library of ours on top of the two shared libraries MLIR and LLVM.
#   rcm_add_plain_library(NAME sources... [LINK ...])
#     a static library that sees the C++ standard library only.
#   rcm_tablegen_pass(PREFIX name TARGET target), rcm_doc(...)
#     tablegen shorthands.

# Debian installs LLVM 22 under a versioned prefix that CMake does not search.
if(NOT MLIR_DIR)
  find_program(RCM_LLVM_CONFIG NAMES llvm-config-22 llvm-config)
  if(RCM_LLVM_CONFIG)
    execute_process(COMMAND ${RCM_LLVM_CONFIG} --prefix
      OUTPUT_VARIABLE RCM_LLVM_PREFIX OUTPUT_STRIP_TRAILING_WHITESPACE)
    set(MLIR_DIR "${RCM_LLVM_PREFIX}/lib/cmake/mlir" CACHE PATH "MLIRConfig.cmake's folder")
  endif()
endif()
find_package(MLIR 22.1 REQUIRED CONFIG)
message(STATUS "MLIR ${LLVM_PACKAGE_VERSION} from ${MLIR_DIR}")

set(MLIR_BINARY_DIR ${CMAKE_BINARY_DIR}) # add_mlir_doc writes below it
set(LLVM_RUNTIME_OUTPUT_INTDIR ${CMAKE_BINARY_DIR}/bin)
set(LLVM_LIBRARY_OUTPUT_INTDIR ${CMAKE_BINARY_DIR}/lib)
list(APPEND CMAKE_MODULE_PATH "${MLIR_CMAKE_DIR}" "${LLVM_CMAKE_DIR}")
set(LLVM_ENABLE_ASSERTIONS ${RCM_ENABLE_ASSERTIONS}) # LLVMConfig overrides the command line
separate_arguments(RCM_LLVM_DEFINITIONS NATIVE_COMMAND "${LLVM_DEFINITIONS}")
include(TableGen)
include(AddLLVM)
include(AddMLIR)

# RTTI stays on as in Debian's build; exceptions are off in everything that
# includes MLIR and on in the plain rooms.
add_library(rcm_flags INTERFACE)
target_compile_options(rcm_flags INTERFACE -Wall -Wextra -Wno-unused-parameter
  $<$<COMPILE_LANGUAGE:CXX>:-fvisibility-inlines-hidden>)
if(RCM_ENABLE_ASSERTIONS)
  target_compile_options(rcm_flags INTERFACE -UNDEBUG)
endif()
if(RCM_ENABLE_SANITIZERS)
  target_compile_options(rcm_flags INTERFACE -fsanitize=address,undefined
    -fno-omit-frame-pointer)
  target_link_options(rcm_flags INTERFACE -fsanitize=address,undefined)
endif()

add_library(rcm_mlir INTERFACE)
target_include_directories(rcm_mlir SYSTEM INTERFACE ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
target_compile_definitions(rcm_mlir INTERFACE ${RCM_LLVM_DEFINITIONS})
target_compile_options(rcm_mlir INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions>)
target_link_libraries(rcm_mlir INTERFACE rcm_flags MLIR LLVM)

# Reading MLIR's headers is two thirds of a file's compile time (four fifths of
# one that lowers to nvvm): they are read once for all rooms. The presets turn it
# on; files still include what they use, which a build without it proves.
option(RCM_PRECOMPILE_HEADERS "Precompile MLIR's headers" OFF)
if(RCM_PRECOMPILE_HEADERS)
  file(WRITE ${CMAKE_BINARY_DIR}/rcm_precompiled.cpp.in "namespace rcm {}\n")
  configure_file(${CMAKE_BINARY_DIR}/rcm_precompiled.cpp.in
    ${CMAKE_BINARY_DIR}/rcm_precompiled.cpp COPYONLY)
  add_library(rcm_precompiled OBJECT ${CMAKE_BINARY_DIR}/rcm_precompiled.cpp)
  target_link_libraries(rcm_precompiled PRIVATE rcm_mlir)
  target_precompile_headers(rcm_precompiled PRIVATE
    <mlir/Dialect/Arith/IR/Arith.h>
    <mlir/Dialect/Bufferization/IR/Bufferization.h>
    <mlir/Dialect/Func/IR/FuncOps.h>
    <mlir/Dialect/GPU/IR/GPUDialect.h>
    <mlir/Dialect/LLVMIR/LLVMDialect.h>
    <mlir/Dialect/LLVMIR/NVVMDialect.h>
    <mlir/Dialect/Linalg/IR/Linalg.h>
    <mlir/Dialect/Math/IR/Math.h>
    <mlir/Dialect/MemRef/IR/MemRef.h>
    <mlir/Dialect/SCF/IR/SCF.h>
    <mlir/Dialect/Tensor/IR/Tensor.h>
    <mlir/Dialect/Vector/IR/VectorOps.h>
    <mlir/IR/Builders.h>
    <mlir/IR/PatternMatch.h>
    <mlir/Pass/Pass.h>
    <mlir/Pass/PassManager.h>
    <mlir/Transforms/DialectConversion.h>)
endif()

function(rcm_add_mlir_library name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PUBLIC ${ARG_LINK} rcm_mlir)
  # libRCMCompiler.so holds all of them, whether it uses them or not.
  set_property(GLOBAL APPEND PROPERTY RCM_MLIR_LIBRARIES ${name})
  if(RCM_PRECOMPILE_HEADERS)
    target_precompile_headers(${name} REUSE_FROM rcm_precompiled)
  endif()
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
endfunction()

function(rcm_add_plain_library name)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PUBLIC ${ARG_LINK} rcm_flags)
endfunction()

# Tablegens Passes.td of the calling folder: declarations and a page of documentation.
function(rcm_tablegen_passes prefix target doc)
  set(LLVM_TARGET_DEFINITIONS Passes.td)
  mlir_tablegen(Passes.h.inc -gen-pass-decls -name=${prefix})
  add_public_tablegen_target(${target})
  add_mlir_doc(Passes ${doc} "" -gen-pass-doc)
  add_dependencies(rcm-doc ${doc}DocGen)
endfunction()

# ptxas checks the generated kernels. Everything else works without it.
# sm_90a with the tensor-map forms used here needs PTX ISA 8.6 (CUDA 12.7).
find_program(RCM_PTXAS ptxas HINTS /usr/local/cuda/bin $ENV{CUDA_HOME}/bin)
set(RCM_PTXAS_USABLE OFF)
if(RCM_PTXAS)
  execute_process(COMMAND ${RCM_PTXAS} --version OUTPUT_VARIABLE RCM_PTXAS_TEXT ERROR_QUIET)
  string(REGEX MATCH "release ([0-9]+\\.[0-9]+)" _ "${RCM_PTXAS_TEXT}")
  set(RCM_PTXAS_VERSION "${CMAKE_MATCH_1}")
  if(RCM_PTXAS_VERSION VERSION_GREATER_EQUAL 12.7)
    set(RCM_PTXAS_USABLE ON)
    message(STATUS "ptxas ${RCM_PTXAS_VERSION}: kernels are assembled in the tests")
  else()
    message(STATUS "ptxas ${RCM_PTXAS_VERSION} is older than 12.7: left out: cubin output and the tests that assemble kernels")
  endif()
else()
  message(STATUS "no ptxas found: left out: cubin output and the tests that assemble kernels")
endif()

# What `cmake --install` installs, and the package that find_package(RCM) finds
# there and in the build tree.
#
# C++ and C users link RCM::RCMCompiler (all dialects, passes and pipelines, the
# C API, the plugin entry points), with RCM::RCMUpstreamCAPI for MLIR's own C API,
# or RCM::RCMRuntime to run kernel objects. No archive is installed: with one, a
# process could hold two copies of a dialect.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

get_property(RCM_OPENMP_PATH GLOBAL PROPERTY RCM_OPENMP_PATH)
set(RCM_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/RCM)

# Whoever includes our C++ headers calls MLIR too. The folders of MLIR's headers
# are added by RCMConfig.cmake.
target_include_directories(RCMCompiler INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
  $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>
  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_libraries(RCMCompiler INTERFACE MLIR LLVM)
target_compile_features(RCMCompiler INTERFACE cxx_std_17)
target_link_libraries(RCMUpstreamCAPI INTERFACE RCMCompiler)
target_include_directories(RCMRuntime INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)

# Installed programs find our libraries beside them and LLVM's where it was.
set_target_properties(RCMCompiler RCMUpstreamCAPI PROPERTIES
  INSTALL_RPATH "$ORIGIN" INSTALL_RPATH_USE_LINK_PATH ON)
set(RCM_TOOLS rcm-opt rcm-runner rcm-bench rcm-lsp-server rcm-reduce)
set_target_properties(${RCM_TOOLS} PROPERTIES
  INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR}" INSTALL_RPATH_USE_LINK_PATH ON)

install(TARGETS RCMCompiler RCMUpstreamCAPI EXPORT RCMCompilerTargets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT compiler)
install(TARGETS RCMRuntime EXPORT RCMRuntimeTargets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT runtime)
install(TARGETS ${RCM_TOOLS}
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT tools)

# Headers and td files, ours and the generated ones.
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/rcm-c
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT headers
  FILES_MATCHING PATTERN "*.h")
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/rcm
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT headers
  FILES_MATCHING PATTERN "*.h" PATTERN "*.td" PATTERN "Reference" EXCLUDE)
install(DIRECTORY ${PROJECT_BINARY_DIR}/include/rcm
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT headers
  FILES_MATCHING PATTERN "*.h.inc" PATTERN "CMakeFiles" EXCLUDE)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE
  DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT headers)

# The package, for the build tree and for the installed one.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/RCMConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/RCMConfig.cmake.in
  ${PROJECT_BINARY_DIR}/RCMConfig.cmake INSTALL_DESTINATION ${RCM_PACKAGE_DIR})
install(FILES ${PROJECT_BINARY_DIR}/RCMConfig.cmake
  ${PROJECT_BINARY_DIR}/RCMConfigVersion.cmake
  DESTINATION ${RCM_PACKAGE_DIR} COMPONENT headers)
foreach(part Compiler Runtime)
  export(EXPORT RCM${part}Targets NAMESPACE RCM::
    FILE ${PROJECT_BINARY_DIR}/RCM${part}Targets.cmake)
  install(EXPORT RCM${part}Targets NAMESPACE RCM::
    DESTINATION ${RCM_PACKAGE_DIR} COMPONENT headers)
endforeach()

//===- RuntimeLaunchFixture.h - Launches on the fake driver -----*- C++ -*-===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TEST_UNIT_RUNTIMELAUNCHFIXTURE_H
#define RCM_TEST_UNIT_RUNTIMELAUNCHFIXTURE_H

#include "RuntimeTestObjects.h"

namespace rcm::test {

/// Memory for two tensors on device 0; nothing may be left of a test.
class RuntimeLaunch : public testing::Test {
protected:
  void SetUp() override {
    fakeDriver().setDevice(9, 0, 132);
    ASSERT_EQ(rcmDeviceMakeCurrent(0), RCM_SUCCESS) << rcmGetLastErrorText();
    ASSERT_EQ(rcmMalloc(&x, 1 << 20), RCM_SUCCESS);
    ASSERT_EQ(rcmMalloc(&y, 1 << 20), RCM_SUCCESS);
    fakeDriver().clear();
  }
  void TearDown() override {
    EXPECT_EQ(rcmFree(x), RCM_SUCCESS);
    EXPECT_EQ(rcmFree(y), RCM_SUCCESS);
    EXPECT_TRUE(fakeDriver().live().none());
    fakeDriver().setDevice(9, 0, 132);
  }
  /// Expects the launch to be refused with this text and nothing enqueued.
  void expectRefused(const rcmEntry *entry, const RunArguments &arguments,
                     rcmResult result, const char *text) {
    size_t before = fakeDriver().launches().size();
    EXPECT_EQ(rcmEntryLaunch(entry, arguments.list, 3, nullptr, nullptr),
              result);
    EXPECT_STREQ(rcmGetLastErrorText(), text);
    EXPECT_EQ(fakeDriver().launches().size(), before);
    EXPECT_EQ(fakeDriver().live().poolAllocations, 0u);
  }

  void *x = nullptr, *y = nullptr;
};

} // namespace rcm::test

#endif // RCM_TEST_UNIT_RUNTIMELAUNCHFIXTURE_H

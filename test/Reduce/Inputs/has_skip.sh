#!/bin/sh
# Tells rcm-reduce whether a file is interesting: 1 if it is.
grep -q rcm.attention_skip "$1" && exit 1
exit 0

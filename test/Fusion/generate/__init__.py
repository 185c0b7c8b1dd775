"""Random linalg modules whose values are known.

numbers      element types: rounding, literals, bytes
expressions  scalar expressions: text of a body, and their value
builder      functions and tensors
structured   elementwise ops and reductions in every spelling
attention    scores, masks, softmax, the product with V
skip         coefficients, schedules of t, the skip
layouts      where batch, heads, rows and channels lie in memory
mutants      what is changed so that a module is not attention + skip
generator    draws a module
"""

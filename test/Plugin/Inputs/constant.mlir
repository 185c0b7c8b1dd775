// One query row attends to equal keys: the mean of the values, (2, 4). Then
// out = 1 * x + 1 * (2, 4) with x = ((0, 0), (1, 1)).
func.func private @printMemrefF32(tensor<*xf32>)

func.func @main() {
  %q = arith.constant dense<1.0> : tensor<2x2xf32>
  %k = arith.constant dense<0.5> : tensor<3x2xf32>
  %v = arith.constant dense<[[1.0, 3.0], [2.0, 4.0], [3.0, 5.0]]> : tensor<3x2xf32>
  %x = arith.constant dense<[[0.0, 0.0], [1.0, 1.0]]> : tensor<2x2xf32>
  %one = arith.constant 1.0 : f32
  %init = tensor.empty() : tensor<2x2xf32>
  %0 = rcm.attention_skip scale(1.0)
      ins(%q, %k, %v, %x : tensor<2x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>, tensor<2x2xf32>)
      coefficients(%one, %one : f32, f32)
      outs(%init : tensor<2x2xf32>) -> tensor<2x2xf32>
  %u = tensor.cast %0 : tensor<2x2xf32> to tensor<*xf32>
  call @printMemrefF32(%u) : (tensor<*xf32>) -> ()
  return
}

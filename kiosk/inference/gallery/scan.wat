;; One pass over the coded rows of a gallery: returns the first row that may be as like the query as `floor`, or `end`.
;; kernel.ts says what it computes, and codes.ts why no row that matters is passed over.
;;
;; Compiled by: npx wat2wasm kiosk/inference/gallery/scan.wat -o kiosk/inference/gallery/scan.wasm
;; (a test compares the two). Plain SIMD, not relaxed: every processor gives the same bits.
(module
  (import "gallery" "memory" (memory 1))
  (func (export "scan")
    (param $row i32)    ;; address of a row: scale f32, error f32, eight bytes that are none of ours, then the codes
    (param $end i32)
    (param $width i32)  ;; codes of a row, a multiple of 16; the query at address 0 has as many numbers of 16 bits
    (param $step f64)
    (param $sway f64)
    (param $slack f64)
    (param $floor f64)
    (result i32)
    (local $number i32)
    (local $numbersEnd i32)
    (local $code i32)
    (local $even v128)
    (local $odd v128)
    (local.set $numbersEnd (i32.shl (local.get $width) (i32.const 1)))
    (block $found
      (loop $rows
        (br_if $found (i32.ge_u (local.get $row) (local.get $end)))
        (local.set $even (v128.const i64x2 0 0))
        (local.set $odd (v128.const i64x2 0 0))
        (local.set $number (i32.const 0))
        (local.set $code (i32.add (local.get $row) (i32.const 16)))
        (loop $codes
          (local.set $even
            (i32x4.add
              (local.get $even)
              (i32x4.dot_i16x8_s (v128.load (local.get $number)) (v128.load8x8_s (local.get $code)))))
          (local.set $odd
            (i32x4.add
              (local.get $odd)
              (i32x4.dot_i16x8_s
                (v128.load offset=16 (local.get $number))
                (v128.load8x8_s offset=8 (local.get $code)))))
          (local.set $number (i32.add (local.get $number) (i32.const 32)))
          (local.set $code (i32.add (local.get $code) (i32.const 16)))
          (br_if $codes (i32.lt_u (local.get $number) (local.get $numbersEnd))))
        ;; The eight sums become one: halves onto each other, then the two lanes that are left.
        (local.set $even (i32x4.add (local.get $even) (local.get $odd)))
        (local.set $even
          (i32x4.add
            (local.get $even)
            (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $even) (local.get $even))))
        ;; "Not less", so that whatever cannot be compared is looked at.
        (br_if $found
          (i32.eqz
            (f64.lt
              (f64.add
                (f64.add
                  (f64.mul
                    (f64.mul (local.get $step) (f64.promote_f32 (f32.load (local.get $row))))
                    (f64.convert_i32_s
                      (i32.add (i32x4.extract_lane 0 (local.get $even)) (i32x4.extract_lane 1 (local.get $even)))))
                  (f64.mul (local.get $sway) (f64.promote_f32 (f32.load offset=4 (local.get $row)))))
                (local.get $slack))
              (local.get $floor))))
        (local.set $row (i32.add (i32.add (local.get $row) (local.get $width)) (i32.const 16)))
        (br $rows)))
    (local.get $row)))

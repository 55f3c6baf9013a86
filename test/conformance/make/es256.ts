/** The P-256 test key's public point, and its signatures by the beginning of the SHA-256 of what they sign. */
export const es256Signatures: {
  readonly point: { readonly x: string; readonly y: string };
  readonly byInput: Readonly<Record<string, string>>;
} = {
  point: { x: "icpQQMgIBolWke9aw1YAdIvg0A1Va_dao7OY8WQwf0k", y: "RyW_AY9oUVXNYCtogLgknEJc_nw9kWh8zv6yPXwJyc0" },
  byInput: { "6fc59ffcc909": "24HmlvD_sLRS-3GmjWk-nFvicbZnLueOz5tFmnlpIV-5eLIpU0mFc1Q8MWxeeaXwm1WU-gOUVA4Lp5LvcQLLAA" },
};

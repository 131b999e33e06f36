interface Coupon {
  discount: number
}

const COUPONS = new Map<string, Coupon>([["spring", { discount: 0.1 }]])

/** The price less the coupon's discount. With the fault of version 8.1.0: a coupon that is not there is used all the same, and throws TypeError. */
export function addCoupon(price: number, code: string | null): number {
  const coupon = COUPONS.get(code ?? "") as Coupon
  return price * (1 - coupon.discount)
}

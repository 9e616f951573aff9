"""ShopFast works before anyone helps it."""

import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// SHOP=http://ID.cloudfront.localhost:PORT npm run dev: this page with the APIs of a shop that is deployed.
const shop = process.env["SHOP"];
const apis = ["/products", "/orders", "/inventory"];

export default defineConfig({
  plugins: [react()],
  build: { assetsInlineLimit: 0, modulePreload: false, reportCompressedSize: false },
  server: shop ? { proxy: Object.fromEntries(apis.map((path) => [path, { target: shop, changeOrigin: true }])) } : {},
  test: { environment: "happy-dom", include: ["tests/**/*.test.{ts,tsx}"] },
});

import { dirname } from "node:path"
import { fileURLToPath } from "node:url"
import type { NextConfig } from "next"

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  // compressing would hold back server-sent events; the answers are small and mostly local
  compress: false,
  serverExternalPackages: ["better-auth", "pg", "pino"],
  turbopack: { root: dirname(dirname(fileURLToPath(import.meta.url))) },
  devIndicators: false,
}

export default config

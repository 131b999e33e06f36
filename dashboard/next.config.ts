import { dirname } from "node:path"
import { fileURLToPath } from "node:url"
import type { NextConfig } from "next"

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  serverExternalPackages: ["better-auth", "pg", "pino"],
  turbopack: { root: dirname(dirname(fileURLToPath(import.meta.url))) },
  devIndicators: false,
}

export default config

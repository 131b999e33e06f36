import { defineConfig } from "vitest/config"

const common = { environment: "node" as const, exclude: ["**/node_modules/**", "**/dist/**", "**/.next/**"] }

/** unit: pure and fast, no sockets. int: real engines on loopback. e2e: real processes of the whole product. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...common,
          name: "unit",
          sequence: { groupOrder: 0 },
          include: ["*/src/**/*.test.ts", "im-services/client/src/**/*.test.ts"],
          exclude: [...common.exclude, "**/*.int.test.ts"],
        },
      },
      {
        test: {
          ...common,
          name: "int",
          sequence: { groupOrder: 1 },
          include: ["*/src/**/*.int.test.ts", "im-services/client/src/**/*.int.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          ...common,
          name: "e2e",
          sequence: { groupOrder: 2 },
          include: ["test/e2e/**/*.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
})

import { createRequire } from "node:module"
import { renderAsync } from "@resvg/resvg-js"

const require = createRequire(import.meta.url)
const FONTS = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"].map((file) => require.resolve(`dejavu-fonts-ttf/ttf/${file}`))

/** SVG text as PNG, twice as large for sharp screens; brings its own font, so it looks the same on a machine with none. */
export async function renderPng(svg: string): Promise<Buffer> {
  const image = await renderAsync(svg, {
    font: { loadSystemFonts: false, fontFiles: FONTS, defaultFontFamily: "DejaVu Sans" },
    fitTo: { mode: "zoom", value: 2 },
    background: "#ffffff",
  })
  return image.asPng()
}

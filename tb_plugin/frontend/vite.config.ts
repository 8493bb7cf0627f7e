import { defineConfig } from "vite";

// One module with an exported `render()`, under a fixed name: TensorBoard
// imports it into an iframe whose policy refuses every other origin. What few
// sessions need comes later, from a file of its own beside it.
export default defineConfig({
  base: "./",
  build: {
    outDir: "../static",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    rolldownOptions: {
      input: "src/index.tsx",
      // What comes later takes shared code from index.js, not from a third.
      preserveEntrySignatures: "allow-extension",
      output: {
        entryFileNames: "index.js",
        chunkFileNames: "[name].js",
      },
    },
  },
});

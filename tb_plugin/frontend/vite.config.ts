import { defineConfig } from "vite";

// One module with an exported `render()`, under a fixed name: TensorBoard
// imports it into an iframe whose policy refuses every other origin.
export default defineConfig({
  build: {
    outDir: "../static",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    rolldownOptions: {
      input: "src/index.tsx",
      preserveEntrySignatures: "strict",
      output: { entryFileNames: "index.js", codeSplitting: false },
    },
  },
});

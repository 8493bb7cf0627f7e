import { defineConfig } from "vite";

// A module with an exported `render()`, under a fixed name: TensorBoard imports
// it into an iframe whose policy refuses every other origin. What few sessions
// need, or the first matrix need not wait for, comes later from files beside it.
export default defineConfig({
  build: {
    outDir: "../static",
    emptyOutDir: true,
    target: "es2022",
    // The licences of what is bundled, which go wherever that goes.
    license: { fileName: "licenses.md" },
    lib: { entry: "src/index.tsx", formats: ["es"], fileName: "index" },
    rolldownOptions: {
      // Files beside index.js may take more from it than `render`.
      preserveEntrySignatures: "allow-extension",
      output: {
        chunkFileNames: "[name].js",
        // All that the page begins with is in one file, whoever shares it; and
        // so is all that follows by itself.
        codeSplitting: {
          groups: [
            { name: "index", test: /src.index\.tsx$/, priority: 1 },
            { name: "panel", test: /src.page.SidePanel\.tsx$/ },
          ],
        },
        // Nobody bundles it once more: notes for bundlers can go.
        comments: false,
        minify: true,
      },
    },
  },
});

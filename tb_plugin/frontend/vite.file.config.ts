import { defineConfig } from "vite";

// The same page as one script, which `keras-hier export` puts into a file: no
// part of it is fetched.
export default defineConfig({
  build: {
    outDir: "../static",
    emptyOutDir: false,
    target: "es2022",
    lib: { entry: "src/file/index.ts", formats: ["es"], fileName: "file" },
    rolldownOptions: {
      output: { codeSplitting: false, comments: false, minify: true },
    },
  },
});

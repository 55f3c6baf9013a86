import { defineConfig } from "vite";

export default defineConfig({
  root: "kiosk/ui/web",
  build: { outDir: "../dist", emptyOutDir: true, target: "chrome120" },
});

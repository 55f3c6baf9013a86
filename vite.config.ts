import { defineConfig } from "vite";

export default defineConfig({
  root: "kiosk/ui/web",
  build: {
    outDir: "../dist",
    emptyOutDir: true,
    target: "chrome120",
    // Nothing inline: the server's content security policy allows files of this origin only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: ["kiosk/ui/web/index.html", "kiosk/ui/web/gallery.html", "kiosk/ui/web/technician.html"],
    },
  },
});

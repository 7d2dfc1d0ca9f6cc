// Served as a file because the content security policy allows no inline script. Runs before the first paint: the theme must not flash.
(() => {
  try {
    const theme = localStorage.getItem('certdeck.theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  } catch { /* storage is switched off: the system's theme is as good */ }
  // The other areas are fetched once the first has had the time to be drawn, so that going there does not wait.
  const idle = self.requestIdleCallback ?? setTimeout;
  const start = () => {
    const module = fetch('/certdeck-frontend_bg.wasm');
    module.catch(() => { /* told below */ });
    return import('/certdeck-frontend.js')
      .then(async (page) => {
        await page.default({ module_or_path: module });
        setTimeout(() => idle(() => page.prefetch()), 2000);
      })
      .catch((cause) => {
        const note = document.getElementById('loading');
        if (note) note.textContent = `The page could not start: ${cause}. It needs a browser with WebAssembly (2021 or later).`;
      });
  };
  start();
})();

// Served as a file because the content security policy allows no inline script. Runs before the first paint: the theme must not flash.
(() => {
  try {
    const theme = localStorage.getItem('certdeck.theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  } catch { /* storage is switched off: the system's theme is as good */ }
  const start = () => import('/certdeck-frontend.js')
    .then((page) => page.default({ module_or_path: '/certdeck-frontend_bg.wasm' }))
    .catch((cause) => {
      const note = document.getElementById('loading');
      if (note) note.textContent = `The page could not start: ${cause}. It needs a browser with WebAssembly (2021 or later).`;
    });
  start();
})();

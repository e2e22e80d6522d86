// The page works without this: it only keeps it up to date.
'use strict';
const main = document.querySelector('main');
const source = new EventSource('/live?of=' + encodeURIComponent(location.pathname));
const light = on => {
  const live = main.querySelector('.live');
  if (live) { live.hidden = false; live.classList.toggle('lost', !on); live.textContent = on ? 'live' : 'lost, trying again'; }
};
source.onopen = () => light(true);
source.onerror = () => light(false);
source.onmessage = event => {
  const table = main.querySelector('.scroll');
  const left = table ? table.scrollLeft : 0;
  const focused = document.activeElement && document.activeElement.getAttribute('href');
  main.innerHTML = event.data;
  light(true);
  if (left) { main.querySelector('.scroll').scrollLeft = left; }
  if (focused) { const again = [...main.querySelectorAll('a')].find(a => a.getAttribute('href') === focused); if (again) { again.focus({ preventScroll: true }); } }
};
